"""Every money button of tills and cash-up, two hundred times while its handler is stuck."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal.app.desk import Desk
from terminal.app.usecases import UseCases
from terminal.domain.pouch import pouch_of
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.helpers.stalled_handler import click, key, presses, scan
from tests.qt.conftest import Screen
from tests.qt.test_cash_up import asked, begin, count, sell
from tests.qt.test_cash_up import page as cash_up
from tests.qt.test_till_page import begin as begin_tills
from tests.qt.test_till_page import filled, form, page
from ui.hands import spoken_focus

pytest_plugins = ["tests.helpers.outlet_fixtures"]

Way = Callable[[Screen, str, str], Callable[[], None]]
WAYS: dict[str, Way] = {
    "key": lambda screen, combo, _label: key(screen.app.window, combo),
    "click": lambda screen, _combo, label: click(screen.app.window, label),
}


def _desk(screen: Screen) -> Desk:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk


def _made(screen: Screen, strike: Callable[[], None]) -> list[str]:
    """Kinds of the entries that two hundred strikes made."""
    return [entry.kind for entry in presses(screen, _desk(screen), strike)]


def _signs(screen: Screen, *, first: str = SENIOR) -> None:
    """Number and secret are typed; Enter or the button would do it."""
    screen.hands.pause(80)
    screen.hands.write(first)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)


def _second(screen: Screen) -> None:
    screen.until(lambda: page(screen).second.open, "the second person's form")
    _signs(screen)


def _counted(screen: Screen, off_fen: int) -> None:
    """A sale, and its count typed as far as the commit."""
    sell(screen, handed="100")
    begin(screen)
    count(screen, off_fen, commit=False)


@pytest.mark.parametrize("way", WAYS)
def test_count_recount_x_take_over_verify_and_z_are_one_entry_each(
    counter_screen: Screen, way: str
) -> None:
    screen, strike = counter_screen, WAYS[way]
    _counted(screen, -50)
    assert _made(screen, strike(screen, "F2", "打印临时小结")) == ["cash_up.interim"]
    assert _made(screen, strike(screen, "F12", "提交清点")) == ["cash_up.counted"]
    asked(screen, "difference")
    assert _made(screen, strike(screen, "F8", "重新清点")) == []
    asked(screen, "count")
    screen.hands.write("1")
    assert _made(screen, strike(screen, "F12", "提交清点")) == ["cash_up.counted"]
    asked(screen, "difference")
    button = cash_up(screen).figures.bookText
    assert _made(screen, strike(screen, "F12", button)) == ["cash_up.booked"]
    asked(screen, "verify")
    _signs(screen)
    # So much is short that whoever vouches answers for it: she is named in the same transaction.
    assert _made(screen, strike(screen, "Return", "复核签字")) == [
        "authorisation.granted",
        "cash_up.verified",
    ]
    asked(screen, "hand_over")
    assert _made(screen, strike(screen, "F12", "关帐，留在本尾箱")) == ["cash_up.closed"]


@pytest.mark.parametrize("way", WAYS)
def test_a_dispute_and_a_hand_over_are_one_entry_each(counter_screen: Screen, way: str) -> None:
    screen, strike = counter_screen, WAYS[way]
    _counted(screen, -50)
    screen.hands.press("F12")
    asked(screen, "difference")
    screen.hands.press("F7")
    screen.until(lambda: cash_up(screen).asking == "dispute", "the form")
    screen.hands.pause(80)
    screen.hands.write("没有短款")
    assert _made(screen, strike(screen, "Return", "冻结并导出证据")) == ["cash_up.disputed"]
    asked(screen, "verify")
    _signs(screen)
    screen.hands.press("Return")
    asked(screen, "hand_over")
    screen.hands.press("F7")
    screen.until(lambda: cash_up(screen).asking == "hand_over", "the next clerk's form")
    screen.hands.pause(80)
    figures = cash_up(screen).figures
    found = figures.counted.removeprefix("¥\u202f").replace("\u202f", "")
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(found)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    assert _made(screen, strike(screen, "Return", "接收尾箱")) == [
        *("cash_up.closed", "cash_up.handed_over"),
        *("clerk.signed_off", "clerk.signed_on"),
    ]


def _hand_in(screen: Screen) -> None:
    screen.hands.write("1")


def _transfer(screen: Screen) -> None:
    screen.hands.write("1")
    screen.tab_to("T03")
    screen.hands.press("Return")


MOVES = {"hand-in": _hand_in, "transfer": _transfer}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("way", WAYS)
def test_a_hand_in_and_a_transfer_are_one_pouch(
    counter_screen: Screen, way: str, move: str
) -> None:
    screen = counter_screen
    filled(screen)
    begin_tills(screen)
    form(screen, "F2", "move")
    MOVES[move](screen)
    assert _made(screen, WAYS[way](screen, "F12", "确认入账")) == ["pouch.sent"]
    assert page(screen).form == ""
    assert _made(screen, WAYS["key"](screen, "Ctrl+P", "")) == ["slip.reprinted"]


def _slip_code(screen: Screen) -> str:
    """What the slip of the pouch on its way says."""

    def read(cases: UseCases) -> str:
        (row,) = cases.context.books.tills.pouches_on_the_way()
        entry = cases.context.books.entry(row.sent_seq)
        assert entry is not None
        return pouch_of(entry.body).code()

    return _desk(screen).ask(read)


@pytest.mark.parametrize("way", WAYS)
def test_a_pouch_scanned_two_hundred_times_and_taken_in_as_often_is_one_entry(
    counter_screen: Screen, way: str
) -> None:
    screen = counter_screen
    filled(screen)
    begin_tills(screen)
    code = _slip_code(screen)
    assert _made(screen, scan(screen.app.window, code)) == []
    screen.until(lambda: page(screen).found.text != "", "the pouch")
    screen.until(lambda: page(screen)._intent != "", "the form's intent")
    screen.hands.pause(400)
    assert _made(screen, WAYS[way](screen, "F12", "接收入箱")) == ["pouch.received"]
    assert _made(screen, scan(screen.app.window, code)) == []


def _found(screen: Screen) -> None:
    form(screen, "F7", "receive")
    screen.tab_to("V01 → T02")
    screen.hands.press("Return")
    screen.until(lambda: page(screen).found.text != "", "the pouch")
    screen.hands.press("F7")
    screen.until(lambda: page(screen).form == "wrong", "the count")
    screen.hands.pause(80)
    screen.hands.write("4")
    screen.hands.press("F12")


def _check(screen: Screen) -> None:
    form(screen, "F11", "check")
    screen.until(lambda: page(screen).stock.rows.count == 2, "the stock to count")
    screen.hands.write("55")
    for _ in range(8):
        screen.hands.press("Return")
    screen.until(lambda: spoken_focus().startswith("邮票"), "the stamps")
    screen.hands.write("90")
    screen.hands.press("Return")
    screen.hands.write("1001-1040")
    screen.hands.press("F12")


def _fund(screen: Screen) -> None:
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


BY_TWO = {
    "pouch.received": _found,
    "till.checked": _check,
    "till.funded": _fund,
    "drawer.opened": _drawer,
}


@pytest.mark.parametrize("kind", BY_TWO)
def test_what_two_sign_by_a_click_is_one_entry(counter_screen: Screen, kind: str) -> None:
    screen = counter_screen
    filled(screen)
    begin_tills(screen)
    BY_TWO[kind](screen)
    _second(screen)
    made = _made(screen, click(screen.app.window, "授权"))
    assert made == ["authorisation.granted", kind]
