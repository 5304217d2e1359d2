"""Payments by payer code: armed in the journal, then sent, then settled by what the channel says.

The state machine is ``terminal.domain.attempt``; this module keeps the books in step with it. It
never talks to the network itself: ``terminal.app.payment_driver`` does, between two calls here.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.domain import ledger
from terminal.domain.attempt import (
    QUERY_AFTER_S,
    Answer,
    Attempt,
    Step,
    after_background_query,
    after_charge,
    after_query,
    after_reverse,
    next_step,
    resumed,
)
from terminal.domain.basket import Basket, basket_digest
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.ledger import Posting
from terminal.domain.money import Money
from terminal.domain.sale import CodeTender, due
from terminal.domain.scan import ScanContext, ScanKind, classify
from terminal.ports.books import Transaction

MOST_CODE_FEN = 5_000_000


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt as a screen shows it; ``seconds`` until the next step, 0 when it runs now.

    ``refunding`` when the clerk gives a confirmed payment back.

    While the disk does not take the channel's answer the books cannot tell how it ended: the state
    is ``doubt`` and the code says what is wrong with the disk.
    """

    out_trade_no: str
    basket_id: str
    scheme: str
    amount_text: str
    state: str
    seconds: int
    message_code: str
    refunding: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What the driver has to ask the platform next; ``basket_hash`` only with a charge."""

    attempt: Attempt
    step: Step
    basket_hash: str = ""


class CodePayments:
    """Use cases of payer-code attempts. Store thread only.

    Args:
        speed: factor on every waiting time; 1 in production.
    """

    def __init__(self, context: Context, ordering: Ordering, *, speed: float = 1.0) -> None:
        self._context = context
        self._ordering = ordering
        self._speed = speed
        self._unwritten: dict[str, str] = {}

    def arm(self, form_id: str, auth_code: str) -> Order:
        """Write the intent to charge down, before a single byte is sent.

        Raises:
            UserError: ``payment.code_not_recognised``, ``payment.card_number_refused``,
                ``payment.attempt_open``, ``payment.form_gone``, ``payment.nothing_due``,
                ``payment.code_over_limit``, ``session.*``.
        """
        clerk_id = self._context.on_duty()
        scheme = self._scheme(auth_code)
        basket = self._ordering.basket
        fen = self._chargeable_fen(basket, form_id)
        attempt = Attempt(uuid.UUID(new_uuid7()).hex, new_uuid7(), basket.basket_id, scheme, fen)
        digest = basket_digest(basket)
        with self._context.books.transaction() as tx:
            tx.append(
                self._context.draft(
                    "payment.intended",
                    attempt.intent_id,
                    clerk_id,
                    {
                        "out_trade_no": attempt.out_trade_no,
                        "scheme": scheme,
                        "amount_fen": attempt.amount_fen,
                        "basket_id": basket.basket_id,
                        "sale_intent": basket.sale_intent,
                        "total_fen": basket.total.fen,
                        "basket_hash": digest,
                    },
                )
            )
            frozen = replace(basket, codes=(*basket.codes, attempt.out_trade_no))
            tx.put_basket(frozen)
        self._ordering.hold(frozen)
        return replace(self._order(attempt), basket_hash=digest)

    def give_back(self, out_trade_no: str) -> Order:
        """Start to reverse a paid code whose sale will not be completed.

        Raises:
            UserError: ``payment.no_such_tender``, ``payment.already_done`` when the sale it paid is
                completed.
        """
        self._context.on_duty()
        attempt = self._context.books.attempt(out_trade_no)
        if attempt is None or attempt.state != "paid":
            raise UserError("payment.no_such_tender")
        if attempt.basket_id != self._ordering.basket.basket_id:
            raise UserError("payment.already_done")
        return self._order(
            self._record(attempt, replace(attempt, state="reversing", refunding=True))
        )

    def resume(self) -> tuple[Order, ...]:
        """Every attempt that was open when the program ended, to be settled first."""
        orders = []
        for attempt in self._context.books.open_attempts():
            orders.append(self._order(self._record(attempt, resumed(attempt))))
        return tuple(orders)

    def record(self, out_trade_no: str, action: str, answer: Answer) -> Order:
        """Write down what the channel said and say what comes next.

        Args:
            out_trade_no: which attempt.
            action: ``charge``, ``query``, ``reverse`` or ``wait`` (a later query of an attempt in
                doubt).
            answer: the channel's.
        """
        attempt = self._context.books.attempt(out_trade_no)
        if attempt is None or not attempt.is_open:
            raise UserError("payment.already_done")
        rules = {
            "charge": after_charge,
            "query": after_query,
            "reverse": after_reverse,
            "wait": after_background_query,
        }
        after = self._record(attempt, rules[action](attempt, answer), answer.channel_no)
        self._unwritten.pop(out_trade_no, None)
        return self._order(after)

    def hold(self, out_trade_no: str, code: str) -> Order:
        """The channel has answered and the disk does not take it: say so until it does.

        Args:
            out_trade_no: an attempt in the books.
            code: dotted code of the fault, for example ``database.full``.

        Raises:
            UserError: ``payment.no_such_tender``.
        """
        attempt = self._context.books.attempt(out_trade_no)
        if attempt is None:
            raise UserError("payment.no_such_tender")
        self._unwritten[out_trade_no] = code
        return self._order(replace(attempt, code=code))

    def paid_of(self, basket: Basket) -> tuple[CodeTender, ...]:
        """Confirmed code payments held for a basket."""
        if not basket.codes:
            return ()
        return tuple(
            CodeTender(attempt.out_trade_no, attempt.scheme, Money(attempt.amount_fen))
            for attempt in self._context.books.attempts_of(basket.basket_id)
            if attempt.state == "paid"
        )

    def latest_of(self, basket: Basket) -> AttemptView | None:
        """The attempt of a basket that is still under way, else the newest."""
        if not basket.codes:
            return None
        attempts = self._context.books.attempts_of(basket.basket_id)
        newest_first = attempts[::-1]
        shown = next((attempt for attempt in newest_first if attempt.is_open), None)
        return self._view(shown or newest_first[0]) if newest_first else None

    def open_attempts(self) -> tuple[AttemptView, ...]:
        """Attempts without a certain outcome."""
        return tuple(self._view(attempt) for attempt in self._context.books.open_attempts())

    def _chargeable_fen(self, basket: Basket, form_id: str) -> int:
        """What a code may be charged for the basket now: all that is still missing."""
        if form_id != basket.sale_intent or not basket.lines:
            raise UserError("payment.form_gone")
        if self._ordering.is_frozen():
            raise UserError("payment.attempt_open")
        remaining = due(basket, self.paid_of(basket), rounds_cash=False).remaining
        if not remaining:
            raise UserError("payment.nothing_due")
        most = self._context.limit("payment_code_fen_per_sale", MOST_CODE_FEN)
        if remaining.fen > most:
            raise UserError("payment.code_over_limit", {"most_fen": most})
        return remaining.fen

    def _scheme(self, auth_code: str) -> str:
        today = date.fromisoformat(self._context.clock.local_date())
        verdict = classify(auth_code, ScanContext.PAYMENT, today=today)
        if verdict.kind is ScanKind.BANK_CARD_REFUSED:
            raise UserError("payment.card_number_refused")
        if verdict.kind is not ScanKind.PAYER_CODE:
            raise UserError("payment.code_not_recognised")
        return verdict.scheme

    def _record(self, before: Attempt, after: Attempt, channel_no: str = "") -> Attempt:
        """Journal a change of state with its postings; counts alone are working state."""
        if after == before:
            return before
        with self._context.books.transaction() as tx:
            if after.state != before.state:
                self._append_outcome(tx, before, after, channel_no)
            tx.put_attempt(after)
        if not after.is_open:
            self._context.wake_sync()
        return after

    def _append_outcome(
        self, tx: Transaction, before: Attempt, after: Attempt, channel_no: str
    ) -> None:
        body = {
            "out_trade_no": after.out_trade_no,
            "scheme": after.scheme,
            "amount_fen": after.amount_fen,
            "basket_id": after.basket_id,
            "state": after.state,
            "before": before.state,
            "code": after.code,
            "channel_no": channel_no,
            "refunding": after.refunding,
            "postings": ledger.to_body(_postings(before, after)),
        }
        clerk_id = self._context.books.day().clerk_id
        tx.append(self._context.draft("payment.outcome", new_uuid7(), clerk_id, body))

    def _order(self, attempt: Attempt) -> Order:
        return Order(attempt, next_step(attempt, speed=self._speed))

    def _view(self, attempt: Attempt) -> AttemptView:
        step = next_step(attempt, schedule=QUERY_AFTER_S, speed=self._speed)
        unwritten = self._unwritten.get(attempt.out_trade_no, "")
        return AttemptView(
            out_trade_no=attempt.out_trade_no,
            basket_id=attempt.basket_id,
            scheme=attempt.scheme,
            amount_text=Money(attempt.amount_fen).text,
            state="doubt" if unwritten else attempt.state,
            seconds=0 if unwritten else round(step.delay_s),
            message_code=unwritten or attempt.code,
            refunding=attempt.refunding,
        )


def _postings(before: Attempt, after: Attempt) -> Sequence[Posting]:
    """Money arrives when a charge is confirmed and leaves when a confirmed one is reversed."""
    arriving = (
        Posting(ledger.channel(after.scheme), after.amount_fen),
        Posting(ledger.PAYMENTS_HELD, -after.amount_fen),
    )
    if after.state == "paid" and not after.refunding:
        return arriving
    if after.state == "reversed" and after.refunding:
        return ledger.negate(arriving)
    return ()
