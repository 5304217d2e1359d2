"""Asks the platform about refunds: for a sale, for its pieces, and for a channel's money.

It owns no truth: what has to be asked stands in the books, under a number that may be asked twice.
Money of a channel is asked for until there is a clear answer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol, TypeVar

from terminal.app.refund_view import RefundDone, RefundForm
from terminal.app.refunding import Wish
from terminal.app.usecases import UseCases
from terminal.domain.errors import OutletError, unexpected
from terminal.domain.refund_payment import RefundPayment, wait_s
from terminal.ports.sync_state import PlatformCalls

T = TypeVar("T")
_log = logging.getLogger(__name__)
LOOK_S = 5.0
Manner = Literal["cash", "take_back"]
"""What becomes of money a channel refused, see ``terminal.app.refund_refused``."""


class Store(Protocol):
    """Runs use cases on the store thread."""

    def ask(self, work: Callable[[UseCases], T], /) -> T:
        """Run it and wait for its result."""
        ...

    def submit(
        self,
        work: Callable[[UseCases], T],
        done: Callable[[T], None] | None,
        failed: Callable[[OutletError], None] | None,
        /,
    ) -> None:
        """Hand it over; one of the two hears how it ended."""
        ...


class RefundDriver:
    """One thread that asks for every open amount in turn.

    Args:
        store: store-thread access.
        calls: the platform.
        moved: told after an answer was written down.
        speed: factor on waiting times.
    """

    def __init__(
        self,
        store: Store,
        calls: PlatformCalls,
        moved: Callable[[], None],
        *,
        speed: float = 1.0,
    ) -> None:
        self._store = store
        self._calls = calls
        self._moved = moved
        self._speed = speed
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._asked: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._acts = ThreadPoolExecutor(max_workers=1, thread_name_prefix="refund")
        self._thread = threading.Thread(target=self._run, name="refunds", daemon=True)

    def start(self) -> None:
        """Begin; what an earlier run left open is asked for first."""
        self._thread.start()

    def look(self) -> None:
        """Something new is to be asked. Any thread."""
        self._wake.set()

    def open_sale(
        self,
        wanted: str,
        done: Callable[[RefundForm], None],
        failed: Callable[[OutletError], None],
    ) -> None:
        """Open the form of a sale, this counter's or another one's of the outlet."""

        def work() -> RefundForm:
            question = self._store.ask(lambda cases: cases.refunding.question(wanted))
            word = None if question is None else self._calls.call("refund.sale", question)
            return self._store.ask(lambda cases: cases.refunding.begin(wanted, word))

        self._in_turn(work, done, failed)

    def give_back(
        self,
        wish: Wish,
        authoriser: str,
        secret: str,
        done: Callable[[RefundDone], None],
        failed: Callable[[OutletError], None],
    ) -> None:
        """Book a refund, once the platform has kept its pieces where it can be asked.

        What goes back through a channel is asked for in the background.
        """

        def work() -> RefundDone:
            saved = self._store.ask(lambda cases: cases.refunding.saved(wish.form_id))
            if saved is not None:
                return saved
            prepared = self._store.ask(
                lambda cases: cases.refunding.prepare(wish, authoriser, secret)
            )
            try:
                word = None if prepared.claim is None else self._claimed(prepared.claim)
            except Exception:
                self._store.ask(lambda cases: cases.refunding.give_up())
                raise
            return self._store.ask(lambda cases: cases.refunding.book(prepared, word))

        self._in_turn(work, done, failed)

    def _claimed(self, claim: Mapping[str, Any]) -> Mapping[str, Any]:
        """The platform's word on a claim; a lost answer is asked for once more."""
        word = self._calls.call("refund.claim", claim)
        return self._calls.call("refund.claim", claim) if word["outcome"] == "unknown" else word

    def _in_turn(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[OutletError], None],
    ) -> None:
        """One act of the page after the other: a second press finds what the first one booked."""

        def run() -> None:
            try:
                result = work()
            except OutletError as error:
                failed(error)
            except Exception as error:  # a bug of ours must reach the screen, not leave it waiting
                failed(unexpected(error))
                raise
            else:
                self.look()
                done(result)

        self._acts.submit(run)

    def ask_again(
        self,
        number: str,
        done: Callable[[RefundPayment], None],
        failed: Callable[[OutletError], None],
    ) -> None:
        """Ask a channel once more for an amount it refused to give back."""

        def again(cases: UseCases) -> RefundPayment:
            fresh = cases.refund_money.try_again(number)
            self._moved()
            self.look()
            return fresh

        self._store.submit(again, done, failed)

    def settle_refused(
        self,
        number: str,
        manner: Manner,
        second: tuple[str, str],
        done: Callable[[RefundPayment], None],
        failed: Callable[[OutletError], None],
    ) -> None:
        """Pay a refused amount in cash, or take its refund back; the platform is asked first.

        Args:
            number: of the money.
            manner: ``cash`` or ``take_back``.
            second: number (or badge) and secret of the second person.
            done: hears how it stands now.
            failed: hears why nothing was done.
        """

        def work() -> RefundPayment:
            question = self._store.ask(lambda cases: cases.refund_refused.question(number))
            word = None if question is None else self._calls.call("refund.sale", question)
            return self._store.ask(lambda cases: deeds(cases)[manner](number, word, *second))

        def deeds(cases: UseCases) -> dict[str, Callable[..., RefundPayment]]:
            refused = cases.refund_refused
            return {"cash": refused.pay_in_cash, "take_back": refused.take_back}

        self._in_turn(work, done, failed)

    def stop(self) -> None:
        """End; what is open stays open in the books."""
        self._stopping.set()
        self._wake.set()
        self._acts.shutdown(cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._round()
            except OutletError as error:
                # A full disk: the same number is asked again later, and the answer is the same.
                _log.warning("refunds wait: %s", error)
            self._wake.wait(LOOK_S * self._speed)
            self._wake.clear()

    def _round(self) -> None:
        for payment in self._store.ask(lambda cases: cases.refund_money.to_ask()):
            if self._stopping.is_set():
                return
            if time.monotonic() >= self._due.get(payment.number, 0.0):
                self._one(payment)

    def _one(self, payment: RefundPayment) -> None:
        params = {
            "out_trade_no": payment.out_trade_no,
            "refund_no": payment.number,
            "amount_fen": payment.amount_fen,
            "scheme": payment.scheme,
            "idempotency_key": payment.number,
        }
        reply = self._calls.call("payment.refund", params)
        if self._stopping.is_set():
            return
        asked = self._asked[payment.number] = self._asked.get(payment.number, 0) + 1
        self._due[payment.number] = time.monotonic() + wait_s(asked) * self._speed
        after = self._store.ask(lambda cases: cases.refund_money.record(payment.number, reply))
        if after.state != payment.state:
            self._moved()
