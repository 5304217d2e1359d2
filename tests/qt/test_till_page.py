"""Tills by keys alone: funding the vault, the float of the drawer, cash in pouches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtQuick import QQuickWindow

from terminal.app.usecases import UseCases
from terminal.domain.pouch import Pouch
from tests.helpers.cash_ups import filled_tills, show_tills
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL
from tests.helpers.stalled_handler import key, presses
from tests.qt.conftest import Screen
from tests.qt.test_cash_up import sell
from tests.qt.test_screens import LOOKS, Album
from ui.hands import spoken_focus
from ui.viewmodels.till_page import TillPage

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def page(screen: Screen) -> TillPage:
    """The page's view-model."""
    return screen.counter.till


def ask(screen: Screen, work: Callable[[UseCases], object]) -> object:
    """Run a use case beside the screen."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk.ask(work)


def balance(screen: Screen, account: str) -> int:
    """What an account holds in fen."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk.ask(lambda cases: cases.context.books.ledger.balance(account))


def begin(screen: Screen) -> None:
    """Open the page."""
    screen.hands.press("Ctrl+T")
    screen.until(lambda: page(screen).tables.tills.count == 2, "the tills")
    screen.hands.pause(80)


def form(screen: Screen, hotkey: str, name: str) -> None:
    """Open a form of the page."""
    screen.hands.press(hotkey)
    screen.until(lambda: page(screen).form == name and page(screen)._intent != "", name)
    screen.hands.pause(80)


def second(screen: Screen) -> None:
    """The senior says so."""
    screen.until(lambda: page(screen).second.open, "the second person's form")
    screen.hands.pause(80)
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")
    screen.until(lambda: page(screen).form == "", "the end of the form")


def filled(screen: Screen) -> None:
    """A vault with cash and stock, a float in the drawer, a pouch on the way."""
    ask(screen, filled_tills)


def see(screen: Screen) -> None:
    """The platform lets the clerk see what her till should hold."""
    ask(screen, lambda cases: show_tills(cases))
    page(screen).refresh()
    screen.until(lambda: not page(screen).tables.blind, "the open till")


def test_cash_goes_from_the_bank_to_the_drawer_and_back_by_keys(counter_screen: Screen) -> None:
    screen, hands = counter_screen, counter_screen.hands
    begin(screen)
    screen.tab_to("V01")
    hands.press("Return")
    form(screen, "F2", "move")
    screen.until(lambda: "100" in spoken_focus(), "the keyboard on the largest note")
    hands.write("50")
    screen.tab_to("从银行领入")
    hands.press("Return")
    hands.press("F12")
    second(screen)
    assert balance(screen, "cash:V01") == 500_000
    form(screen, "F2", "move")
    hands.write("5")
    hands.press("F12")
    second(screen)
    assert balance(screen, "cash:V01") == 450_000
    form(screen, "F7", "receive")
    screen.tab_to("V01 → T02")
    hands.press("Return")
    screen.until(lambda: page(screen).found.text != "", "the pouch")
    hands.press("Return")
    screen.until(lambda: page(screen).form == "", "the pouch is in")
    assert balance(screen, TILL) == 50_000
    assert page(screen).onTheWay.rows.count == 0
    assert "已收入" in screen.counter.notices.text
    screen.tab_to("T02")
    hands.press("Return")
    form(screen, "F2", "move")
    hands.write("2")
    hands.press("F12")
    screen.until(lambda: page(screen).form == "", "the pouch for the vault")
    form(screen, "F7", "receive")
    screen.tab_to("T02 → V01")
    hands.press("Return")
    screen.until(lambda: page(screen).found.text != "", "the pouch")
    hands.press("F12")
    # She packed it herself: somebody else takes it into the vault with her.
    screen.until(lambda: page(screen).second.open, "the second person's form")
    assert balance(screen, "cash:V01") == 450_000
    second(screen)
    assert (balance(screen, TILL), balance(screen, "cash:V01")) == (30_000, 470_000)


