"""Cashing up by keys alone: counted blind, seen, verified, closed; and never booked twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtQuick import QQuickWindow

from terminal.app.desk import Desk
from terminal.app.usecases import UseCases
from terminal.domain.stock import span_text
from tests.helpers.cash_ups import busy_shift, filled_tills, pieces
from tests.helpers.inbox import Centre, put_into
from tests.helpers.long_shift import fill
from tests.helpers.outlet import PIN, SENIOR, SENIOR_PIN, STAMP, TILL, Outlet, Template
from tests.qt.conftest import Screen
from tests.qt.test_screens import LOOKS, Album, texts_out_of_place
from ui.common.places import place_of
from ui.hands import spoken_focus
from ui.viewmodels.cash_up import CashUp

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def sell(screen: Screen, goods: str = "nf", handed: str = "") -> None:
    """One sale for cash."""
    screen.add(goods)
    screen.begin_payment()
    screen.hands.write(handed)
    screen.hands.press("Return" if handed else "F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("Esc")
    screen.until(lambda: screen.counter.page == "selling", "the next customer")


def long_morning(home: Path) -> None:
    """More sales than one figure lists at once."""
    outlet = Outlet(home)
    outlet.clock.set_wall(datetime.now(UTC) - datetime.fromisoformat(outlet.clock.now_utc()))
    outlet.open_day()
    before = outlet.books.head()[0]
    fill(outlet, before + 240)
    outlet.close()


def page(screen: Screen) -> CashUp:
    """The page's view-model."""
    return screen.counter.cashUp


def asked(screen: Screen, step: str) -> None:
    """Wait until a step is on the screen."""
    screen.until(lambda: page(screen).step == step and not page(screen).busy, step)
    screen.hands.pause(80)


def begin(screen: Screen) -> None:
    """Open the page; the first denomination has the keyboard."""
    screen.hands.press("Ctrl+G")
    asked(screen, "count")
    screen.until(lambda: "100" in spoken_focus(), "the keyboard on the largest note")


def stock_as_booked(desk: Desk, item: str, missing: int, place: str = "till:T02") -> str:
    """What somebody would type who found what the books say, but for some pieces."""

    def read(cases: UseCases) -> str:
        stock = cases.context.books.stock
        ranges = stock.ranges(place, item)
        return span_text(ranges) or str(stock.pieces(place).get(item, 0) - missing)

    return desk.ask(read)


def await_focus(screen: Screen, label: str) -> None:
    """Wait until the keyboard is there."""
    screen.until(lambda: spoken_focus().startswith(label), label)


