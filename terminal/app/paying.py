"""Taking money: cash, channels, stamps, on account, in any mixture: one sale entry.

The form's intent is minted with the basket; whatever happens, it becomes one ``sale.completed``
entry or none. The
entry, its postings, the order number and the slip are durable before the screen says "paid".
Source: architecture.md §2–3, postal-domain.md §2.16, peer-lessons.md rows 1, 2, 8, 9.
"""

from __future__ import annotations

from dataclasses import replace

from terminal.app.authorising import Authorising
from terminal.app.code_payments import AttemptView, CodePayments
from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.app.payment_forms import LayDown, SecondPerson
from terminal.app.payment_view import (
    PaymentView,
    TenderView,
    sale_view,
)
from terminal.app.receipts import receipt_job
from terminal.app.tender_offers import TenderOffers
from terminal.app.till_stock import with_stock
from terminal.domain.authority import Grant, Question
from terminal.domain.basket import Basket
from terminal.domain.errors import UserError
from terminal.domain.identifiers import order_number
from terminal.domain.journal import Entry
from terminal.domain.money import ZERO, Money
from terminal.domain.sale import Due, Settlement, due, sale_body, settle
from terminal.domain.tender import CASH, Part, Tender, tender_of, tender_words
from terminal.ports.books import Transaction

PAYMENT = frozenset({"payment", "basket"})
SOLD = frozenset({"payment", "basket", "orders", "print", "sync"})
MOST_CASH_FEN = 10_000_000
"""More than 100,000 yuan of cash at once needs a second pair of eyes where no limit says less.

Cash is never refused: notes and coins are legal tender. Source: 人民币管理条例 §3.
"""


