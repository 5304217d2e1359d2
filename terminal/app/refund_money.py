"""Channel money on its way back: what to ask, what the answer means, and another way if refused.

The refund is booked already; until the channel has given the money back the customer is owed it
(``payments_held``). Nobody can declare it done: only the platform's answer is. What is unclear
stays unclear and is asked again under the same number; cash never stands in for it. Only a clear
refusal may be answered by another try, or by cash with a second person.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.domain import ledger
from terminal.domain.authority import Question
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.ledger import Posting
from terminal.domain.refund_payment import RefundPayment, after_answer
from terminal.domain.tender import account_of_scheme, scheme_words

EXHAUSTED: Final = "refund.exceeds_paid"
"""The channel has given back all that it was paid, at this counter or another one."""


class RefundMoney:
    """Use cases of money that a channel gives back. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising

    def pending(self) -> tuple[RefundPayment, ...]:
        """Money not back yet: unknown, and refused without another way so far."""
        return tuple(self._context.books.refunds.open_payments())

    def to_ask(self) -> tuple[RefundPayment, ...]:
        """What the platform has to be asked about, oldest first."""
        return tuple(payment for payment in self.pending() if payment.is_open)

    def record(self, number: str, reply: Mapping[str, Any]) -> RefundPayment:
        """Write an answer down.

        Args:
            number: which money.
            reply: see ``terminal.domain.refund_payment.after_answer``.

        Raises:
            UserError: ``refund.no_such_payment``.
        """
        before = self._payment(number)
        if not before.is_open:
            return before
        after = after_answer(before, reply)
        if after.state == before.state:
            return after
        postings: tuple[Posting, ...] = ()
        if after.state == "refunded":
            postings = (
                Posting(ledger.PAYMENTS_HELD, after.amount_fen),
                Posting(account_of_scheme(after.scheme), -after.amount_fen),
            )
        body = {
            "refund_out_no": after.number,
            "refund_no": after.refund_no,
            "order_no": after.order_no,
            "out_trade_no": after.out_trade_no,
            "scheme": after.scheme,
            "amount_fen": after.amount_fen,
            "state": after.state,
            "before": before.state,
            "code": after.code,
            "postings": ledger.to_body(postings),
        }
        clerk_id = self._context.books.day().clerk_id
        with self._context.books.transaction() as tx:
            tx.append(self._context.draft("refund.outcome", new_uuid7(), clerk_id, body))
        self._context.wake_sync()
        return after

    def try_again(self, number: str) -> RefundPayment:
        """Ask once more for a refused amount, under a new number.

        Raises:
            UserError: ``refund.no_such_payment``, ``refund.not_refused`` while it may still come
                back the first way.
        """
        clerk_id = self._context.on_duty()
        payment = self.refused(number)
        fresh = replace(payment, number=uuid.UUID(new_uuid7()).hex, state="armed", code="")
        body = self._rerouted(payment) | {
            "refund_out_no": fresh.number,
            "out_trade_no": fresh.out_trade_no,
            "scheme": fresh.scheme,
            "amount_fen": fresh.amount_fen,
        }
        with self._context.books.transaction() as tx:
            tx.append(self._context.draft("refund.rerouted", new_uuid7(), clerk_id, body))
        self._context.wake_sync()
        return fresh

    def pay_in_cash(self, number: str, authoriser_no: str, secret: str) -> RefundPayment:
        """Give a refused amount back in cash; a second person always allows it.

        Whether the customer is still owed it ``terminal.app.refund_refused`` has found out.

        Raises:
            UserError: ``refund.no_such_payment``, ``refund.not_refused``,
                ``refund.not_enough_cash``, ``permission.*``, ``session.*``.
        """
        payment = self.refused(number)
        till_id = self._context.profile.till_id
        held = self._context.books.ledger.balance(ledger.cash(till_id))
        if payment.amount_fen > held:
            raise UserError("refund.not_enough_cash")
        question = Question(
            "refund_in_cash",
            payment.amount_fen,
            payment.order_no,
            payment.code,
            scheme_words(payment.scheme),
            "tender.cash",
        )
        grant = self._authorising.grant(question, authoriser_no, secret)
        postings = (
            Posting(ledger.PAYMENTS_HELD, payment.amount_fen),
            Posting(ledger.cash(till_id), -payment.amount_fen),
        )
        body = self._rerouted(payment) | {
            "amount_fen": payment.amount_fen,
            "scheme": "cash",
            "till_id": till_id,
            "authoriser": grant.authoriser,
            "postings": ledger.to_body(postings),
        }
        with self._context.books.transaction() as tx:
            self._authorising.note(tx, grant)
            tx.append(self._context.draft("refund.rerouted", new_uuid7(), grant.operator, body))
        self._context.wake_sync()
        return replace(payment, state="replaced")

    def _rerouted(self, payment: RefundPayment) -> dict[str, Any]:
        return {
            "instead_of": payment.number,
            "instead_of_scheme": payment.scheme,
            "refund_no": payment.refund_no,
            "order_no": payment.order_no,
            "code": payment.code,
        }

    def _payment(self, number: str) -> RefundPayment:
        payment = self._context.books.refunds.payment(number)
        if payment is None:
            raise UserError("refund.no_such_payment")
        return payment

    def refused(self, number: str) -> RefundPayment:
        """Money that a channel clearly will not give back, and that went no other way yet.

        Raises:
            UserError: ``refund.no_such_payment``, ``refund.not_refused``.
        """
        payment = self._payment(number)
        if payment.state != "refused":
            raise UserError("refund.not_refused")
        return payment
