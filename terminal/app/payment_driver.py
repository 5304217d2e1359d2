"""Drives attempts through their channel: one thread each, every step journaled first.

The driver owns no truth: it asks the books what to do, asks the platform, and writes the answer
down. Killing it at any point loses nothing, because ``CodePayments.resume`` finds the attempt
again. An answer that the disk does not take is held and offered again until it is written: no step
follows from what is not in the books.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from terminal.app.code_payments import CodePayments, Order
from terminal.domain.attempt import Answer
from terminal.domain.errors import EnvironmentFault, OutletError
from terminal.domain.identifiers import new_uuid7
from terminal.ports.sync_state import PlatformCalls

Ask = Callable[[Callable[[CodePayments], Order]], Order]
"""Runs work with the ``CodePayments`` on the store thread and waits for its result."""

_log = logging.getLogger(__name__)
DOUBT_AGAIN_S = 60.0
WRITE_AGAIN_S = 2.0


class PaymentDriver:
    """Runs attempts to their end in the background.

    Args:
        ask: store-thread access.
        calls: the platform, or whoever the scheme goes to.
        progress: told after every step, on the driver's thread.
        speed: factor on waiting times.
    """

    def __init__(
        self,
        ask: Ask,
        calls: PlatformCalls,
        progress: Callable[[Order], None],
        *,
        speed: float = 1.0,
    ) -> None:
        self._ask = ask
        self._calls = calls
        self._progress = progress
        self._speed = speed
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, order: Order, auth_code: str = "") -> None:
        """Drive an attempt on a thread of its own.

        The payer code is kept only for the first charge.
        """
        thread = threading.Thread(
            target=self._run, args=(order, auth_code), name="payment", daemon=True
        )
        self._threads = [running for running in self._threads if running.is_alive()]
        self._threads.append(thread)
        thread.start()

    @staticmethod
    def is_at_rest(order: Order) -> bool:
        """Whether an attempt is settled, or in doubt and asked about only now and then."""
        return order.step.action in ("settled", "wait", "person")

    def stop(self) -> None:
        """End waiting; attempts stay as the books have them."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _run(self, order: Order, auth_code: str) -> None:
        self._progress(order)
        while order.step.action not in ("settled", "person"):
            delay = (
                DOUBT_AGAIN_S * self._speed if order.step.action == "wait" else order.step.delay_s
            )
            if self._stopping.wait(delay):
                return
            answer = self._perform(order, auth_code)
            auth_code = ""
            if self._stopping.is_set():
                return
            written = self._written_down(order, answer)
            if written is None:
                return
            order = written
            self._progress(order)

    def _written_down(self, order: Order, answer: Answer) -> Order | None:
        """What comes next once the answer is in the books; None when nothing does here."""
        number, action = order.attempt.out_trade_no, order.step.action
        while True:
            try:
                return self._ask(lambda codes: codes.record(number, action, answer))
            except EnvironmentFault as fault:
                # The disk is full or locked. Only this thread knows the answer: it is kept, and
                # asking again instead could show another one.
                self._hold(number, fault)
            except OutletError as error:
                _log.warning("payment %s goes its own way: %s", number, error)
                return None
            if self._stopping.wait(WRITE_AGAIN_S * self._speed):
                return None

    def _hold(self, number: str, fault: EnvironmentFault) -> None:
        _log.warning("payment %s waits to be written: %s", number, fault)
        self._progress(self._ask(lambda codes: codes.hold(number, fault.code)))

    def _perform(self, order: Order, auth_code: str) -> Answer:
        attempt = order.attempt
        asked = {
            "out_trade_no": attempt.out_trade_no,
            "amount_fen": attempt.amount_fen,
            "scheme": attempt.scheme,
        }
        if order.step.action == "charge":
            charge = {
                **asked,
                "idempotency_key": attempt.intent_id,
                "auth_code": auth_code,
                "basket_hash": order.basket_hash,
            }
            return _answer(self._calls.call("payment.charge", charge))
        if order.step.action == "reverse":
            # A key of its own for each try: a repeated one would only replay the first answer.
            reverse = {**asked, "idempotency_key": new_uuid7()}
            reversal = _answer(self._calls.call("payment.reverse", reverse))
            if reversal.outcome != "ok":
                return reversal
        # A reversal that says yes is believed only when a query says so too.
        return _answer(self._calls.call("payment.query", asked))


def _answer(reply: Mapping[str, Any]) -> Answer:
    result = reply.get("result") or {}
    return Answer(
        outcome=reply["outcome"],
        state=str(result.get("state", "")),
        amount_fen=result.get("amount_fen"),
        code=str(reply.get("code") or result.get("code") or ""),
        channel_no=str(result.get("channel_no") or ""),
        reference=str(result.get("reference") or ""),
        token=str(result.get("token") or ""),
        shown_code=str(result.get("shown_code") or ""),
    )