class Paying:
    """Use cases of the payment form. Store thread only."""

    def __init__(
        self,
        context: Context,
        ordering: Ordering,
        codes: CodePayments,
        tenders: TenderOffers,
        authorising: Authorising,
    ) -> None:
        self._context = context
        self._ordering = ordering
        self._codes = codes
        self._offers = tenders
        self._authorising = authorising

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
        return replace(self._form(), choices=self._offers.choices(), changes=changes)

    def _form(self) -> PaymentView:
        """The form without what may still be chosen: nothing, once the sale is made."""
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
        )

    def tender_cash(
        self, form_id: str, received_text: str, second: SecondPerson | None = None
    ) -> PaymentView:
        """Take cash; when it covers the rest, complete the sale.

        Args:
            form_id: from ``begin``; a second call with the form of a completed sale books nothing
                and says what was saved.
            received_text: yuan as typed, notes and coins taken.
            second: who counted with the clerk; asked for above the limit, never below it.

        Raises:
            UserError: ``payment.attempt_open``, ``payment.form_gone``, ``money.*``,
                ``payment.cash_not_positive``, ``payment.nothing_due``, ``permission.*``,
                ``basket.empty``.
        """
        saved = self._saved(form_id)
        if saved is not None:
            return saved
        clerk_id = self._ready(form_id)
        received = Money.parse(received_text)
        basket = self._ordering.basket
        self._fits(basket, received)
        with_cash = replace(basket, cash_parts=(*basket.cash_parts, received))
        most, taken = self._context.limit("cash_fen_per_sale", MOST_CASH_FEN), with_cash.cash.fen
        grant = None
        if taken > most:
            grant = self._granted("cash_over_limit", second, most, taken)
        return self._complete_or_keep(with_cash, clerk_id, grant)

    def _fits(self, basket: Basket, received: Money) -> None:
        """No cash completes what costs nothing, or what cash rounds off whole; money is for a debt.

        Raises:
            UserError: ``basket.empty``, ``payment.cash_not_positive``, ``payment.nothing_due``.
        """
        if not basket.lines:
            raise UserError("basket.empty")
        state = self._due(basket)
        if not received and state.cash_remaining:
            raise UserError("payment.cash_not_positive")
        if received and not state.total:
            raise UserError("payment.nothing_due")

    def lay_down(
        self, form_id: str, what: LayDown, second: SecondPerson | None = None
    ) -> PaymentView:
        """Take what needs no channel; when it covers the rest, complete the sale.

        Args:
            form_id: from ``begin``; a form that is booked already books nothing again.
            what: the tender and its amount.
            second: who allows it, where the clerk may not alone.

        Raises:
            UserError: ``tender.postage_only``, ``tender.over_credit``, ``tender.out_of_range``,
                ``tender.owner_unknown``, ``permission.*``,
                ``payment.*``, ``money.*``.
        """
        saved = self._saved(form_id)
        if saved is not None:
            return saved
        clerk_id = self._ready(form_id)
        tender = tender_of(what.kind)
        amount = self._amount(tender, what)
        basket, grant = self._ordering.basket, None
        if tender.action:
            grant = self._granted(tender.action, second, 0, amount.fen, what.owner)
        part = Part(tender.kind, amount, what.owner, grant.authoriser if grant else "")
        return self._complete_or_keep(replace(basket, parts=(*basket.parts, part)), clerk_id, grant)

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
        if not (self._codes.paid_of(basket) or basket.parts):
            return self.view()
        clerk_id = self._context.books.day().clerk_id
        return self._complete_or_keep(basket, clerk_id)

    def cancel_tender(self, form_id: str, index: int) -> PaymentView:
        """Give one part back before the sale is completed.

        Args:
            form_id: from ``begin``.
            index: place among the tenders of the form, from 0: cash first, then the other parts.

        Raises:
            UserError: ``payment.no_such_tender``.
        """
        self._ready(form_id, open_attempt_allowed=True)
        basket = self._ordering.basket
        cash, parts = list(basket.cash_parts), list(basket.parts)
        if not 0 <= index < len(cash) + len(parts):
            raise UserError("payment.no_such_tender")
        if index < len(cash):
            del cash[index]
        else:
            del parts[index - len(cash)]
        return self._keep(replace(basket, cash_parts=tuple(cash), parts=tuple(parts)))

    def abandon(self, form_id: str) -> PaymentView:
        """Go back to the basket; cash is handed back, confirmed codes stay with the basket.

        Raises:
            UserError: ``payment.attempt_open``.
        """
        self._ready(form_id)
        return self._keep(replace(self._ordering.basket, cash_parts=(), parts=()))

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
        return replace(self._form(), done=sale_view(entry, already_saved=True))

    def _ready(self, form_id: str, *, open_attempt_allowed: bool = False) -> str:
        clerk_id = self._context.on_duty()
        if form_id != self._ordering.basket.sale_intent:
            raise UserError("payment.form_gone")
        if self._ordering.is_frozen() and not open_attempt_allowed:
            raise UserError("payment.attempt_open")
        return clerk_id

    def _amount(self, tender: Tender, what: LayDown) -> Money:
        """What is laid down: within what the tender may pay, and a customer within her limit."""
        if tender.road != "counter" or tender.kind == CASH.kind:
            raise UserError("payment.no_such_tender")
        if tender.needs == "courier" and what.owner not in {
            named.owner for named in self._offers.owners(tender)
        }:
            raise UserError("tender.owner_unknown", {"owner": what.owner})
        most = self._offers.most(tender)
        if tender.pays == "postage" and not most:
            raise UserError("tender.postage_only")
        amount = Money.parse(what.amount_text) if what.amount_text.strip() else most
        if not 0 < amount.fen <= most.fen:
            raise UserError("tender.out_of_range", {"most_fen": most.fen})
        if tender.needs == "customer":
            already = [p for p in self._ordering.basket.parts if p.owner == what.owner]
            here = sum((part.amount for part in already if part.kind == tender.kind), ZERO)
            left = self._offers.left_of(tender, what.owner) - here
            if amount > left:
                raise UserError("tender.over_credit", {"most_fen": max(left.fen, 0)})
        return amount

    def _granted(
        self, action: str, second: SecondPerson | None, alone: int, taken: int, subject: str = ""
    ) -> Grant:
        """Ask for the second person an amount needs.

        Args:
            action: the permission.
            second: who allows it, None for nobody yet.
            alone: fen that the clerk may take alone.
            taken: fen that are taken.
            subject: courier or customer.
        """
        question = Question(
            action,
            size=taken,
            subject=subject,
            reason=second.reason.strip() if second else "",
            before=alone,
            after=taken,
        )
        who = second or SecondPerson("", "")
        return self._authorising.grant(question, who.clerk_no, who.secret)

    def _complete_or_keep(
        self, basket: Basket, clerk_id: str, grant: Grant | None = None
    ) -> PaymentView:
        paid = self._codes.paid_of(basket)
        settlement = settle(basket, paid, rounds_cash=self._context.rounds_cash)
        if settlement is None:
            return self._keep(basket, grant)
        return self._complete(settlement, clerk_id, grant)

    def _complete(
        self, settlement: Settlement, clerk_id: str, grant: Grant | None = None
    ) -> PaymentView:
        context, before = self._context, self._form()
        with context.books.transaction() as tx:
            if grant is not None:
                self._authorising.note(tx, grant)
            entry = self._append_sale(tx, settlement, clerk_id)
            tx.add_print_job(receipt_job(context, entry))
            tx.clear_basket()
        self._ordering.start_next()
        context.wake_printing()
        context.wake_sync()
        done = sale_view(entry, already_saved=False)
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
        intent, body = settlement.basket.sale_intent, with_stock(self._context, body)
        return tx.append(self._context.draft("sale.completed", intent, clerk_id, body))

    def _keep(self, basket: Basket, grant: Grant | None = None) -> PaymentView:
        with self._context.books.transaction() as tx:
            if grant is not None:
                self._authorising.note(tx, grant)
            tx.put_basket(basket)
        self._ordering.hold(basket)
        return self.view(PAYMENT)

    def _due(self, basket: Basket) -> Due:
        return due(basket, self._codes.paid_of(basket), rounds_cash=self._context.rounds_cash)

    def _tenders(self, basket: Basket) -> tuple[TenderView, ...]:
        cash = [TenderView("cash", "tender.cash", part.text, "paid") for part in basket.cash_parts]
        parts = [
            TenderView(part.kind, tender_words(part.kind), part.amount.text, "paid", "", part.owner)
            for part in basket.parts
        ]
        codes = [
            TenderView(
                code.kind,
                tender_words(code.kind, code.scheme),
                code.amount.text,
                "paid",
                code.out_trade_no,
                code.reference,
            )
            for code in self._codes.paid_of(basket)
        ]
        return (*cash, *parts, *codes)
