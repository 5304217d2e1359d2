"""Two hundred presses where two people are asked, and where money goes back: one entry each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from terminal.app.desk import Desk
from terminal.domain.journal import Entry
from tests.helpers.central import Central
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.helpers.stalled_handler import click, key, presses
from tests.qt.conftest import Screen
from tests.qt.test_codes_on_screen import begin_doubt
from tests.qt.test_refund_page import PEN, open_sale, sell
from tests.qt.test_tenders_on_screen import begin, enter

pytest_plugins = ["tests.helpers.outlet_fixtures"]

Strike = Callable[[Screen], Callable[[], None]]


def _enter(screen: Screen) -> Callable[[], None]:
    return key(screen.app.window, "Return")


def _desk(screen: Screen) -> Desk:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk


def _hammered(screen: Screen, strike: Strike) -> Counter[str]:
    """What kinds of entries came of it."""
    screen.hands.pause(100)
    entries: list[Entry] = presses(screen, _desk(screen), strike(screen))
    return Counter(entry.kind for entry in entries)


def _second_person_types(screen: Screen) -> None:
    """All but the last Enter."""
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)


def test_two_hundred_presses_of_the_second_person_put_it_on_account_once(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    begin(screen, "nf")
    enter(screen, "Ctrl+O", "on_account")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.entry.second.open, "the second person")
    _second_person_types(screen)
    booked = _hammered(screen, _enter)
    assert booked["sale.completed"] == booked["authorisation.granted"] == 1
    assert screen.counter.payment.done


def test_two_hundred_presses_of_the_second_person_take_much_cash_once(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    begin(screen, "nf")
    screen.hands.write("60000")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.entry.second.open, "the second person")
    _second_person_types(screen)
    booked = _hammered(screen, _enter)
    assert booked["sale.completed"] == booked["authorisation.granted"] == 1
    assert screen.counter.payment.done


def test_two_hundred_clicks_on_giving_back_give_back_once(counter_screen: Screen) -> None:
    screen = counter_screen
    open_sale(screen, sell(screen, PEN, 4))
    page = screen.counter.refund
    screen.hands.press("F7")
    screen.hands.press("F2")
    screen.until(lambda: page.parts.count == 1, "what it comes to")
    booked = _hammered(screen, lambda one: click(one.app.window, "退款"))
    assert booked == {"refund.completed": 1}
    assert page.step == "refund_done"


def test_two_hundred_presses_of_the_second_person_reverse_a_sale_once(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    open_sale(screen, sell(screen, PEN))
    page = screen.counter.refund
    screen.hands.press("F8")
    screen.hands.press("F2")
    screen.until(lambda: page.need != "", "the need of a second person")
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.second.open, "the second person's form")
    _second_person_types(screen)
    assert _hammered(screen, _enter) == {"refund.completed": 1, "authorisation.granted": 1}
    assert page.step == "refund_done"


@pytest.mark.parametrize(("deed", "state"), [("收下", "paid"), ("退回", "reversing")])
def test_two_hundred_presses_of_the_second_person_decide_about_a_late_payment_once(
    open_face: Callable[..., Screen], platform: Central, deed: str, state: str
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    begin_doubt(screen, platform)
    screen.hands.press("F2")
    screen.until(lambda: screen.counter.page == "selling", "the next customer")
    screen.hands.press("F4")
    platform.faults()
    doubts = screen.counter.last.doubts
    screen.until(lambda: any(row.for_a_person for row in doubts.rows.rows), "the late payment")
    screen.hands.pause(100)
    screen.tab_to(deed)
    screen.hands.press("Return")
    screen.until(lambda: bool(doubts.second.open), "the second person")
    _second_person_types(screen)
    desk = _desk(screen)
    head = desk.ask(lambda cases: cases.context.books.head()[0])
    booked = _hammered(screen, _enter)
    assert booked["authorisation.granted"] == 1
    screen.until(lambda: doubts.rows.count == 0, "its end")
    entries = desk.ask(lambda cases: cases.context.books.entries(limit=50))
    outcomes = [e.body for e in entries if e.seq > head and e.kind == "payment.outcome"]
    assert [body["state"] for body in outcomes if body["before"] == "paid_late"] == [state]