def count(screen: Screen, off_fen: int, *, missing: int = 0, commit: bool = True) -> None:
    """Type what the drawer holds, Enter after each denomination and item, and commit."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    held = desk.ask(lambda cases: cases.context.books.ledger.balance(TILL))
    typed = pieces(held + off_fen)
    for note in (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10):
        screen.hands.write(typed[note] if typed[note] != "0" else "")
        screen.hands.press("Return")
    for row in page(screen).stock.rows.rows:
        await_focus(screen, row.label)
        screen.hands.write(stock_as_booked(desk, row.item, missing))
        screen.hands.press("Return")
    screen.until(lambda: spoken_focus() in {"提交清点", "Commit the count"}, "the commit")
    if commit:
        screen.hands.press("Return")
        asked(screen, "difference")


def verify(screen: Screen) -> None:
    """The senior vouches for it."""
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")
    asked(screen, "hand_over")


def test_a_short_till_is_counted_explained_taken_over_verified_and_closed_by_keys(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    sell(screen, handed="100")
    sell(screen)
    begin(screen)
    assert page(screen).figures.expected == ""
    count(screen, -50)
    figures = page(screen).figures
    assert (figures.disposition, figures.difference) == ("short", "¥\u202f0.50")
    assert figures.causes.count > 0
    screen.hands.press("F12")
    asked(screen, "verify")
    verify(screen)
    assert page(screen).verifier == SENIOR
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.page == "selling", "closed")
    assert "Z" in screen.counter.notices.text


def test_stock_is_counted_blind_beside_the_cash_and_its_difference_opens(
    counter_screen: Screen,
) -> None:
    screen, hands = counter_screen, counter_screen.hands
    desk = screen.app.face.operations.desk
    assert desk is not None
    desk.ask(filled_tills)
    begin(screen)
    hands.write("55")
    for _ in range(8):
        hands.press("Return")
    screen.until(lambda: spoken_focus().startswith("邮票 1.20元"), "the keyboard on the stamps")
    hands.press("F12")
    screen.until(lambda: "还没有清点" in page(screen).message, "the question for the stamps")
    hands.write("88")
    hands.press("Return")
    hands.write("1001-1040")
    hands.press("F12")
    asked(screen, "difference")
    figures = page(screen).figures
    assert (figures.disposition, figures.difference, figures.even) == ("stock", "", False)
    row = figures.stock.rows[0]
    assert (row.figure, row.detail) == ("−2", "实点 88，应有 90")
    screen.tab_to(row.label)
    hands.press("Return")
    screen.until(lambda: page(screen).behind.title == row.label, "what moved")
    assert [moved.figure for moved in page(screen).behind.rows.rows] == ["+90 枚"]
    hands.press("Esc")
    hands.press("F12")
    asked(screen, "verify")
    found = desk.ask(lambda cases: cases.context.books.stock.pieces("over_short:T02"))
    assert found == {STAMP: 2}


def test_a_long_line_says_what_it_does_not_list_and_unasked_totals_exclude_nothing(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    size, language, theme, text_scale = LOOKS["large-en-1366"]
    screen = open_face(size=size, language=language, prepare=long_morning)
    screen.open_core()
    screen.hands.write(PIN)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "counter", "the counter")
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        screen.counter.settings.choose(name, value)
    begin(screen)
    count(screen, -50)
    album, figures = Album(screen, pictures, "large-en-1366"), page(screen).figures
    assert figures.unchecked == "Not yet checked: the platform's totals"
    assert "platform" not in figures.excluded
    screen.hands.pause(150)
    album.take("cash-up-unchecked")
    screen.tab_to("Cash in")
    screen.hands.press("Return")
    behind = page(screen).behind
    screen.until(lambda: behind.rows.count == 200, "the entries")
    assert "listed: newest 200; the other 40 entries come to ¥\u202f800.00" in behind.title
    screen.hands.pause(150)
    album.take("cash-up-entries-many")


@pytest.mark.parametrize("look", LOOKS)
def test_every_step_fits_in_every_look(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(size=size, language=language, prepare=busy_shift)
    screen.open_core()
    screen.hands.write(PIN)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "counter", "the counter")
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        screen.counter.settings.choose(name, value)
    album, hands = Album(screen, pictures, look), screen.hands
    begin(screen)
    hands.write("1")
    album.take("cash-up-count")
    hands.press("Backspace")
    count(screen, -50_80, missing=2)
    hands.pause(200)
    album.take("cash-up-difference")
    screen.tab_to("现金收入" if language == "zh_CN" else "Cash in")
    hands.press("Return")
    screen.until(lambda: page(screen).behind.title != "", "the entries")
    hands.pause(150)
    album.take("cash-up-entries")
    hands.press("Esc")
    hands.press("F7")
    screen.until(lambda: page(screen).asking == "dispute", "the dispute form")
    hands.pause(150)
    album.take("cash-up-dispute")
    hands.press("Esc")
    screen.until(lambda: page(screen).asking == "", "no form")
    hands.press("F12")
    asked(screen, "verify")
    album.take("cash-up-verify")
    verify(screen)
    album.take("cash-up-hand-over")
    hands.press("F7")
    screen.until(lambda: page(screen).asking == "hand_over", "the next clerk's form")
    hands.pause(150)
    album.take("cash-up-next-clerk")


def test_a_dispute_is_one_key_and_leaves_its_evidence(counter_screen: Screen) -> None:
    screen = counter_screen
    sell(screen, handed="100")
    begin(screen)
    count(screen, -50)
    screen.hands.press("F7")
    screen.until(lambda: page(screen).asking == "dispute", "the form")
    screen.hands.write("没有短款")
    screen.hands.press("Return")
    asked(screen, "verify")
    screen.until(lambda: "evidence-T02-0001" in screen.counter.notices.text, "the evidence")
    assert page(screen).frozen
    (first,) = (screen.home / "exports").glob("evidence-*.zip")
    verify(screen)
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.page == "selling", "closed")
    # The clerk may want it later as well: on paper and as the file it was.
    first.unlink()
    screen.hands.press("Ctrl+G")
    asked(screen, "count")
    assert "短款 ¥\u202f0.50" in page(screen).evidence.text
    screen.hands.press("Ctrl+J")
    screen.until(first.exists, "the evidence again")
    desk = screen.app.face.operations.desk
    assert desk is not None
    last = desk.ask(lambda cases: cases.context.books.entries(limit=1)[0])
    assert (last.kind, last.body["slip"]) == ("slip.reprinted", "dispute")


def test_a_count_after_a_dispute_says_which_was_disputed_and_which_stands(
    counter_screen: Screen, pictures: Path
) -> None:
    screen = counter_screen
    sell(screen, handed="100")
    begin(screen)
    count(screen, -50)
    screen.hands.press("F7")
    screen.until(lambda: page(screen).asking == "dispute", "the form")
    screen.hands.write("没有短款")
    screen.hands.press("Return")
    asked(screen, "verify")
    screen.hands.press("F1")
    sell(screen, handed="100")
    begin(screen)
    count(screen, -20)
    figures, evidence = page(screen).figures, page(screen).evidence
    assert (figures.disposition, figures.difference) == ("short", "¥\u202f0.70")
    assert "其中 ¥\u202f0.50 仍挂待查" in evidence.before
    for look in ("dark-1366", "large-en-1366"):
        _, language, theme, text_scale = LOOKS[look]
        for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
            screen.counter.settings.choose(name, value)
        screen.hands.pause(200)
        Album(screen, pictures, look).take("cash-up-recounted")
    screen.hands.press("F12")
    asked(screen, "verify")
    Album(screen, pictures, "large-en-1366").take("cash-up-recounted-verify")
    verify(screen)
    Album(screen, pictures, "large-en-1366").take("cash-up-recounted-end")


def test_a_known_fault_is_named_beside_a_difference_by_keys(
    open_face: Callable[..., Screen], outlet_template: Template, pictures: Path
) -> None:
    notices = [Centre(outlet_template.platform).notice() for _ in range(2)]
    screen = open_face(prepare=lambda home: put_into(home, *notices))
    screen.begin_day()
    sell(screen, handed="100")
    begin(screen)
    count(screen, -1)
    screen.hands.press("F7")
    screen.until(lambda: page(screen).asking == "dispute", "the form")
    faults = page(screen).faults
    assert [row.named for row in faults.rows.rows] == [False, False]
    title = faults.rows.rows[0].title

    def is_named() -> bool:
        return bool(faults.rows.rows[0].named)

    for named in (is_named, lambda: not is_named(), is_named):
        screen.until(lambda: spoken_focus() != "", "the form's keyboard")
        screen.tab_to(title)
        screen.hands.press("Return")
        screen.until(named, "the choice")
    assert "不用补款" in faults.text
    screen.hands.pause(150)
    screen.hands.picture(pictures / "cash-up-known-fault.zh-1366.png")
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    assert texts_out_of_place(window) == []
    screen.tab_to("冻结并导出证据")
    screen.hands.press("Return")
    asked(screen, "verify")
    screen.until(lambda: "evidence-T02-0001" in screen.counter.notices.text, "the evidence")
    desk = screen.app.face.operations.desk
    assert desk is not None
    body: Any = desk.ask(lambda cases: cases.context.books.entries(limit=1)[0].body)
    assert body["notice"]["notice_id"] == faults.chosen
    assert faults.chosen in {one["notice_id"] for one in notices}
    assert (body["disposition"], body["reason"]) == ("disputed", "")
    # The account of the entry tells it in words, in both languages.
    screen.hands.press("F5")
    queue = screen.counter.queue
    screen.until(lambda: queue.rows.count > 0, "the entries")
    screen.hands.press("Return")
    screen.until(
        lambda: ("已知问题", title) in [(row.label, row.figure) for row in queue.account.rows],
        "the fault's title",
    )


def test_leaving_asks_for_the_cash_up_first_and_lets_go_without(counter_screen: Screen) -> None:
    screen = counter_screen
    sell(screen)
    screen.until(lambda: screen.app.face.session.cashUpDue, "cash moved")
    screen.hands.press("F6")
    screen.until(lambda: screen.counter.dialog == "leave", "the question")
    screen.hands.press("Return")
    asked(screen, "count")
    screen.hands.press("F6")
    screen.until(lambda: screen.counter.dialog == "leave", "the question again")
    screen.hands.press("F6")
    screen.until(lambda: screen.app.face.stage == "sign_on", "signed off")
    desk = screen.app.face.operations.desk
    assert desk is not None
    last = desk.ask(lambda cases: cases.context.books.entries(limit=1)[0])
    assert (last.kind, last.body["not_cashed_up"]) == ("clerk.signed_off", True)


def test_closing_leads_on_to_handing_the_cash_in(counter_screen: Screen) -> None:
    screen = counter_screen
    sell(screen, handed="100")
    begin(screen)
    count(screen, 0)
    screen.hands.press("F12")
    asked(screen, "verify")
    verify(screen)
    screen.hands.press("F11")
    goal = "till" if place_of("till") else "selling"
    screen.until(lambda: screen.counter.page == goal, "where the cash goes")
    desk = screen.app.face.operations.desk
    assert desk is not None
    assert not desk.ask(lambda cases: cases.cash_ups.due())
