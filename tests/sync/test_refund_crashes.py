"""The process dies anywhere in a refund of the neighbour's sale: one refund or none, money once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from terminal.app.refund_intents import RefundIntents
from terminal.domain.errors import EnvironmentFault
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.driven_refunds import given, opened, wish
from tests.helpers.neighbours import PEN, Outletful
from tests.helpers.outlet import PIN
from tests.sync.test_refunds_across_counters import even, net, until

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]

SOLD, BACK = 4, 3
POINTS = [
    ("before", "refund.claim"),
    ("after", "refund.claim"),
    ("at", "booking"),
    ("before", "payment.refund"),
    ("after", "payment.refund"),
]
BOOKED = {"payment.refund"}


class Dies:
    """Calls in a process that ends right before or after one of them, or when it books."""

    def __init__(self, calls: PlatformCalls, point: tuple[str, str], two: Outletful) -> None:
        self._calls, self._point, self._two = calls, point, two
        self.died = threading.Event()

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._perhaps("before", name)
        reply = self._calls.call(name, params)
        if name == "refund.claim" and self._point == ("at", "booking"):
            self._two.b.outlet.clock.dies_at_next_reading = True
            self.died.set()
        self._perhaps("after", name)
        return reply

    def _perhaps(self, moment: str, name: str) -> None:
        if self._point == (moment, name):
            self.died.set()
            # The driver's own thread lives on and hears nothing that it could write down.
            raise EnvironmentFault("test.dead") if name in BOOKED else SystemExit


def die(two: Outletful, order_no: str, point: tuple[str, str]) -> None:
    """Give pieces back until the process ends there."""
    dying: list[Dies] = []

    def mortal(calls: PlatformCalls) -> PlatformCalls:
        dying.append(Dies(calls, point, two))
        return dying[0]

    with two.b.driving(mortal) as driver:
        form = opened(driver, order_no)
        driver.give_back(wish(form, BACK), "", "", lambda _done: None, lambda _error: None)
        assert dying[0].died.wait(30)
    two.b.outlet.crash()


@pytest.mark.parametrize("point", POINTS, ids=" ".join)
def test_whenever_it_dies_the_pieces_go_back_once_and_nobody_is_left_holding_them(
    two: Outletful, point: tuple[str, str]
) -> None:
    order_no = two.a.sell_by_code(SOLD)
    before = net(two)
    two.b.outlet.sell(PEN, 9)
    two.b.sync()
    die(two, order_no, point)
    cases = two.b.outlet.cases
    # As the desk does when it opens.
    cases.refunding.resume()
    cases.session.unlock(PIN)
    booked = point[1] in BOOKED
    assert len(two.b.outlet.books.refunds.of_order(order_no)) == booked
    two.b.sync()
    assert two.b.find(order_no).lines[0].left == (SOLD - BACK if booked else SOLD)
    with two.b.driving() as driver:
        if not booked:
            given(driver, opened(driver, order_no), BACK)
        until(two.b, "refunded")
    two.b.sync()
    assert net(two) == before - BACK * 50
    assert two.a.find(order_no).lines[0].left == SOLD - BACK
    assert two.tasks() == []
    even(two.a, two.b)


def test_a_start_that_withdraws_nothing_leaves_the_pieces_with_nobody(
    two: Outletful, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: without the withdrawal the neighbour can give nothing back."""
    monkeypatch.setattr(RefundIntents, "withdraw_all", lambda _intents: None)
    order_no = two.a.sell_by_code(SOLD)
    two.b.outlet.sell(PEN, 9)
    two.b.sync()
    die(two, order_no, ("after", "refund.claim"))
    two.b.outlet.cases.refunding.resume()
    two.b.sync()
    assert two.a.find(order_no).lines[0].left == SOLD - BACK
