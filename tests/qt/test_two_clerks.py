"""Two clerks at one till, two terminals at one outlet: from the float to the outlet's sign-off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal.bootstrap import HomeSite
from terminal.domain.comparison import Compared
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from tests.helpers.cash_ups import pieces
from tests.helpers.central import Central
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    SENIOR,
    SENIOR_PIN,
    LiveDesk,
)
from tests.qt.conftest import Screen
from tests.qt.test_cash_up import asked, begin, count, page, sell
from tests.qt.test_screens import LOOKS, Album
from ui.hands import spoken_focus

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _entries(screen: Screen, kind: str) -> list[Entry]:
    """Entries of a kind, oldest first."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    newest = desk.ask(lambda cases: cases.context.books.entries(limit=200))
    return [entry for entry in reversed(newest) if entry.kind == kind]


def _body(entry: Entry) -> Any:
    return entry.body


def _park(screen: Screen) -> None:
    screen.add("nf")
    screen.hands.press("F2")
    screen.until(lambda: screen.counter.basket.empty, "the basket aside")


def _leave(screen: Screen) -> None:
    screen.hands.press("F6")
    screen.until(lambda: screen.counter.dialog == "leave", "the question")
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "sign_on", "signed off")


def _sign_on(screen: Screen, number: str, pin: str) -> None:
    screen.hands.pause(100)
    screen.hands.write(number)
    screen.hands.press("Return")
    screen.hands.write(pin)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "counter", "the counter")


def _verify(screen: Screen, number: str, pin: str) -> None:
    screen.hands.write(number)
    screen.hands.press("Return")
    screen.hands.write(pin)
    screen.hands.press("Return")
    asked(screen, "hand_over")


def _first_shift(screen: Screen) -> None:
    """Sold, one basket parked, X printed, half a yuan short, handed over to the next clerk."""
    sell(screen, handed="100")
    _park(screen)
    begin(screen)
    screen.hands.press("F2")
    screen.until(lambda: bool(_entries(screen, "cash_up.interim")), "report X")
    count(screen, -50)
    screen.hands.press("F12")
    asked(screen, "verify")
    _verify(screen, SENIOR, SENIOR_PIN)
    assert "1" in page(screen).parkedText
    figures = page(screen).figures
    found = figures.counted.removeprefix("¥\u202f").replace("\u202f", "")
    screen.hands.press("F7")
    screen.until(lambda: page(screen).asking == "hand_over", "the next clerk's form")
    screen.hands.pause(80)
    for text in (SENIOR, found, SENIOR_PIN):
        screen.hands.write(text)
        screen.hands.press("Return")
    screen.until(lambda: screen.counter.page == "selling", "handed over")


def _second_shift(screen: Screen) -> None:
    """The basket of before is recalled and sold; the till is even; the cash stays in it."""
    screen.hands.press("Ctrl+R")
    screen.until(lambda: screen.counter.parked.rows.count == 1, "the basket of before")
    screen.hands.press("Return")
    screen.until(lambda: not screen.counter.basket.empty, "the basket back")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("Esc")
    screen.until(lambda: screen.counter.page == "selling", "the next customer")
    begin(screen)
    count(screen, 0)
    screen.hands.press("F12")
    asked(screen, "verify")
    _verify(screen, MANAGER, MANAGER_PIN)
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.page == "selling", "closed")


def _close_outlet(screen: Screen, says: str) -> None:
    """The manager closes the day once the platform has been compared with."""
    sign_on = screen.app.face.signOn
    screen.until(lambda: not sign_on.queueWarning, "everything confirmed")
    for key in ("Tab", "Tab", "Tab", "Return"):
        screen.hands.press(key)
    screen.until(lambda: sign_on.mode == "close", "closing the outlet")
    screen.until(lambda: says in sign_on.subtitle, f"what the platform says: {says}")
    screen.hands.write(MANAGER)
    screen.hands.press("Return")
    screen.hands.write(MANAGER_PIN)
    screen.hands.press("Return")
    screen.until(lambda: bool(_entries(screen, "outlet.signed_off")), "the outlet is closed")


@pytest.fixture
def at_work(open_face: Callable[..., Screen], platform: Central) -> Screen:
    """Terminal 2 at its platform, clerk 0312 at work."""
    screen = open_face(platform=platform)
    screen.begin_day()
    return screen


@pytest.mark.parametrize("agrees", [True, False], ids=["agrees", "differs"])
def test_two_clerks_hand_a_till_over_and_the_outlet_sums_them_up_and_compares(
    at_work: Screen, platform: Central, agrees: bool
) -> None:
    screen = at_work
    _first_shift(screen)
    _leave(screen)
    _sign_on(screen, SENIOR, SENIOR_PIN)
    _second_shift(screen)
    _leave(screen)
    sale = _entries(screen, "sale.completed")[-1]
    sign_on = screen.app.face.signOn
    screen.until(lambda: not sign_on.queueWarning, "everything confirmed")
    if not agrees:
        platform.execute(f"DELETE FROM postings WHERE seq = {sale.seq} AND fen > 0")
    _close_outlet(screen, "一致" if agrees else f"#{sale.seq}")
    assert [entry.clerk_id for entry in _entries(screen, "cash_up.closed")] == [CLERK, SENIOR]
    (interim,) = _entries(screen, "cash_up.interim")
    assert (len(_body(interim)["parked"]), _body(interim)["sold_fen"]) == (1, 0)
    first, second = map(_body, _entries(screen, "cash_up.closed"))
    assert (len(first["parked"]), first["to_clerk"], first["period"]) == (1, SENIOR, 1)
    assert (second["parked"], second["period"]) == ([], 2)
    assert second["opening_fen"] == first["remaining_fen"]
    (summed,) = map(_body, _entries(screen, "outlet.cashed_up"))
    assert [(row["clerk"], row["difference_fen"]) for row in summed["tills"]] == [
        (CLERK, -50),
        (SENIOR, 0),
    ]
    assert (summed["over_fen"], summed["short_fen"], summed["not_cashed_up"]) == (0, 50, [])
    assert (summed["platform"], summed["differing"]) == (
        ("match", []) if agrees else ("differs", [sale.seq])
    )


