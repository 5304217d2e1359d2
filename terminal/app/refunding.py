"""Giving back (退款, 退货, 冲正): find the sale, choose, and book the exact negation once.

The form's intent is minted when it opens; whatever happens, it becomes one ``refund.completed``
entry or none. Entry, postings, authorisation and slip are one transaction. Where the platform can
be asked it keeps the pieces first: ``prepare`` writes down that it will be asked, ``book`` what
came of it. Money that came through a channel is owed to the customer until the channel has given it
back, see ``refund_money``.
Source: postal-domain.md §2.22 and §43 of the postal law, peer-lessons.md row 20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.app.refund_body import claim_params, refund_body
from terminal.app.refund_cap import CLERKS_DAY, ClerksDay, RefundCap
from terminal.app.refund_intents import RefundIntents
from terminal.app.refund_origin import Origin, Origins, Word
from terminal.app.refund_slip import refund_job
from terminal.app.refund_view import (
    FoundSale,
    Quote,
    RefundDone,
    RefundForm,
    done_view,
    found_sale,
    open_form,
    quote_view,
)
from terminal.domain import ledger
from terminal.domain.authority import Grant, Question
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7, order_number
from terminal.domain.journal import Entry
from terminal.domain.peer import counter_name
from terminal.domain.refund import Manner, Refund, returned, reversed_whole
from terminal.domain.tender import tender_of

REFUND = frozenset({"refund", "orders", "print", "sync"})
SHOWN = 30
_TOO_MUCH = "refund.more_than_sold"
_LATE = "refund.now_provisional"


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A refund that is allowed and not booked yet.

    Args:
        claim: what to ask the platform to keep; None when it cannot be asked.
        at: business day, and period of the till.
    """

    wish: Wish
    origin: Origin
    refund: Refund
    grant: Grant
    claim: JsonObject | None
    at: tuple[str, int]


