"""Two hundred presses on a money button while its handler is stuck: one entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from devices.simulators.virtual_card_bank import VirtualCardBank
from devices.simulators.virtual_card_terminal import VirtualCardTerminal
from devices.simulators.virtual_line import TcpLine
from terminal.app.desk import Desk
from terminal.domain.journal import Entry
from tests.helpers.central import Central
from tests.helpers.outlet import STAMP
from tests.helpers.stalled_handler import click, key, presses, scan
from tests.qt.conftest import Screen

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134512345678901200"


def _desk(screen: Screen) -> Desk:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk


def _kinds(entries: list[Entry]) -> list[str]:
    return [entry.kind for entry in entries]


STRIKES: dict[str, Callable[[Screen], Callable[[], None]]] = {
    "Enter in the cash field": lambda screen: key(screen.app.window, "Return"),
    "the exact key": lambda screen: key(screen.app.window, "F11"),
    "a click on taking cash": lambda screen: click(screen.app.window, "收现金"),
    "a click on the exact amount": lambda screen: click(screen.app.window, "正好"),
}


def _next_customer(screen: Screen, goods: str = "nf") -> None:
    """One thing on the form, water unless it is said."""
    screen.counter.act("open_selling")
    screen.until(lambda: screen.counter.basket.empty, "the next customer")
    # Nobody adds goods and confirms them faster than this: an Enter so soon is the last one's echo.
    screen.until(lambda: not screen.counter.payment._guard.isActive(), "the end of the guard")
    screen.add(goods)
    screen.begin_payment()
    screen.hands.pause(100)


def test_two_hundred_presses_on_cash_make_one_sale(counter_screen: Screen) -> None:
    screen = counter_screen
    for name, strike in STRIKES.items():
        _next_customer(screen)
        entries = presses(screen, _desk(screen), strike(screen))
        assert _kinds(entries) == ["sale.completed"], name
        assert screen.counter.payment.done, name


@pytest.fixture
def online(open_face: Callable[..., Screen], platform: Central) -> Iterator[Screen]:
    """A counter with a card terminal, online, five stamps' worth of water on the form."""
    with TcpLine(VirtualCardTerminal(VirtualCardBank().answer)) as line:
        screen = open_face(platform=platform, devices={"card_terminal": {"url": line.url}})
        screen.begin_day()
        yield screen


CHARGES: dict[str, tuple[str, str, Callable[[Screen], Callable[[], None]]]] = {
    "a scanned payer code": ("", "", lambda screen: scan(screen.app.window, PAYER_CODE)),
    "our own code by Enter": ("F4", "", lambda screen: key(screen.app.window, "Return")),
    "our own code by a click": ("F4", "", lambda screen: click(screen.app.window, "出示收款码")),
    "a bank card by Enter": ("F5", "", lambda screen: key(screen.app.window, "Return")),
    "a prepaid card by Enter": (
        "F6",
        "690000000018",
        lambda screen: key(screen.app.window, "Return"),
    ),
    "a prepaid card by a click": (
        "F6",
        "690000000018",
        lambda screen: click(screen.app.window, "扣款"),
    ),
    "a virtual account by Enter": (
        "F7",
        "790000000015",
        lambda screen: key(screen.app.window, "Return"),
    ),
    "points by Enter": ("F8", "880000000012", lambda screen: key(screen.app.window, "Return")),
    "a voucher by Enter": ("F9", "QA20260001", lambda screen: key(screen.app.window, "Return")),
}


@pytest.mark.timeout(600)
def test_two_hundred_presses_charge_once(online: Screen) -> None:
    payment = online.counter.payment
    for name, (begin, number, strike) in CHARGES.items():
        _next_customer(online)
        _enter(online, begin, number)
        desk = _desk(online)
        head = desk.ask(lambda cases: cases.context.books.head()[0])
        presses(online, desk, strike(online))
        online.until(lambda: payment.done or payment.tenders.count > 0, f"the payment: {name}")
        if not payment.done:
            # Points pay no more than the platform's share.
            online.hands.press("F11")
        online.until(lambda: bool(payment.done), f"the sale: {name}")
        entries = desk.ask(lambda cases: cases.context.books.entries(limit=50))
        kinds = _kinds([entry for entry in entries if entry.seq > head])
        assert (kinds.count("payment.intended"), kinds.count("sale.completed")) == (1, 1), name


def _enter(screen: Screen, begin: str, number: str) -> None:
    """Begin a tender by its key, and look its number up where it has one."""
    payment = screen.counter.payment
    if begin:
        screen.hands.press(begin)
        screen.until(lambda: bool(payment.entry.open), "the entry")
    if number:
        screen.hands.write(number)
        screen.hands.press("Return")
        screen.until(lambda: payment.entry.worthText != "", "its worth")
    screen.hands.pause(100)


LAID_DOWN: dict[str, tuple[str, Callable[[Screen], Callable[[], None]]]] = {
    "cash on delivery by Enter": ("F10", lambda screen: key(screen.app.window, "Return")),
    "cash on delivery by a click": ("F10", lambda screen: click(screen.app.window, "记货到付款")),
}


def test_two_hundred_presses_lay_it_down_once(counter_screen: Screen) -> None:
    screen = counter_screen
    for name, (begin, strike) in LAID_DOWN.items():
        _next_customer(screen)
        _enter(screen, begin, "")
        assert _kinds(presses(screen, _desk(screen), strike(screen))) == ["sale.completed"], name


STUCK_ON: dict[str, Callable[[Screen], Callable[[], None]]] = {
    "Enter": lambda screen: key(screen.app.window, "Return"),
    "a click": lambda screen: click(screen.app.window, "记贴票"),
}


def test_two_hundred_presses_take_stamps_affixed_once(counter_screen: Screen) -> None:
    screen = counter_screen
    for name, strike in STUCK_ON.items():
        _next_customer(screen, "hjyz")
        _enter(screen, "F1", "")
        assert _kinds(presses(screen, _desk(screen), strike(screen))) == ["sale.completed"], name


def test_two_hundred_presses_give_one_payment_back_once(online: Screen) -> None:
    payment = online.counter.payment
    _next_customer(online)
    _enter(online, "F6", "690000000018")
    payment.entry.edited("1")
    online.hands.press("Return")
    online.until(lambda: payment.tenders.count == 1, "the part")
    online.hands.pause(100)
    desk = _desk(online)
    kinds = _kinds(presses(online, desk, click(online.app.window, "退回")))
    online.until(lambda: payment.tenders.count == 0, "the part gone back")
    assert kinds.count("payment.outcome") <= 2
    balances = desk.ask(lambda cases: cases.context.books.balances())
    assert balances["channel:prepaid_card"] == 0


def test_a_handler_that_takes_every_press_is_seen_to(counter_screen: Screen) -> None:
    """The harness's own control: what is not guarded books once for each press."""
    screen, desk = counter_screen, _desk(counter_screen)

    def unguarded() -> None:
        desk.submit(lambda cases: cases.ordering.add_item(STAMP, 1))
        desk.submit(lambda cases: cases.paying.tender_cash(cases.paying.begin().form_id, "2"))

    assert _kinds(presses(screen, desk, unguarded, times=3)) == ["sale.completed"] * 3
