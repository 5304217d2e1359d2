"""Rows of the fault matrix for refunds, by the product's own driver."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from sync.client.agent import run_once
from sync.client.pace import Pace
from sync.client.payments import Payments
from sync.client.refunds import Refunds
from terminal.app.refund_driver import RefundDriver
from terminal.app.refunding import Wish
from terminal.domain.errors import OutletError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from tests.helpers.driven_refunds import InTurn, driving, given, opened
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Outlet, connect
from tests.helpers.payments import own_line, payer_code

if TYPE_CHECKING:
    from tests.helpers.fault_cells import Cell, MoneyDesk

T = TypeVar("T")
_PACE = Pace(read_s=0.3, charge_s=0.3, query_s=0.3, rest_s=0.05)
_PEN, _PEN_FEN = "P0011", 50
_SOLD, _BACK = 3, 2
_DEADLINE_S = 20.0
_LOOK_S = 0.01
_TRIES = 4


def give_part_back(cell: Cell, desk: MoneyDesk) -> None:
    """Two of three pens come back; their money goes back once, whatever befalls the request."""
    before = desk.net_fen()
    refund_no = _booked(desk, _sold(desk))
    store = InTurn(desk.outlet)
    cell.spring()
    with own_line(desk.outlet.home, cell.road.url) as line:
        driver = RefundDriver(
            store, Payments(line, _PACE), lambda: None, speed=desk.outlet.payment_speed
        )
        driver.start()
        try:
            _until_refunded(store, driver, refund_no, cell.label)
        finally:
            driver.stop()
    cell.road.deliver_late()
    assert desk.net_fen() == before + (_SOLD - _BACK) * _PEN_FEN, cell.label
    desk.agree(cell.label)


def claim(cell: Cell, desk: MoneyDesk) -> None:
    """Pieces are kept for one refund, and it is booked once, whatever befalls the question."""
    outlet = desk.outlet
    connect(outlet.home, cell.platform)
    order_no = outlet.sell(_PEN, _SOLD)
    run_once(outlet.home)
    cell.spring()
    with driving(outlet, cell.road.url) as driver:
        form = opened(driver, order_no)
        booked, tries = "", 0
        while not booked:
            tries += 1
            assert tries < _TRIES, f"never booked: {cell.label}"
            with suppress(OutletError):
                booked = given(driver, form, _BACK).refund_no
    cell.road.deliver_late()
    run_once(outlet.home)
    assert [row.refund_no for row in outlet.books.refunds.of_order(order_no)] == [booked]
    assert outlet.books.refunds.intents() == (), cell.label
    row = outlet.books.order(order_no)
    sale = outlet.books.entry(row.seq) if row else None
    assert sale is not None
    assert _left(cell, outlet, sale) == _SOLD - _BACK, cell.label
    desk.agree(cell.label)


def _left(cell: Cell, outlet: Outlet, sale: Entry) -> int:
    """How many pieces the platform would still keep for somebody."""
    line: Any = sale.body["lines"][0]  # type: ignore[index]
    with own_line(outlet.home, cell.platform.url) as own:
        for pieces in range(_SOLD, 0, -1):
            asked = {
                "claim_id": new_uuid7(),
                "terminal_id": sale.terminal_id,
                "seq": sale.seq,
                "hash": sale.hash,
                "lines": [{"line_id": line["line_id"], "quantity": pieces, "fen": 0}],
            }
            if Refunds(own, _PACE).call("refund.claim", asked)["outcome"] == "ok":
                return pieces
    return 0


def _sold(desk: MoneyDesk) -> str:
    """Pens paid by code over a sound line; the order's number."""
    cases = desk.outlet.cases
    cases.ordering.add_item(_PEN, _SOLD)
    form = cases.paying.begin()
    order = cases.codes.arm(form.form_id, payer_code("paid"))
    with desk.driving(desk.platform.url, lambda calls: calls) as driving:
        assert driving.until_settled(order, payer_code("paid")) == "paid"
    done = cases.paying.finish(form.form_id).done
    assert done is not None
    return done.order_no


def _booked(desk: MoneyDesk, order_no: str) -> str:
    refunding = desk.outlet.cases.refunding
    form = refunding.begin(order_no)
    wish = Wish(form.form_id, "return", {form.lines[0].line_id: _BACK}, "wrong_goods")
    return refunding.complete(wish, SENIOR, SENIOR_PIN).refund_no


def _until_refunded(store: InTurn, driver: RefundDriver, refund_no: str, label: str) -> None:
    """Wait; what the channel refuses is asked for once more, as a clerk would."""
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        payments = store.ask(lambda use: use.context.books.refunds.payments(refund_no))
        states = {payment.state for payment in payments} - {"replaced"}
        if states == {"refunded"}:
            return
        assert time.monotonic() < deadline, f"{states}: {label}"
        for payment in payments:
            if payment.state == "refused":
                number = payment.number
                store.ask(lambda use: use.refund_money.try_again(number))  # noqa: B023
                driver.look()
        time.sleep(_LOOK_S)