@pytest.fixture
def neighbour(platform: Central, tmp_path: Path) -> Iterator[LiveDesk]:
    """Another terminal of the outlet, with the senior at work."""
    HomeSite(tmp_path / "third").enrol(platform.url, "DEMO-2026")
    live = LiveDesk(tmp_path / "third")
    live.start()
    live.desk.ask(lambda cases: cases.session.open_outlet(MANAGER, MANAGER_PIN))
    live.desk.ask(lambda cases: cases.session.sign_on(SENIOR, SENIOR_PIN))
    yield live
    live.desk.stop()


def test_a_pouch_goes_to_the_next_terminal_which_expects_it_and_both_days_agree(
    at_work: Screen, neighbour: LiveDesk
) -> None:
    screen, ask = at_work, neighbour.desk.ask
    sell(screen, handed="100")
    till = ask(lambda cases: cases.context.profile.till_id)
    screen.hands.press("Ctrl+T")
    screen.until(lambda: screen.counter.till.tables.tills.count == 2, "the tills")
    screen.hands.press("F2")
    screen.until(lambda: screen.counter.till._intent != "", "the form")
    screen.until(lambda: "100" in spoken_focus(), "the keyboard on the largest note")
    for _ in range(5):
        screen.hands.press("Return")
    screen.hands.write("2")
    screen.tab_to(till)
    screen.hands.press("Return")
    screen.hands.press("F12")
    screen.until(lambda: bool(_entries(screen, "pouch.sent")), "the pouch is sent")
    (sent,) = map(_body, _entries(screen, "pouch.sent"))
    assert (sent["to_till"], sent["cash_fen"]) == (till, 200)
    screen.until(
        lambda: bool(ask(lambda cases: cases.tills.view().on_the_way)), "the pouch is expected"
    )
    (expected,) = ask(lambda cases: cases.tills.view().on_the_way)
    assert (expected.number, expected.announced) == (sent["pouch"], True)
    done = ask(lambda cases: cases.pouches.receive(new_uuid7(), expected.number))
    assert done.amount_text == "2.00"
    form = ask(lambda cases: cases.cash_ups.view()).form_id
    view = ask(lambda cases: cases.cash_ups.count(form, pieces(200)))
    view = ask(lambda cases: cases.cash_ups.book(view.form_id))
    view = ask(lambda cases: cases.cash_ups.verify(view.form_id, MANAGER, MANAGER_PIN))
    ask(lambda cases: cases.cash_ups.close(view.form_id))
    head = ask(lambda cases: cases.context.books.head()[0])
    neighbour.desk.wake_sync()
    neighbour.await_event("sync", lambda event: int(event.data["confirmed_seq"]) >= head)
    answers: list[object] = []
    neighbour.desk.compare_day(answers.append, answers.append)
    screen.until(lambda: bool(answers), "what the platform says")
    assert isinstance(answers[0], Compared)
    assert answers[0].verdict == "match"
    assert screen.counter.till.tables.blind


def test_the_closing_card_names_terminals_that_have_not_closed_and_the_slip_lists_them(
    at_work: Screen, neighbour: LiveDesk, pictures: Path
) -> None:
    screen = at_work
    sell(screen, handed="100")
    head = neighbour.desk.ask(lambda cases: cases.context.books.head()[0])
    neighbour.desk.wake_sync()
    neighbour.await_event("sync", lambda event: int(event.data["confirmed_seq"]) >= head)
    screen.hands.press("F6")
    screen.until(lambda: screen.counter.dialog == "leave", "the question")
    screen.hands.press("F6")
    screen.until(lambda: screen.app.face.stage == "sign_on", "signed off")
    sign_on = screen.app.face.signOn
    screen.until(lambda: not sign_on.queueWarning, "everything confirmed")
    sign_on.beginClosing()
    screen.until(lambda: "尚未日结" in sign_on.subtitle, "the other terminal")
    assert "：3 号台" in sign_on.subtitle
    for look in ("dark-1366", "large-en-1366"):
        _, language, theme, text_scale = LOOKS[look]
        screen.app.face.appearance.apply(
            {"theme": theme, "text_scale": text_scale, "language": language}
        )
        screen.hands.pause(150)
        Album(screen, pictures, look).take("outlet-closing-others")
    screen.hands.write(MANAGER)
    screen.hands.press("Return")
    screen.hands.write(MANAGER_PIN)
    screen.hands.press("Return")
    screen.until(lambda: bool(_entries(screen, "outlet.signed_off")), "the outlet is closed")
    (summed,) = map(_body, _entries(screen, "outlet.cashed_up"))
    assert [(one["state"], one["tills"]) for one in summed["others"]] == [("open", [])]
