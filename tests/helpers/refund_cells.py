"""The row of the fault matrix for money that goes back in parts, by the product's own driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sync.client.pace import Pace
from sync.client.payments import Payments
from terminal.app.refund_driver import RefundDriver
from terminal.app.refunding import Wish
from terminal.app.usecases import UseCases
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Outlet
from tests.helpers.payments import own_line, payer_code

if TYPE_CHECKING:
    from tests.helpers.fault_cells import Cell, MoneyDesk

T = TypeVar("T")
_PACE = Pace(read_s=0.3, charge_s=0.3, query_s=0.3, rest_s=0.05)
_PEN, _PEN_FEN = "P0011", 50
_SOLD, _BACK = 3, 2
_DEADLINE_S = 20.0
_LOOK_S = 0.01


class _InTurn:
    """Store-thread access: one at a time."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet, self._lock = outlet, threading.RLock()

    def ask(self, work: Callable[[UseCases], T], /) -> T:
        with self._lock:
            return work(self._outlet.cases)

    def submit(self, work: Any, done: Any, failed: Any, /) -> None:
        raise AssertionError("the cell books by itself")


def give_part_back(cell: Cell, desk: MoneyDesk) -> None:
    """Two of three pens come back; their money goes back once, whatever befalls the request."""
    before = desk.net_fen()
    refund_no = _booked(desk, _sold(desk))
    store = _InTurn(desk.outlet)
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


def _until_refunded(store: _InTurn, driver: RefundDriver, refund_no: str, label: str) -> None:
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
