"""The product's refund driver over one outlet's use cases, and what its acts come to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sync.client.http import PlatformLine
from sync.client.pace import Pace
from sync.client.payments import Payments
from sync.client.refunds import Refunds
from terminal.app.refund_driver import RefundDriver
from terminal.app.refund_view import RefundDone, RefundForm
from terminal.app.refunding import Wish
from terminal.app.usecases import UseCases
from terminal.domain.errors import OutletError
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Outlet
from tests.helpers.payments import own_line

T = TypeVar("T")
Refused = Callable[[OutletError], None]
PACE = Pace(read_s=0.5, charge_s=0.5, query_s=0.5, rest_s=0.05)
_DEADLINE_S = 30.0


class AgentCalls:
    """The agent's calls about money and refunds, in this process over a real line."""

    def __init__(self, line: PlatformLine) -> None:
        self._money, self._refunds = Payments(line, PACE), Refunds(line, PACE)

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """See ``terminal.ports.sync_state.PlatformCalls``."""
        calls: PlatformCalls = self._refunds if name.startswith("refund.") else self._money
        return calls.call(name, params)


class InTurn:
    """Store-thread access: one use case after the other."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet, self._lock = outlet, threading.RLock()

    def ask(self, work: Callable[[UseCases], T], /) -> T:
        with self._lock:
            return work(self._outlet.cases)

    def submit(self, work: Any, done: Any, failed: Any, /) -> None:
        try:
            result = self.ask(work)
        except OutletError as error:
            failed(error)
        else:
            done(result)


@contextmanager
def driving(
    outlet: Outlet,
    url: str,
    wrap: Callable[[PlatformCalls], PlatformCalls] = lambda calls: calls,
) -> Iterator[RefundDriver]:
    """The product's refund driver at work."""
    with own_line(outlet.home, url) as line:
        driver = RefundDriver(
            InTurn(outlet), wrap(AgentCalls(line)), lambda: None, speed=outlet.payment_speed
        )
        driver.start()
        try:
            yield driver
        finally:
            driver.stop()


def wish(form: RefundForm, pieces: int) -> Wish:
    """So many pieces of the first line."""
    return Wish(form.form_id, "return", {form.lines[0].line_id: pieces}, "wrong_goods")


def outcome(start: Callable[[Callable[[T], None], Callable[[OutletError], None]], None]) -> T:
    """Wait for what an act of the driver comes to.

    Raises:
        OutletError: what it was refused with.
    """
    ended = threading.Event()
    got: list[T] = []
    refused: list[OutletError] = []

    def done(value: T) -> None:
        got.append(value)
        ended.set()

    def failed(error: OutletError) -> None:
        refused.append(error)
        ended.set()

    start(done, failed)
    assert ended.wait(_DEADLINE_S), "the act never ended"
    if refused:
        raise refused[0]
    return got[0]


def opened(driver: RefundDriver, wanted: str) -> RefundForm:
    """The form of a sale, as the page opens it."""

    def start(done: Callable[[RefundForm], None], failed: Refused) -> None:
        driver.open_sale(wanted, done, failed)

    return outcome(start)


def given(
    driver: RefundDriver,
    form: RefundForm,
    pieces: int,
    second: tuple[str, str] = (SENIOR, SENIOR_PIN),
) -> RefundDone:
    """Pieces of the first line given back, as the page does it."""

    def start(done: Callable[[RefundDone], None], failed: Refused) -> None:
        driver.give_back(wish(form, pieces), *second, done, failed)

    return outcome(start)