def test_every_figure_opens_the_entries_it_is_the_sum_of(counter_screen: Screen) -> None:
    screen = counter_screen
    filled(screen)
    sell(screen)
    begin(screen)
    see(screen)
    screen.tab_to("款袋接收")
    screen.hands.press("Return")
    screen.until(lambda: page(screen).listing.title != "", "the entries")
    assert page(screen).listing.total == "¥\u202f5\u202f500.00"
    assert page(screen).tables.lines.count == 1
    screen.hands.press("Esc")
    assert page(screen).listing.title == ""
    assert screen.counter.page == "till"
    screen.hands.press("Esc")
    assert screen.counter.page == "selling"


def test_a_scanned_slip_brings_its_pouch_and_a_second_scan_says_when(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    begin(screen)
    code = Pouch("P03-260801-7K3QF9", "T03", "T02", 12_300).code()
    screen.hands.scan(code)
    screen.until(lambda: "123.00" in page(screen).found.text, "the pouch")
    screen.until(lambda: page(screen)._intent != "", "the form's intent")
    screen.hands.press("F12")
    screen.until(lambda: page(screen).form == "", "the pouch is in")
    screen.hands.pause(400)
    screen.hands.scan(code)
    screen.until(lambda: "没有重复入账" in page(screen).message, "the answer")
    assert balance(screen, TILL) == 12_300


def test_a_surprise_check_is_blind_and_settles_nothing(counter_screen: Screen) -> None:
    screen = counter_screen
    sell(screen)
    held = balance(screen, TILL)
    begin(screen)
    form(screen, "F11", "check")
    screen.hands.write("1")
    screen.hands.press("F12")
    second(screen)
    assert balance(screen, TILL) == held
    assert "差额" in screen.counter.notices.text


def shown(screen: Screen) -> str:
    """Every text on the screen that a person can read, and what a screen reader would say."""
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    waiting, told = [window.contentItem()], list[str]()
    while waiting:
        item = waiting.pop()
        if item.isVisible():
            told += [str(item.property(name) or "") for name in ("text", "spoken", "figure")]
            waiting += item.childItems()
    return "\n".join(told)


def test_a_clerk_does_not_read_what_to_count_on_the_till_page(counter_screen: Screen) -> None:
    screen = counter_screen
    filled(screen)
    sell(screen)
    begin(screen)
    assert page(screen).tables.blind
    assert page(screen).tables.cash == "清点后可见"
    told = shown(screen)
    assert "清点后可见" in told
    for secret in ("5\u202f502.00", "5\u202f500.00", "502.00", "90 张/枚", "1001–1040"):
        assert secret not in told, secret
    screen.tab_to("T02")
    screen.hands.press("Return")
    screen.hands.press("Tab")
    assert page(screen).listing.title == ""
    see(screen)
    screen.hands.pause(80)
    told = shown(screen)
    for open_now in ("5\u202f502.00", "5\u202f500.00", "90 张/枚", "1001–1040"):
        assert open_now in told, open_now


def test_a_surprise_check_counts_stamps_and_numbers_by_keys(counter_screen: Screen) -> None:
    screen, hands = counter_screen, counter_screen.hands
    filled(screen)
    begin(screen)
    form(screen, "F11", "check")
    screen.until(lambda: page(screen).stock.rows.count == 2, "the stock to count")
    assert "90" not in shown(screen)
    hands.write("55")
    for _ in range(8):
        hands.press("Return")
    hands.press("F12")
    screen.until(lambda: "还没有清点" in page(screen).message, "the question for the stamps")
    assert not page(screen).second.open
    screen.tab_to("邮票 1.20元")
    hands.write("90")
    hands.press("Return")
    hands.write("1001-1039")
    hands.press("F12")
    second(screen)
    assert "票证差 1 枚" in screen.counter.notices.text
    assert screen.counter.notices.tone == "wait"


def test_the_drawer_opens_by_reason_and_second_person(counter_screen: Screen) -> None:
    screen = counter_screen
    begin(screen)
    form(screen, "F8", "drawer")
    screen.tab_to("换零")
    screen.hands.press("Return")
    second(screen)
    assert "钱箱已打开" in screen.counter.notices.text


def test_a_sale_above_the_limit_says_so_calmly(counter_screen: Screen) -> None:
    screen = counter_screen
    filled(screen)
    screen.add("nf")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: "超过限额" in screen.counter.notices.text, "the notice")
    assert screen.counter.notices.tone == "wait"


