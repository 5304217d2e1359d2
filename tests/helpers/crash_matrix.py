"""The crash matrix of payments: eight moments of death, eight gateways, kill or power cut.

The gateway is the real platform in a process of its own, and its ledger is the oracle: whatever
dies when, it charged at most once, the journal holds what it holds, and the basket is paid once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from terminal.app.code_payments import Order
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.outlet import PIN, STAMP, Outlet
from tests.helpers.payments import Driving, Mortal, payer_code
from tests.powercut.cut_disk import CutDisk

SPEED = 0.001
TOTAL_FEN = 600
Death = Literal["kill", "power cut"]
Wrap = Callable[[PlatformCalls], PlatformCalls]

BEFORE_INTENT = "before the intent is on disk"
AFTER_VERDICT = "after the verdict is on disk"
AFTER_SENDING = "after sending"
POINTS: Mapping[str, tuple[str, str]] = {
    BEFORE_INTENT: ("", ""),
    "after the intent, before sending": ("before", "payment.charge"),
    AFTER_SENDING: ("during", "payment.charge"),
    "after the reply, before it is written": ("after", "payment.charge"),
    AFTER_VERDICT: ("", ""),
    "while asking": ("after", "payment.query"),
    "while reversing": ("before", "payment.reverse"),
    "after the reversal, before it is written": ("after", "payment.reverse"),
}
GATEWAYS: Mapping[str, Mapping[str, object]] = {
    "paid": {"gateway": "paid"},
    "refused": {"gateway": "refused"},
    "pays later": {"gateway": "pays_later"},
    "closes": {"gateway": "closes"},
    "reply lost": {"gateway": "lost"},
    "told twice": {"gateway": "paid", "duplicate": 1.0, "paths": ["/v1/payments"]},
    "another amount": {"gateway": "wrong_amount"},
    "failing": {"gateway": "gateway_failing"},
}


@dataclass
class Deaf:
    """A line on which answers are lost until the first reversal, so that every cell gets there.

    Args:
        calls: the real ones.
        lost: calls whose answers are lost; the calls themselves arrive.
    """

    calls: PlatformCalls
    lost: frozenset[str]
    reversing: bool = False

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.reversing = self.reversing or name == "payment.reverse"
        reply = self.calls.call(name, params)
        deaf = name in self.lost and not self.reversing
        return {"outcome": "unknown", "result": {}, "code": "test.lost"} if deaf else reply


@dataclass
class Sent(Mortal):
    """Dies while the request is on its way: nobody waits for what the gateway makes of it."""

    under_way: list[threading.Thread] = field(default_factory=list)

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.point == ("during", name) and not self.died.is_set():
            sending = threading.Thread(target=self.calls.call, args=(name, params))
            self.under_way.append(sending)
            sending.start()
            self.point = ("before", name)
        return super().call(name, params)

    def arrive(self) -> None:
        """The gateway has done what it was asked."""
        for sending in self.under_way:
            sending.join()


@dataclass
class Bench:
    """One outlet and one gateway on which cells are run one after the other.

    Args:
        outlet: day open, clerk signed on.
        gateway: the platform.
        calls: the outlet's money lane to it.
        disk: what the journal lies on when the power is to be cut.
        weaken: makes the calls of a driver that must not pass; none in earnest.
        careless: opens the books so that a commit does not wait for the disk (a control).
    """

    outlet: Outlet
    gateway: Central
    calls: PlatformCalls
    disk: CutDisk | None = None
    weaken: Wrap = lambda calls: calls
    careless: bool = False

    def run(self, point: str, gateway: str, death: Death) -> None:
        """One cell, from an empty basket to exactly one sale.

        Raises:
            AssertionError: money was lost, taken twice, or is on nobody's account.
        """
        self.outlet.payment_speed = SPEED
        self.gateway.faults(**GATEWAYS[gateway])
        before = self._ledger()
        channel = self._channel()
        sales = self._sales()
        self._open_books()
        self._pay_until_death(point, death)
        self._die(point, death)
        self._resume()
        label = f"{point} x {gateway} x {death}"
        after = self._ledger()
        assert after["charges"] - before["charges"] <= 1, f"charged more than once: {label}"
        taken = after["net_fen"] - before["net_fen"]
        assert taken == self._channel() - channel, f"the books know other money: {label}"
        self._sold_once(sales, label)
        self.gateway.faults()

    def _open_books(self) -> None:
        ordering = self.outlet.cases.ordering
        ordering.add_item(STAMP, 5)
        self.outlet.books.settle()
        if self.careless:
            self.outlet.books._connection.execute("PRAGMA synchronous = NORMAL")

    def _pay_until_death(self, point: str, death: Death) -> None:
        cases = self.outlet.cases
        form, code = cases.paying.begin(), payer_code("paid")
        if point == BEFORE_INTENT and death == "kill":
            self.outlet.clock.dies_at_next_reading = True
            with pytest.raises(SystemExit):
                cases.codes.arm(form.form_id, code)
            return
        order = cases.codes.arm(form.form_id, code)
        if point == BEFORE_INTENT:
            # Written, and the disk was just asked to flush it; nobody has been sent anything.
            return
        if point == AFTER_VERDICT:
            self._drive(order, code, self.weaken(self.calls))
            return
        mortal = Sent(self._line(point), POINTS[point])
        driving = Driving(self.outlet, mortal)
        assert driving.until_death(order, code, mortal), f"the moment never came: {point}"
        mortal.arrive()

    def _line(self, point: str) -> PlatformCalls:
        lost = {
            "while asking": frozenset({"payment.charge"}),
            "while reversing": frozenset({"payment.charge", "payment.query"}),
            "after the reversal, before it is written": frozenset(
                {"payment.charge", "payment.query"}
            ),
        }.get(point, frozenset())
        return Deaf(self.weaken(self.calls), lost) if lost else self.weaken(self.calls)

    def _die(self, point: str, death: Death) -> None:
        if death == "power cut":
            assert self.disk is not None
            self.disk.cut(before_the_last_flush=point == BEFORE_INTENT)
            # Closing tidies up; the power went before.
            self.outlet.books._connection.close()
            self.disk.power_on()
        self.outlet.crash()

    def _resume(self) -> None:
        """What every start does before anything is sold."""
        cases = self.outlet.cases
        for order in cases.codes.resume():
            self._drive(order, "", self.weaken(self.calls))
        cases.session.unlock(PIN)
        cases.paying.finish(cases.ordering.basket.sale_intent)

    def _drive(self, order: Order, code: str, calls: PlatformCalls) -> None:
        driving = Driving(self.outlet, calls)
        driving.until_settled(order, code)
        driving.stop()

    def _sold_once(self, before: int, label: str) -> None:
        """Either the code paid for the basket, or cash still can, and only one of the two."""
        cases = self.outlet.cases
        assert self.outlet.books.open_attempts() == (), label
        if self._sales() == before and cases.ordering.basket.lines:
            form = cases.paying.begin()
            assert cases.paying.tender_cash(form.form_id, "6").done is not None, label
        order = self.outlet.books.last_order()
        assert self._sales() - before <= 1, label
        assert order is None or order.total_fen == TOTAL_FEN, label
        assert self.outlet.books.balances().get("payments_held", 0) == 0, label

    def _ledger(self) -> Mapping[str, int]:
        counted: Mapping[str, int] = self.gateway.admin("GET", "/v1/admin/ledger")["gateway"]
        return counted

    def _channel(self) -> int:
        return self.outlet.books.balances().get("channel:wechat", 0)

    def _sales(self) -> int:
        kinds = [entry.kind for entry in self.outlet.books.all_entries()]
        return kinds.count("sale.completed")
