"""Payments through a channel: armed in the journal, then sent, then settled by what it says.

The state machine is ``terminal.domain.attempt``; this module keeps the books in step with it, for
payer codes, our own code, the card terminal and everything the platform holds. It never talks to
anybody itself: ``terminal.app.payment_driver`` does, between two calls here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from terminal.app.attempt_book import AttemptBook
from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.domain.attempt import (
    QUERY_AFTER_S,
    Answer,
    Attempt,
    Step,
    accepted,
    after_background_query,
    after_charge,
    after_query,
    after_reverse,
    next_step,
    refunded,
    resumed,
)
from terminal.domain.basket import Basket, basket_digest
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from terminal.domain.sale import CodeTender, due
from terminal.domain.scan import ScanContext, ScanKind, classify
from terminal.domain.tender import (
    PAYER_CODE,
    POINTS,
    Tender,
    masked,
    most_by_points,
    scheme_of,
    tender_of,
)
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
    kind: str = PAYER_CODE.kind
    reference: str = ""
    shown_code: str = ""
    goods: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What the driver has to ask the channel next; ``basket_hash`` only with a charge."""

    attempt: Attempt
    step: Step
    basket_hash: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a late payment, and who allowed it beside the clerk."""

    accept: bool
    authoriser: str
    reason: str


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
        self._book = AttemptBook(context)

    def arm(self, form_id: str, auth_code: str, amount_text: str = "") -> Order:
        """Write the intent to charge a payer code down, before a single byte is sent.

        Args:
            form_id: of the open form.
            auth_code: as scanned; kept nowhere.
            amount_text: yuan of the chosen part, "" for all that is missing.

        Raises:
            UserError: ``payment.code_not_recognised``, ``payment.card_number_refused``,
                ``payment.attempt_open``, ``payment.form_gone``, ``payment.nothing_due``,
                ``payment.code_over_limit``, ``tender.out_of_range``, ``session.*``.
        """
        clerk_id = self._context.on_duty()
        return self._arm(form_id, PAYER_CODE, self._scheme(auth_code), amount_text, "", clerk_id)

    def arm_tender(self, form_id: str, kind: str, number: str = "", amount_text: str = "") -> Order:
        """Write the intent to charge anything else down, before a single byte is sent.

        Args:
            form_id: of the open form.
            kind: a tender that a channel decides about.
            number: of the card, account or voucher; only its last four are kept.
            amount_text: yuan of the chosen part, "" for all that is missing.

        Raises:
            UserError: ``tender.number_missing``, ``tender.no_card_terminal``; and as ``arm``.
        """
        clerk_id = self._context.on_duty()
        tender = tender_of(kind)
        if tender.needs == "number" and not number.strip():
            raise UserError("tender.number_missing")
        if tender.road == "card_terminal" and not self._context.has_card_terminal:
            raise UserError("tender.no_card_terminal")
        reference = masked(number.strip()) if number.strip() else ""
        return self._arm(form_id, tender, scheme_of(tender), amount_text, reference, clerk_id)

    def chargeable(self, form_id: str, kind: str) -> Money:
        """The most a channel's tender may pay of the open form now.

        Raises:
            UserError: ``payment.*``.
        """
        return self._chargeable(self._ordering.basket, form_id, tender_of(kind), whole=False)

    def _arm(
        self,
        form_id: str,
        tender: Tender,
        scheme: str,
        amount_text: str,
        reference: str,
        clerk_id: str,
    ) -> Order:
        basket = self._ordering.basket
        whole = not amount_text.strip()
        most = self._chargeable(basket, form_id, tender, whole=whole)
        asked = most if whole else Money.parse(amount_text)
        if not 0 < asked.fen <= most.fen:
            raise UserError("tender.out_of_range", {"most_fen": most.fen})
        attempt = Attempt(
            uuid.UUID(new_uuid7()).hex,
            new_uuid7(),
            basket.basket_id,
            scheme,
            asked.fen,
            kind=tender.kind,
            reference=reference,
        )
        digest = basket_digest(basket)
        frozen = replace(basket, codes=(*basket.codes, attempt.out_trade_no))
        with self._context.books.transaction() as tx:
            self._book.intend(tx, attempt, basket, digest, clerk_id)
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
            self._book.record(attempt, replace(attempt, state="reversing", refunding=True))
        )

    def decide(
        self,
        out_trade_no: str,
        decision: Decision,
        also: Callable[[Transaction], None] = lambda _tx: None,
    ) -> Order:
        """Settle a payment that turned out to be done after it was given up.

        Args:
            out_trade_no: which.
            decision: a second person's.
            also: what is written down with it.

        Raises:
            UserError: ``payment.no_such_tender``, ``payment.not_late``.
        """
        attempt = self._context.books.attempt(out_trade_no)
        if attempt is None:
            raise UserError("payment.no_such_tender")
        after = accepted(attempt) if decision.accept else refunded(attempt)
        told = {"authoriser": decision.authoriser, "reason": decision.reason}
        return self._order(self._book.record(attempt, after, decided=told, also=also))

    def resume(self) -> tuple[Order, ...]:
        """Every attempt that was open when the program ended, to be settled first."""
        orders = []
        for attempt in self._context.books.open_attempts():
            orders.append(self._order(self._book.record(attempt, resumed(attempt))))
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
        if attempt is None or not attempt.is_open or attempt.state == "paid_late":
            raise UserError("payment.already_done")
        rules = {
            "charge": after_charge,
            "query": after_query,
            "reverse": after_reverse,
            "wait": after_background_query,
        }
        seen = rules[action](attempt, answer)
        after = self._book.record(attempt, _with_told(seen, answer), answer)
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
            code_tender(attempt)
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

    def _chargeable(self, basket: Basket, form_id: str, tender: Tender, *, whole: bool) -> Money:
        """What may be charged for the basket now: at most all that is still missing."""
        if form_id != basket.sale_intent or not basket.lines:
            raise UserError("payment.form_gone")
        if self._ordering.is_frozen():
            raise UserError("payment.attempt_open")
        remaining = due(basket, self.paid_of(basket), rounds_cash=False).remaining
        if not remaining:
            raise UserError("payment.nothing_due")
        limit = self._context.limit("payment_code_fen_per_sale", MOST_CODE_FEN)
        most = max(limit - self._paid_with(basket, tender), 0)
        if tender.kind == PAYER_CODE.kind and remaining.fen > most and (whole or not most):
            raise UserError("payment.code_over_limit", {"most_fen": most})
        return min(remaining, Money(most), self._capped(basket, tender))

    def _paid_with(self, basket: Basket, tender: Tender) -> int:
        """Fen of the basket that a tender paid: its limits are the sale's, not one payment's."""
        return sum(code.amount.fen for code in self.paid_of(basket) if code.kind == tender.kind)

    def _capped(self, basket: Basket, tender: Tender) -> Money:
        """The platform's own cap on a tender; what it paid already counts."""
        if tender.kind != POINTS.kind:
            return basket.total
        percent = self._context.points_percent
        left = most_by_points(basket.total, percent).fen - self._paid_with(basket, tender)
        if left <= 0:
            raise UserError("tender.points_cap", {"percent": percent})
        return Money(left)

    def _scheme(self, auth_code: str) -> str:
        today = date.fromisoformat(self._context.clock.local_date())
        verdict = classify(auth_code, ScanContext.PAYMENT, today=today)
        if verdict.kind is ScanKind.BANK_CARD_REFUSED:
            raise UserError("payment.card_number_refused")
        if verdict.kind is not ScanKind.PAYER_CODE:
            raise UserError("payment.code_not_recognised")
        return verdict.scheme

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
            kind=attempt.kind,
            reference=attempt.reference,
            shown_code=attempt.shown_code,
            goods=attempt.goods,
        )


def _with_told(attempt: Attempt, answer: Answer) -> Attempt:
    """With what the channel told of the means: its masked number, the code to be scanned."""
    return replace(
        attempt,
        reference=answer.reference or attempt.reference,
        shown_code=answer.shown_code or attempt.shown_code,
    )


def code_tender(attempt: Attempt) -> CodeTender:
    """A confirmed attempt as what it pays."""
    return CodeTender(
        attempt.out_trade_no,
        attempt.scheme,
        Money(attempt.amount_fen),
        attempt.kind,
        attempt.reference,
    )