STRIKES = {"F12": "F12", "Enter": "Return"}


@pytest.mark.parametrize("strike", STRIKES)
def test_two_hundred_presses_send_one_pouch(counter_screen: Screen, strike: str) -> None:
    screen = counter_screen
    filled(screen)
    begin(screen)
    form(screen, "F2", "move")
    screen.hands.write("1")
    screen.tab_to("确认入账")
    desk = screen.app.face.operations.desk
    assert desk is not None
    entries = presses(screen, desk, key(screen.app.window, STRIKES[strike]))
    assert [entry.kind for entry in entries] == ["pouch.sent"]


@pytest.mark.parametrize("strike", STRIKES)
def test_two_hundred_presses_receive_one_pouch(counter_screen: Screen, strike: str) -> None:
    screen = counter_screen
    filled(screen)
    begin(screen)
    form(screen, "F7", "receive")
    screen.tab_to("V01 → T02")
    screen.hands.press("Return")
    screen.until(lambda: page(screen).found.text != "", "the pouch")
    screen.hands.pause(80)
    desk = screen.app.face.operations.desk
    assert desk is not None
    entries = presses(screen, desk, key(screen.app.window, STRIKES[strike]))
    assert [entry.kind for entry in entries] == ["pouch.received"]


def _vouched(screen: Screen) -> None:
    """Number and secret are typed; Enter would do it."""
    screen.until(lambda: page(screen).second.open, "the second person's form")
    screen.hands.pause(80)
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)


def _funding(screen: Screen) -> None:
    screen.tab_to("V01")
    screen.hands.press("Return")
    form(screen, "F2", "move")
    screen.hands.write("1")
    screen.tab_to("从银行领入")
    screen.hands.press("Return")
    screen.hands.press("F12")


def _drawer(screen: Screen) -> None:
    form(screen, "F8", "drawer")
    screen.tab_to("换零")
    screen.hands.press("Return")


def _check(screen: Screen) -> None:
    form(screen, "F11", "check")
    screen.hands.write("1")
    screen.hands.press("F12")


BY_TWO = {"till.funded": _funding, "drawer.opened": _drawer, "till.checked": _check}


@pytest.mark.parametrize("kind", BY_TWO)
def test_two_hundred_presses_of_the_second_person_make_one_entry(
    counter_screen: Screen, kind: str
) -> None:
    screen = counter_screen
    begin(screen)
    BY_TWO[kind](screen)
    _vouched(screen)
    desk = screen.app.face.operations.desk
    assert desk is not None
    entries = presses(screen, desk, key(screen.app.window, "Return"))
    assert [entry.kind for entry in entries] == ["authorisation.granted", kind]


@pytest.mark.parametrize("look", LOOKS)
def test_the_till_page_fits_in_every_look(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(size=size, language=language)
    screen.begin_day()
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        screen.counter.settings.choose(name, value)
    album, hands = Album(screen, pictures, look), screen.hands
    filled(screen)
    sell(screen)
    begin(screen)
    hands.pause(200)
    album.take("till-blind")
    see(screen)
    hands.pause(200)
    album.take("till")
    screen.tab_to("款袋接收" if language == "zh_CN" else "Pouch received")
    hands.press("Return")
    screen.until(lambda: page(screen).listing.title != "", "the entries")
    hands.pause(150)
    album.take("till-entries")
    for hotkey, name in (("F2", "move"), ("F7", "receive"), ("F8", "drawer"), ("F11", "check")):
        form(screen, hotkey, name)
        hands.pause(150)
        album.take(f"till-{name}")
        hands.press("Esc")
        screen.until(lambda: page(screen).form == "", "no form")
    form(screen, "F7", "receive")
    screen.tab_to("V01 → T02")
    hands.press("Return")
    screen.until(lambda: page(screen).found.text != "", "the pouch")
    hands.press("F7")
    screen.until(lambda: page(screen).form == "wrong", "the count")
    hands.write("4")
    hands.pause(150)
    album.take("till-wrong")
