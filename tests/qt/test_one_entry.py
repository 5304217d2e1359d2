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


@pytest.mark.parametrize("strike", STRIKES)
def test_two_hundred_presses_on_cash_make_one_sale(counter_screen: Screen, strike: str) -> None:
    screen = counter_screen
    screen.add("nf")
    screen.begin_payment()
    screen.hands.pause(100)
    entries = presses(screen, _desk(screen), STRIKES[strike](screen))
    assert _kinds(entries) == ["sale.completed"]
    assert screen.counter.payment.done


@pytest.fixture
def online(open_face: Callable[..., Screen], platform: Central) -> Iterator[Screen]:
    """A counter with a card terminal, online, five stamps' worth of water on the form."""
    with TcpLine(VirtualCardTerminal(VirtualCardBank().answer)) as line:
        screen = open_face(platform=platform, devices={"card_terminal": {"url": line.url}})
        screen.begin_day()
        screen.add("nf")
        screen.begin_payment()
        screen.hands.pause(100)
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
    "a voucher by Enter": ("F9", "QA20260001", lambda screen: key(screen.app.window, "Return")),
}


@pytest.mark.parametrize("charge", CHARGES)
def test_two_hundred_presses_charge_once(online: Screen, charge: str) -> None:
    begin, number, strike = CHARGES[charge]
    payment = online.counter.payment
    if begin:
        online.hands.press(begin)
        online.until(lambda: payment.entry.open, "the entry")
    if number:
        online.hands.write(number)
        online.hands.press("Return")
        online.until(lambda: payment.entry.worthText != "", "its worth")
    online.hands.pause(100)
    desk = _desk(online)
    head = desk.ask(lambda cases: cases.context.books.head()[0])
    presses(online, desk, strike(online))
    online.until(lambda: bool(payment.done), "the sale")
    entries = desk.ask(lambda cases: cases.context.books.entries(limit=50))
    kinds = _kinds([entry for entry in entries if entry.seq > head])
    assert (kinds.count("payment.intended"), kinds.count("sale.completed")) == (1, 1)


LAID_DOWN: dict[str, tuple[str, Callable[[Screen], Callable[[], None]]]] = {
    "cash on delivery by Enter": ("F10", lambda screen: key(screen.app.window, "Return")),
    "cash on delivery by a click": ("F10", lambda screen: click(screen.app.window, "记货到付款")),
}


@pytest.mark.parametrize("laid", LAID_DOWN)
def test_two_hundred_presses_lay_it_down_once(counter_screen: Screen, laid: str) -> None:
    screen, (begin, strike) = counter_screen, LAID_DOWN[laid]
    screen.add("nf")
    screen.begin_payment()
    screen.hands.press(begin)
    screen.until(lambda: screen.counter.payment.entry.open, "the entry")
    screen.hands.pause(100)
    assert _kinds(presses(screen, _desk(screen), strike(screen))) == ["sale.completed"]


def test_two_hundred_presses_give_one_payment_back_once(online: Screen) -> None:
    payment = online.counter.payment
    online.hands.press("F6")
    online.until(lambda: payment.entry.open, "the entry")
    online.hands.write("690000000018")
    online.hands.press("Return")
    online.until(lambda: payment.entry.worthText != "", "its worth")
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
