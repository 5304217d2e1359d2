"""Starting what a channel has to decide: charges, what is given back, late payments, look-ups.

Each begins on the store thread, where its intent is made durable, and goes on beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from terminal.app.code_payments import Order
from terminal.app.paying import PAYMENT
from terminal.app.payment_driver import PaymentDriver
from terminal.app.payment_forms import Ask
from terminal.app.payment_view import PaymentView
from terminal.app.tender_offers import WorthView
from terminal.app.usecases import UseCases
from terminal.domain.errors import OutletError
from terminal.ports.sync_state import PlatformCalls

Done = Callable[[PaymentView], None] | None
Failed = Callable[[OutletError], None] | None


class Submit(Protocol):
    """Runs work on the store thread, as ``Desk.submit`` does."""

    def __call__(
        self,
        work: Callable[[UseCases], Any],
        done: Callable[[Any], None] | None = None,
        failed: Failed = None,
    ) -> None:
        """Hand it over."""
        ...


class Charges:
    """What a face may start. Any thread but the store thread's; answers come there.

    Args:
        submit: hands work to the store thread.
        driver: drives attempts to their end.
        calls: the channels.
    """

    def __init__(self, submit: Submit, driver: PaymentDriver, calls: PlatformCalls) -> None:
        self._submit = submit
        self._driver = driver
        self._calls = calls

    def drive(self, orders: Iterable[Order]) -> None:
        """Go on with attempts that were open."""
        for order in orders:
            self._driver.start(order)

    def pay_by_code(
        self,
        form_id: str,
        auth_code: str,
        amount_text: str = "",
        done: Done = None,
        failed: Failed = None,
    ) -> None:
        """Charge a payer code; ``done`` hears it armed, events go on."""

        def arm(cases: UseCases) -> PaymentView:
            self._driver.start(cases.codes.arm(form_id, auth_code, amount_text), auth_code)
            return cases.paying.view(PAYMENT)

        self._submit(arm, done, failed)

    def pay(self, ask: Ask, done: Done = None, failed: Failed = None) -> None:
        """Charge a card, an account, points or a voucher, or make our own code."""

        def arm(cases: UseCases) -> PaymentView:
            order = cases.codes.arm_tender(ask.form_id, ask.kind, ask.number, ask.amount_text)
            self._driver.start(order, ask.number.strip())
            return cases.paying.view(PAYMENT)

        self._submit(arm, done, failed)

    def give_back(self, out_trade_no: str, done: Done = None, failed: Failed = None) -> None:
        """Reverse a payment of the basket on the counter before its sale is completed."""

        def reverse(cases: UseCases) -> PaymentView:
            self._driver.start(cases.codes.give_back(out_trade_no))
            return cases.paying.view(PAYMENT)

        self._submit(reverse, done, failed)

    def look_up(
        self,
        ask: Ask,
        done: Callable[[WorthView], None] | None = None,
        failed: Failed = None,
    ) -> None:
        """Ask the platform what a card, account or voucher is worth; nothing is charged."""

        def told(reply: Mapping[str, Any]) -> None:
            def worth(cases: UseCases) -> WorthView:
                return cases.tenders.worth(ask.form_id, ask.kind, ask.number, reply)

            self._submit(worth, done, failed)

        def ask_platform(scheme: str) -> None:
            params = {"scheme": scheme, "number": ask.number.strip()}
            told(self._calls.call("payment.balance", params))

        def begun(scheme: str) -> None:
            threading.Thread(
                target=ask_platform, args=(scheme,), name="balance", daemon=True
            ).start()

        self._submit(lambda cases: cases.tenders.scheme_to_ask(ask.kind, ask.number), begun, failed)

    def decide(
        self,
        decide: Callable[[UseCases], Order],
        done: Callable[[None], None] | None = None,
        failed: Failed = None,
    ) -> None:
        """Act on what a person decided about a late payment."""

        def settle(cases: UseCases) -> None:
            self._driver.start(decide(cases))

        self._submit(settle, done, failed)
