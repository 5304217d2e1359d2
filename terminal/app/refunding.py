"""Giving back (退款, 退货, 冲正): find the sale, choose, and book the exact negation once.

The form's intent is minted when it opens; whatever happens, it becomes one ``refund.completed``
entry or none. Entry, postings, authorisation and slip are one transaction. Money that came through
a channel is owed to the customer until the channel has given it back, see ``refund_money``.
Source: postal-domain.md §2.22 and §43 of the postal law, peer-lessons.md row 20.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.app.refund_slip import refund_job
from terminal.app.refund_view import (
    FoundSale,
    Quote,
    RefundDone,
    RefundForm,
    done_view,
    earlier,
    found_sale,
    refund_parts,
    sale_lines,
    sale_tenders,
)
from terminal.domain import ledger, stock
from terminal.domain.authority import Grant, Question
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7, order_number
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.refund import (
    GivenBack,
    Manner,
    Refund,
    Sold,
    returned,
    reversed_whole,
    sold_from,
)
from terminal.domain.scan import RECEIPT_PROOF_PREFIX
from terminal.ports.books import Transaction

REFUND = frozenset({"refund", "orders", "print", "sync"})
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sale comes from.

    Args:
        entry: the ``sale.completed`` entry of this journal.
        given: what was given back of it.
    """

    entry: Entry
    given: GivenBack

    @property
    def sold(self) -> Sold:
        """The sale."""
        return sold_from(self.entry.body)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the clerk wants given back.

    Args:
        form_id: of the open form.
        manner: ``return`` or ``reversal``.
        quantities: pieces or grams by line; not asked for a reversal.
        reason: code of the platform's list.
        note: more words, "" for none.
    """

    form_id: str
    manner: Manner
    quantities: Mapping[str, int]
    reason: str
    note: str = ""


class Refunding:
    """Use cases of the refund page. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self._form_id = ""
        self._origin: Origin | None = None

    def recent(self) -> tuple[FoundSale, ...]:
        """The last sales of this terminal, newest first."""
        books = self._context.books
        rows = (books.order(number) for number in books.refunds.recent_orders(SHOWN))
        return tuple(found_sale(row, books.refunds.given_back(row.order_no)) for row in rows if row)

    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """The platform's list: ``code``, ``name_zh``, ``name_en``, ``correction``."""
        reasons: Sequence[Mapping[str, Any]] = self._context.setting("refund_reasons", [])
        return reasons

    def begin(self, wanted: str) -> RefundForm:
        """Open the form for a sale of this terminal.

        Args:
            wanted: order number (its last figures will do), or the text of a slip's proof code.

        Raises:
            UserError: ``refund.unknown_sale``, ``refund.other_terminal`` with ``terminal`` when
                the slip is another counter's, ``refund.not_a_sale``, ``session.*``.
        """
        self._context.allow("sell")
        entry = self._find(wanted.strip())
        given = self._context.books.refunds.given_back(str(entry.body["order_no"]))
        return self._open(Origin(entry, given))

    def quote(self, wish: Wish) -> Quote:
        """What a choice comes to and what it needs; nothing is booked.

        Raises:
            UserError: ``refund.*``.
        """
        origin = self._ready(wish.form_id)
        refund = self._refund(origin, wish)
        question = self._question(origin, refund, wish)
        need = self._authorising.need(question.action, question.size)
        rounding = refund.money_fen - refund.goods_fen
        return Quote(
            money_text=Money(refund.money_fen).text,
            rounding_text=Money(rounding).text,
            parts=refund_parts(refund),
            level=need.level,
            most_text="" if need.most is None else Money(need.most).text,
            roles=need.roles,
            before_fen=int(question.before),
            after_fen=int(question.after),
        )

    def complete(self, wish: Wish, authoriser_no: str = "", secret: str = "") -> RefundDone:
        """Book it.

        Args:
            wish: what is given back; a second call with the form of a booked refund books nothing
                and says what was saved.
            authoriser_no: second person, "" when none is needed.
            secret: hers.

        Raises:
            UserError: ``refund.*``, ``permission.*``, ``session.*``.
        """
        saved = self.saved(wish.form_id)
        if saved is not None:
            return saved
        origin = self._ready(wish.form_id)
        refund = self._refund(origin, wish)
        self._enough_cash(refund)
        grant = self._authorising.grant(self._question(origin, refund, wish), authoriser_no, secret)
        return self._book(origin, refund, wish, grant)

    def saved(self, form_id: str) -> RefundDone | None:
        """The refund an earlier press of the same form booked."""
        entry = self._context.books.entry_for_intent(form_id)
        if entry is None:
            return None
        return self._done(entry, already_saved=True)

    def _done(self, entry: Entry, *, already_saved: bool) -> RefundDone:
        refunds = self._context.books.refunds
        row = refunds.refund(str(entry.body["refund_no"]))
        return done_view(
            entry,
            row.standing if row else "",
            tuple(refunds.payments(str(entry.body["refund_no"]))),
            already_saved=already_saved,
            changes=REFUND,
        )

    def _find(self, wanted: str) -> Entry:
        books = self._context.books
        if wanted.upper().startswith(RECEIPT_PROOF_PREFIX):
            return self._by_proof(wanted.upper())
        order = books.order(wanted) or books.order(books.refunds.order_ending(wanted))
        entry = books.entry(order.seq) if order else None
        if entry is None:
            raise UserError("refund.unknown_sale", {"wanted": wanted[:40]})
        return entry

    def _by_proof(self, text: str) -> Entry:
        _, terminal, number, *_ = (*text.split("*"), "", "", "")
        head = self._context.books.entry(1)
        if head is None or terminal != head.terminal_id:
            raise UserError("refund.other_terminal", {"terminal": terminal[:40]})
        entry = self._context.books.entry(int(number)) if number.isdigit() else None
        if entry is None:
            raise UserError("refund.unknown_sale", {"wanted": number[:16]})
        if entry.kind != "sale.completed":
            raise UserError("refund.not_a_sale")
        return entry

    def _open(self, origin: Origin) -> RefundForm:
        self._form_id, self._origin = new_uuid7(), origin
        sold, entry, given = origin.sold, origin.entry, origin.given
        rows = self._context.books.refunds.of_order(sold.order_no)
        return RefundForm(
            form_id=self._form_id,
            order_no=sold.order_no,
            at_text=entry.recorded_at,
            business_date=entry.business_date,
            clerk_id=entry.clerk_id,
            total_text=Money(sold.total_fen + sold.rounding_fen).text,
            can_reverse=given.nothing and self._today(entry),
            lines=sale_lines(sold, given),
            tenders=sale_tenders(sold, given),
            earlier=tuple(earlier(row) for row in rows),
        )

    def _ready(self, form_id: str) -> Origin:
        self._context.on_duty()
        if not self._context.books.day().outlet_open:
            raise UserError("session.outlet_not_open")
        origin = self._origin
        if origin is None or form_id != self._form_id:
            raise UserError("refund.form_gone")
        # What was given back since the form was opened counts.
        number = str(origin.entry.body["order_no"])
        return replace(origin, given=self._context.books.refunds.given_back(number))

    def _today(self, entry: Entry) -> bool:
        return entry.business_date == self._context.books.day().business_date

    def _refund(self, origin: Origin, wish: Wish) -> Refund:
        refund = self._chosen(origin, wish)
        if any(back.leg.kind == "bank_card" for back in refund.legs):
            # The card terminal holds the card's side; it gives back itself.
            raise UserError("refund.by_card_terminal")
        return refund

    def _chosen(self, origin: Origin, wish: Wish) -> Refund:
        if wish.manner == "reversal":
            return reversed_whole(origin.sold, origin.given, same_day=self._today(origin.entry))
        return returned(
            origin.sold, origin.given, wish.quantities, rounds_cash=self._context.rounds_cash
        )

    def _question(self, origin: Origin, refund: Refund, wish: Wish) -> Question:
        """What a second person is asked: what the outlet keeps of the sale, before and after."""
        reason = next((row for row in self.reasons() if row["code"] == wish.reason), None)
        if reason is None:
            raise UserError("refund.reason_missing")
        if wish.manner == "reversal" and not reason.get("correction"):
            raise UserError("refund.reason_not_a_mistake")
        kept = sum(leg.fen - origin.given.of_leg(leg.key) for leg in refund.sold.legs)
        return Question(
            action="reversal" if wish.manner == "reversal" else "refund",
            size=refund.money_fen,
            subject=refund.sold.order_no,
            reason=wish.reason,
            before=kept,
            after=kept - refund.money_fen,
        )

    def _enough_cash(self, refund: Refund) -> None:
        till = ledger.cash(self._context.profile.till_id)
        held = self._context.books.ledger.balance(till)
        if refund.cash_fen > held:
            raise UserError("refund.not_enough_cash", {"held_fen": max(held, 0)})

    def _book(self, origin: Origin, refund: Refund, wish: Wish, grant: Grant) -> RefundDone:
        context = self._context
        with context.books.transaction() as tx:
            self._authorising.note(tx, grant)
            body = self._body(tx, origin, refund, wish, grant)
            draft = context.draft("refund.completed", wish.form_id, grant.operator, body)
            entry = tx.append(draft)
            tx.add_print_job(refund_job(context, entry))
        context.wake_printing()
        context.wake_sync()
        return self._done(entry, already_saved=False)

    def _body(
        self, tx: Transaction, origin: Origin, refund: Refund, wish: Wish, grant: Grant
    ) -> dict[str, Any]:
        context, profile = self._context, self._context.profile
        number = tx.next_order_number(context.time.sure())
        entry = origin.entry
        return {
            "refund_no": order_number(profile.outlet_code, profile.terminal_no, number),
            "manner": wish.manner,
            "standing": "own",
            "order_no": refund.sold.order_no,
            "original": {
                "terminal_id": entry.terminal_id,
                "seq": entry.seq,
                "hash": entry.hash,
                "business_date": entry.business_date,
            },
            "till_id": profile.till_id,
            "channel": profile.channel,
            "reason": wish.reason,
            "note": wish.note.strip(),
            "authoriser": grant.authoriser,
            "lines": [
                {
                    "line_id": back.line.line_id,
                    "sku": back.line.sku,
                    "name_zh": back.line.name_zh,
                    "name_en": back.line.name_en,
                    "business_code": back.line.business_code,
                    "weighed": back.line.weighed,
                    "unit_fen": back.line.unit_fen,
                    "quantity": -back.quantity,
                    "amount_fen": -back.fen,
                }
                for back in refund.lines
            ],
            "tenders": [_tender(back.leg, back.fen) for back in refund.legs],
            "total_fen": -refund.goods_fen,
            "rounding_fen": refund.goods_fen - refund.money_fen,
            "paid_fen": -refund.money_fen,
            "postings": ledger.to_body(refund.postings(profile.till_id)),
            **_stock_back(entry, wish.manner),
        }


def _stock_back(sale: Entry, manner: Manner) -> dict[str, Any]:
    """Stamps and numbered pieces of a sale that was a mistake are in the till again."""
    rows = stock.negate(stock.from_body(sale.body))
    return {"stock": stock.to_body(rows)} if rows and manner == "reversal" else {}


def _tender(leg: Any, fen: int) -> dict[str, Any]:
    """One way the money goes back, negative; a channel gets a number of its own to ask with."""
    tender: dict[str, Any] = {"leg": leg.key, "kind": leg.kind, "fen": -fen}
    if leg.name != leg.kind:
        tender["scheme"] = leg.name
    if leg.by_channel:
        tender |= {
            "scheme": leg.name,
            "out_trade_no": leg.key,
            "refund_out_no": uuid.UUID(new_uuid7()).hex,
        }
    return tender