class Refunding:
    """Use cases of the refund page. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self._origins = Origins(context)
        self._intents = RefundIntents(context)
        self._cap = RefundCap(context)
        self._day = ClerksDay(context)
        self._form_id = ""
        self._origin: Origin | None = None

    def resume(self) -> None:
        """What an earlier run only meant to give back is given back by nobody."""
        self._intents.withdraw_all()

    def recent(self) -> tuple[FoundSale, ...]:
        """The last sales of this terminal, newest first."""
        books = self._context.books
        rows = (books.order(number) for number in books.refunds.recent_orders(SHOWN))
        return tuple(found_sale(row, books.refunds.given_back(row.order_no)) for row in rows if row)

    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """The platform's list: ``code``, ``name_zh``, ``name_en``, ``correction``."""
        reasons: Sequence[Mapping[str, Any]] = self._context.setting("refund_reasons", [])
        return reasons

    def question(self, wanted: str) -> JsonObject | None:
        """What to ask the platform before ``begin``, see ``Origins.question``."""
        self._context.allow("sell")
        return self._origins.question(wanted)

    def begin(self, wanted: str, word: Word | None = None) -> RefundForm:
        """Open the form for a sale.

        Args:
            wanted: order number (of a sale of this counter its last figures will do), or the text
                of a slip's proof code.
            word: what the platform answered to ``question``; None when it was not asked.

        Raises:
            UserError: see ``Origins.find``; ``session.*``.
        """
        self._context.allow("sell")
        origin = self._origins.find(wanted, word)
        self._intents.withdraw_all()
        self._form_id, self._origin = new_uuid7(), origin
        rows = self._context.books.refunds.of_order(origin.order_no)
        reversible = origin.here and self._today(origin.entry)
        return open_form(self._form_id, origin, rows, reversible, self._cap.left_fen())

    def quote(self, wish: Wish) -> Quote:
        """What a choice comes to and what it needs; nothing is booked.

        Raises:
            UserError: ``refund.*``.
        """
        origin = self._ready(wish.form_id)
        refund = self._refund(origin, wish)
        question = self._question(origin, refund, wish)
        need = self._authorising.need(question.action, question.size)
        return quote_view(origin, refund, question, need, self._cap.left_fen())

    def prepare(self, wish: Wish, authoriser_no: str = "", secret: str = "") -> Prepared:
        """Everything but the booking: it may be, and who says so.

        What the platform is going to be asked is written down before it is asked.

        Args:
            wish: what is given back.
            authoriser_no: second person, "" when none is needed.
            secret: hers.

        Raises:
            UserError: ``refund.*``, ``permission.*``, ``session.*``.
        """
        origin = self._ready(wish.form_id)
        refund = self._refund(origin, wish)
        self._enough_cash(refund)
        self._reaches_cards(refund)
        grant = self._authorising.grant(self._question(origin, refund, wish), authoriser_no, secret)
        claim = None
        if self._context.sync.line_state().online:
            claim = self._intents.write(wish.form_id, claim_params("", origin, refund))
        self._context.refund_asked = origin.order_no
        return Prepared(wish, origin, refund, grant, claim, self._at())

    def book(self, prepared: Prepared, word: Word | None) -> RefundDone:
        """Book what was prepared, after the platform was asked.

        Meanwhile the counter went on: everything is looked at once more.

        Args:
            prepared: from ``prepare``.
            word: what the platform answered; None when it was not asked.

        Raises:
            UserError: as ``prepare``; ``refund.more_than_sold``; ``refund.clerk_changed``,
                ``refund.till_closed``, ``refund.changed_meanwhile`` when it is not any more what
                was allowed; ``refund.now_provisional`` when the platform said nothing about a
                sale that others may have given back: nothing is booked, and the form goes on as
                a provisional one.
        """
        self._context.refund_asked = ""
        saved = self.saved(prepared.wish.form_id)
        if saved is not None:
            return saved
        try:
            return self._book(prepared, word)
        except UserError as refused:
            if refused.code != _LATE:
                self._intents.withdraw_all()
            raise

    def give_up(self) -> None:
        """Nothing comes of what the platform was asked about."""
        self._context.refund_asked = ""
        self._intents.withdraw_all()

    def _book(self, prepared: Prepared, word: Word | None) -> RefundDone:
        origin = self._ready(prepared.wish.form_id)
        granted = word is not None and word["outcome"] == "ok"
        if word is not None and word["code"] == _TOO_MUCH:
            raise UserError("refund.more_than_sold", _left(prepared.refund, word))
        sure = granted or (origin.here and self._origins.own_for_sure(origin.entry, word))
        if origin.standing != "provisional" and not sure:
            self._origin = replace(origin, standing="provisional")
            raise UserError("refund.now_provisional")
        refund = self._still_allowed(prepared, origin)
        origin = replace(origin, standing=origin.sure if sure else "provisional")
        return self._write(replace(prepared, origin=origin, refund=refund))

    def complete(self, wish: Wish, authoriser_no: str = "", secret: str = "") -> RefundDone:
        """Prepare and book without asking anybody.

        Args:
            wish: what is given back; a second call with the form of a booked refund books nothing
                and says what was saved.
            authoriser_no: second person, "" when none is needed.
            secret: hers.

        Raises:
            UserError: as ``prepare`` and ``book``.
        """
        saved = self.saved(wish.form_id)
        return saved or self.book(self.prepare(wish, authoriser_no, secret), None)

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

    def _ready(self, form_id: str) -> Origin:
        self._context.allow("sell")
        if not self._context.books.day().outlet_open:
            raise UserError("session.outlet_not_open")
        origin = self._origin
        if origin is None or form_id != self._form_id:
            raise UserError("refund.form_gone")
        # What was given back since the form was opened counts.
        return self._origins.again(origin)

    def _at(self) -> tuple[str, int]:
        books = self._context.books
        period = books.cash_ups.current(self._context.profile.till_id).period
        return books.day().business_date, period

    def _still_allowed(self, prepared: Prepared, origin: Origin) -> Refund:
        """What goes back, when clerk, till, amounts and limits are what they were."""
        grant = prepared.grant
        if self._context.on_duty() != grant.operator:
            raise UserError("refund.clerk_changed", {"clerk": grant.operator})
        if self._at() != prepared.at:
            raise UserError("refund.till_closed")
        refund = self._refund(origin, prepared.wish)
        self._enough_cash(refund)
        self._reaches_cards(refund)
        question = self._question(origin, refund, prepared.wish)
        level = self._authorising.need(question.action, question.size).level
        allowed = level == "alone" or (level == "second" and grant.by_two)
        if question != grant.question or refund != prepared.refund or not allowed:
            raise UserError("refund.changed_meanwhile")
        return refund

    def _today(self, entry: Entry) -> bool:
        return entry.business_date == self._context.books.day().business_date

    def _refund(self, origin: Origin, wish: Wish) -> Refund:
        if wish.manner == "reversal":
            if not origin.here:
                # Its drawer and its stamps are not here.
                counter = counter_name(origin.entry.terminal_id)
                raise UserError("refund.reversal_elsewhere", {"counter": counter})
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
        # The limit is the sale's: many small forms are no way around it.
        size = origin.given.money_fen + refund.money_fen
        question = Question(
            action="reversal" if wish.manner == "reversal" else "refund",
            size=size,
            subject=refund.sold.order_no,
            reason=wish.reason,
            before=kept,
            after=kept - refund.money_fen,
        )
        return self._of_the_day(question, origin, refund.money_fen)

    def _of_the_day(self, question: Question, origin: Origin, fen: int) -> Question:
        """The same, where a limit of the day asks and the sale's own does not refuse.

        One second person is enough: whoever is asked for the sale sees the day's as well.
        """
        level = self._authorising.need(question.action, question.size).level
        beyond = origin.standing == "provisional" and fen > self._cap.left_fen()
        if beyond and level != "refused":
            return replace(question, action="offline_limit")
        all_day = self._day.asks(fen) if level == "alone" else None
        return question if all_day is None else replace(question, action=CLERKS_DAY, size=all_day)

    def _enough_cash(self, refund: Refund) -> None:
        till = ledger.cash(self._context.profile.till_id)
        held = self._context.books.ledger.balance(till)
        if refund.cash_fen > held:
            raise UserError("refund.not_enough_cash")

    def _reaches_cards(self, refund: Refund) -> None:
        """The card's side goes back at the card terminal, or it does not: not without one."""
        roads = {tender_of(back.leg.kind).road for back in refund.legs}
        if "card_terminal" in roads and not self._context.has_card_terminal:
            raise UserError("refund.by_card_terminal")

    def _write(self, prepared: Prepared) -> RefundDone:
        context, wish, grant = self._context, prepared.wish, prepared.grant
        profile = context.profile
        told: JsonObject = {
            "reason": wish.reason,
            "note": wish.note.strip(),
            "authoriser": grant.authoriser,
        }
        if prepared.claim is not None:
            told["claim_id"] = prepared.claim["claim_id"]
        with context.books.transaction() as tx:
            self._authorising.note(tx, grant)
            number = tx.next_order_number(context.time.sure())
            refund_no = order_number(profile.outlet_code, profile.terminal_no, number)
            body = refund_body(profile, prepared.origin, prepared.refund, refund_no, told)
            draft = context.draft("refund.completed", wish.form_id, grant.operator, body)
            entry = tx.append(draft)
            tx.add_print_job(refund_job(context, entry))
        context.wake_printing()
        context.wake_sync()
        return self._done(entry, already_saved=False)


def _left(refund: Refund, word: Word) -> dict[str, Any]:
    params = word.get("params", {})
    names = {back.line.line_id: back.line.name_zh for back in refund.lines}
    return {"name": names.get(str(params.get("line_id")), ""), "left": params.get("left", 0)}
