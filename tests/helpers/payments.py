"""Payer-code attempts driven for real: the driver, the platform's gateway, and sudden death."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.client.http import PlatformLine
from sync.client.payments import Payments
from sync.client.session_chain import SESSION_FILE, SessionChain
from sync.client.signing import signer_from
from terminal.app.code_payments import Order
from terminal.app.payment_driver import PaymentDriver
from terminal.bootstrap import open_keys
from terminal.ports.sync_state import PlatformCalls
from terminal.store.identity import read_identity
from tests.helpers.central import Central
from tests.helpers.outlet import Outlet

DEADLINE_S = 30.0
# The last two digits choose what the sandbox gateway does.
BEHAVIOURS = {
    "paid": "00",
    "refused": "80",
    "pays later": "85",
    "closes": "90",
    "answer lost": "95",
    "gateway failing": "98",
}


def payer_code(behaviour: str) -> str:
    """A WeChat payment code with that behaviour."""
    return "1345123456789012" + BEHAVIOURS[behaviour]


@contextmanager
def own_line(home: Path, url: str) -> Iterator[PlatformLine]:
    """A terminal's own line to a platform, under the token it holds."""
    identity, keys = read_identity(home), open_keys(home)
    with closing(PlatformLine(url, identity.terminal_id, signer_from(keys.seed))) as line:
        SessionChain(line, home / SESSION_FILE, terminal_id=identity.terminal_id, machine="")
        yield line


@contextmanager
def online_calls(outlet: Outlet, platform: Central) -> Iterator[PlatformCalls]:
    """The money lane of the sync agent, in this process, over a real socket."""
    with own_line(outlet.home, platform.url) as line:
        yield Payments(line)


_NOBODY_LISTENS: Mapping[str, Any] = {"outcome": "unknown", "result": {}, "code": "test.dead"}


@dataclass
class Mortal:
    """Calls that end the process right before or right after one of them.

    What the dead process would have heard is never written down: its thread stays here until the
    driver was told to stop, and then drops the answer.

    Args:
        calls: the real ones.
        point: for example ``("before", "payment.query")``.
        died: set when it happened.
        buried: set it after the driver was told to stop.
    """

    calls: PlatformCalls
    point: tuple[str, str]
    died: threading.Event = field(default_factory=threading.Event)
    buried: threading.Event = field(default_factory=threading.Event)

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._dies_at("before", name):
            return _NOBODY_LISTENS
        reply = self.calls.call(name, params)
        return _NOBODY_LISTENS if self._dies_at("after", name) else reply

    def _dies_at(self, moment: str, name: str) -> bool:
        if self.point == (moment, name):
            self.died.set()
            self.buried.wait(DEADLINE_S)
        return self.died.is_set()


class Driving:
    """The product's driver over one outlet's books, and when it came to rest."""

    def __init__(self, outlet: Outlet, calls: PlatformCalls) -> None:
        self._rest = threading.Condition()
        self._steps: list[Order] = []
        self._driver = PaymentDriver(
            lambda work: work(outlet.cases.codes),
            calls,
            self._moved,
            speed=outlet.payment_speed,
        )

    @property
    def steps(self) -> tuple[Order, ...]:
        """Every step told so far."""
        with self._rest:
            return tuple(self._steps)

    def _moved(self, order: Order) -> None:
        with self._rest:
            self._steps.append(order)
            self._rest.notify_all()

    def start(self, order: Order, auth_code: str = "") -> None:
        """Begin."""
        self._driver.start(order, auth_code)

    def until(self, reached: Callable[[tuple[Order, ...]], bool]) -> None:
        """Wait until the steps told so far are as wanted."""
        with self._rest:
            found = self._rest.wait_for(lambda: reached(tuple(self._steps)), timeout=DEADLINE_S)
            assert found, [step.attempt for step in self._steps]

    def until_settled(self, order: Order, auth_code: str = "") -> str:
        """Drive to the end; the state it ended in."""
        self.start(order, auth_code)
        number = order.attempt.out_trade_no
        with self._rest:
            ended = self._rest.wait_for(lambda: self._ended(number), timeout=DEADLINE_S)
            assert ended, [step.attempt for step in self._steps]
            return str(self._steps[-1].attempt.state)

    def until_death(self, order: Order, auth_code: str, mortal: Mortal) -> bool:
        """Drive until the process died or the attempt was settled; whether it died."""
        self.start(order, auth_code)
        number = order.attempt.out_trade_no
        deadline = time.monotonic() + DEADLINE_S
        with self._rest:
            while not mortal.died.is_set() and not self._ended(number):
                assert time.monotonic() < deadline, [step.attempt for step in self._steps]
                self._rest.wait(0.005)
        burial = threading.Timer(0.02, mortal.buried.set)
        burial.start()
        self._driver.stop()
        burial.join()
        return mortal.died.is_set()

    def stop(self) -> None:
        """Stop waiting."""
        self._driver.stop()

    def _ended(self, number: str) -> bool:
        return any(
            step.attempt.out_trade_no == number and not step.attempt.is_open for step in self._steps
        )
