"""Taking money: cash, payer codes, several tenders, one sale entry.

The form's intent is minted with the basket; whatever happens, it becomes one ``sale.completed``
entry or none. The
entry, its postings, the order number and the slip are durable before the screen says "paid".
Source: architecture.md §2–3, postal-domain.md §2.16, peer-lessons.md rows 1, 2, 8, 9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from terminal.app.code_payments import AttemptView, CodePayments
from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.app.receipts import receipt_job
from terminal.domain.basket import Basket
from terminal.domain.errors import UserError
from terminal.domain.identifiers import order_number
from terminal.domain.journal import Entry
from terminal.domain.money import ZERO, Money
from terminal.domain.sale import Due, Settlement, due, sale_body, settle
from terminal.ports.books import Transaction

PAYMENT = frozenset({"payment", "basket"})
SOLD = frozenset({"payment", "basket", "orders", "print", "sync"})
MOST_CASH_FEN = 10_000_000
"""More than 100,000 yuan in one cash tender is a slip of the finger, whatever the limits say."""


@dataclass(frozen=True, slots=True)
class TenderView:
    """A tender on the form."""

    kind: str
    name_code: str
    amount_text: str
    state: str
    out_trade_no: str = ""


@dataclass(frozen=True, slots=True)
class SaleView:
    """A completed sale, or the one that an earlier press completed.

    Args:
        tenders: by what it was paid; of cash what was handed over, before change.
        rounding_text: zero or negative, taken off the total for cash.
        taken_text: what the outlet keeps: the total after rounding.
    """

    order_no: str
    tenders: tuple[TenderView, ...]
    total_text: str
    rounding_text: str
    taken_text: str
    change_text: str
    change_fen: int
    entry_seq: int
    hash_short: str
    at_text: str
    already_saved: bool
    drawer: bool


@dataclass(frozen=True, slots=True)
class PaymentView:
    """The payment form as a screen shows it."""

    form_id: str
    basket_id: str
    due_text: str
    paid_text: str
    remaining_text: str
    cash_remaining_text: str
    rounding_text: str
    tenders: tuple[TenderView, ...]
    attempt: AttemptView | None
    done: SaleView | None
    can_cancel: bool
    changes: frozenset[str] = frozenset()


class Paying:
    """Use cases of the payment form. Store thread only."""

    def __init__(self, context: Context, ordering: Ordering, codes: CodePayments) -> None:
        self._context = context
        self._ordering = ordering
        self._codes = codes

    def begin(self) -> PaymentView:
        """Open the form for the basket on the counter; one that codes already cover is completed.

        Raises:
            UserError: ``basket.empty``, ``session.*``.
        """
        self._context.allow("sell")
        if not self._ordering.basket.lines:
            raise UserError("basket.empty")
        return self.finish(self._ordering.basket.sale_intent)

    def view(self, changes: frozenset[str] = frozenset()) -> PaymentView:
        """The form for the basket on the counter as it stands."""
        basket = self._ordering.basket
        state = self._due(basket)
        attempt = self._codes.latest_of(basket)
        return PaymentView(
            form_id=basket.sale_intent,
            basket_id=basket.basket_id,
            due_text=state.total.text,
            paid_text=state.paid.text,
            remaining_text=state.remaining.text,
            cash_remaining_text=state.cash_remaining.text,
            rounding_text=state.rounding.text,
            tenders=self._tenders(basket),
            attempt=attempt,
            done=None,
            can_cancel=not self._ordering.is_frozen(),
            changes=changes,
        )

    def tender_cash(self, form_id: str, received_text: str) -> PaymentView:
        """Take cash; when it covers the rest, complete the sale.

        Args:
            form_id: from ``begin``; a second call with the form of a completed sale books nothing
                and says what was saved.
            received_text: yuan as typed, notes and coins taken.

        Raises:
            UserError: ``payment.attempt_open``, ``payment.form_gone``, ``money.*``,
                ``payment.cash_out_of_range``,
                ``basket.empty``.
        """
        saved = self._saved(form_id)
        if saved is not None:
            return saved
        clerk_id = self._ready(form_id)
        received = Money.parse(received_text)
        most = self._context.limit("cash_fen_per_sale", MOST_CASH_FEN)
        if not 0 < received.fen <= most:
            raise UserError("payment.cash_out_of_range", {"most_fen": most})
        basket = self._ordering.basket
        with_cash = replace(basket, cash_parts=(*basket.cash_parts, received))
        return self._complete_or_keep(with_cash, clerk_id)

    def finish(self, form_id: str) -> PaymentView:
        """Complete the sale if confirmed codes and the cash laid down cover it.

        Called when a code was paid, and after a start: the program may have ended between the
        payment and the sale.
        """
        saved = self._saved(form_id)
        if saved is not None:
            return saved
        basket = self._ordering.basket
        if form_id != basket.sale_intent or self._ordering.is_frozen():
            return self.view(PAYMENT)
        if not self._codes.paid_of(basket):
            return self.view()
        clerk_id = self._context.books.day().clerk_id
        return self._complete_or_keep(basket, clerk_id)

    def cancel_tender(self, form_id: str, index: int) -> PaymentView:
        """Give one cash part back before the sale is completed.

        Args:
            form_id: from ``begin``.
            index: place among the cash tenders, from 0.

        Raises:
            UserError: ``payment.no_such_tender``.
        """
        self._ready(form_id, open_attempt_allowed=True)
        basket = self._ordering.basket
        if not 0 <= index < len(basket.cash_parts):
            raise UserError("payment.no_such_tender")
        parts = basket.cash_parts[:index] + basket.cash_parts[index + 1 :]
        return self._keep(replace(basket, cash_parts=parts))

    def abandon(self, form_id: str) -> PaymentView:
        """Go back to the basket; cash is handed back, confirmed codes stay with the basket.

        Raises:
            UserError: ``payment.attempt_open``.
        """
        self._ready(form_id)
        return self._keep(replace(self._ordering.basket, cash_parts=()))

    def open_attempts(self) -> tuple[AttemptView, ...]:
        """Payments whose outcome is still not certain, of whatever basket."""
        return self._codes.open_attempts()

    def _saved(self, form_id: str) -> PaymentView | None:
        """The sale an earlier press of the same form completed."""
        entry = self._context.books.entry_for_intent(form_id)
        if entry is None:
            return None
        if entry.kind != "sale.completed":
            raise UserError("payment.form_gone")
        return replace(self.view(), done=_sale_view(entry, already_saved=True))

    def _ready(self, form_id: str, *, open_attempt_allowed: bool = False) -> str:
        clerk_id = self._context.on_duty()
        if form_id != self._ordering.basket.sale_intent:
            raise UserError("payment.form_gone")
        if self._ordering.is_frozen() and not open_attempt_allowed:
            raise UserError("payment.attempt_open")
        return clerk_id

    def _complete_or_keep(self, basket: Basket, clerk_id: str) -> PaymentView:
        paid = self._codes.paid_of(basket)
        settlement = settle(basket, paid, rounds_cash=self._context.rounds_cash)
        if settlement is None:
            return self._keep(basket)
        return self._complete(settlement, clerk_id)

    def _complete(self, settlement: Settlement, clerk_id: str) -> PaymentView:
        context, before = self._context, self.view()
        with context.books.transaction() as tx:
            entry = self._append_sale(tx, settlement, clerk_id)
            tx.add_print_job(receipt_job(context, entry))
            tx.clear_basket()
        self._ordering.start_next()
        context.wake_printing()
        context.wake_sync()
        done = _sale_view(entry, already_saved=False)
        return replace(before, done=done, remaining_text=ZERO.text, changes=SOLD)

    def _append_sale(self, tx: Transaction, settlement: Settlement, clerk_id: str) -> Entry:
        profile = self._context.profile
        number = tx.next_order_number(self._context.time.sure())
        body = sale_body(
            settlement,
            order_no=order_number(profile.outlet_code, profile.terminal_no, number),
            till_id=profile.till_id,
            channel=profile.channel,
        )
        intent = settlement.basket.sale_intent
        return tx.append(self._context.draft("sale.completed", intent, clerk_id, body))

    def _keep(self, basket: Basket) -> PaymentView:
        with self._context.books.transaction() as tx:
            tx.put_basket(basket)
        self._ordering.hold(basket)
        return self.view(PAYMENT)

    def _due(self, basket: Basket) -> Due:
        return due(basket, self._codes.paid_of(basket), rounds_cash=self._context.rounds_cash)

    def _tenders(self, basket: Basket) -> tuple[TenderView, ...]:
        cash = [TenderView("cash", "tender.cash", part.text, "paid") for part in basket.cash_parts]
        codes = [
            TenderView(
                "payer_code",
                f"tender.{attempt.scheme}",
                Money(attempt.amount_fen).text,
                attempt.state,
                attempt.out_trade_no,
            )
            for attempt in self._context.books.attempts_of(basket.basket_id)
            if attempt.state == "paid"
        ]
        return (*cash, *codes)


def _sale_view(entry: Entry, *, already_saved: bool) -> SaleView:
    body: Any = entry.body
    cash = [tender for tender in body["tenders"] if tender["kind"] == "cash"]
    change = Money(sum(tender["change_fen"] for tender in cash))
    return SaleView(
        order_no=body["order_no"],
        tenders=tuple(_booked_tender(tender) for tender in body["tenders"]),
        total_text=Money(body["total_fen"]).text,
        rounding_text=Money(body["rounding_fen"]).text,
        taken_text=Money(body["total_fen"] + body["rounding_fen"]).text,
        change_text=change.text,
        change_fen=change.fen,
        entry_seq=entry.seq,
        hash_short=entry.hash[:8].upper(),
        at_text=entry.recorded_at,
        already_saved=already_saved,
        drawer=bool(cash),
    )


def _booked_tender(tender: dict[str, Any]) -> TenderView:
    if tender["kind"] == "cash":
        handed_over = Money(tender["received_fen"]).text
        return TenderView("cash", "payment.received_cash", handed_over, "paid")
    name_code, amount = f"tender.{tender['scheme']}", Money(tender["fen"]).text
    return TenderView(tender["kind"], name_code, amount, "paid", tender["out_trade_no"])
