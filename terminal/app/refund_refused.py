"""What becomes of refund money that a channel will not give back: owed, or taken back already.

A channel that has given back all it was paid may have done so for the same pieces, at another
counter, or for other ones. The sale says which: where all that went back, here and elsewhere, stays
within what was sold, the customer is still owed, and gets cash of two people. Where it does not,
the refund was one too many: two people take it back, and the goods are out again against the very
payment that nobody gave back. The platform is asked about the others first; while what it knows
does not explain where the channel's money went, no cash is paid. Never both, never twice.

Source: docs/adr/0022-refunds-across-counters.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.app.receipts import receipt_job
from terminal.app.refund_money import EXHAUSTED, RefundMoney
from terminal.app.refund_origin import Word, given_elsewhere
from terminal.domain import ledger
from terminal.domain.authority import Question
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.identifiers import new_uuid7, order_number
from terminal.domain.journal import Entry, entry_hash
from terminal.domain.refund import sold_from
from terminal.domain.refund_payment import RefundPayment
from terminal.domain.tender import scheme_words
from terminal.ports.books import Transaction

ACTION: Final = "refund_taken_back"


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused amount with what it belongs to.

    Args:
        refund: the ``refund.completed`` entry.
        sale: the sale it gave back of.
        surplus: whether more pieces went back than were sold, here and elsewhere together.
        explained: whether it is known who got all of the payment back.
    """

    payment: RefundPayment
    refund: Entry
    sale: Entry
    surplus: bool
    explained: bool


class RefusedRefunds:
    """Use cases of refused refund money. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising, money: RefundMoney) -> None:
        self._context = context
        self._authorising = authorising
        self._money = money

    def question(self, number: str) -> JsonObject | None:
        """What to ask the platform before anything is done; None when the refusal says it all.

        Raises:
            UserError: ``refund.no_such_payment``, ``refund.not_refused``.
        """
        payment = self._money.refused(number)
        if payment.code != EXHAUSTED:
            return None
        original: Any = self._refund_of(payment).body["original"]
        return {"terminal_id": original["terminal_id"], "seq": original["seq"]}

    def pay_in_cash(
        self, number: str, word: Word | None, authoriser_no: str, secret: str
    ) -> RefundPayment:
        """Give the amount back in cash, where the customer is still owed it.

        Args:
            number: of the money.
            word: the platform's answer to ``question``; None when it was not asked.
            authoriser_no: the second person.
            secret: hers.

        Raises:
            UserError: ``refund.channel_gave_back`` when somebody has had this money,
                ``refund.platform_first``, ``refund.not_explained`` while another counter's part
                is not known, and as ``RefundMoney.pay_in_cash``.
        """
        payment = self._money.refused(number)
        if payment.code == EXHAUSTED:
            judged = self._judged(payment, word)
            if judged.surplus:
                raise UserError("refund.channel_gave_back")
            if not judged.explained:
                raise UserError("refund.not_explained")
        return self._money.pay_in_cash(number, authoriser_no, secret)

    def take_back(
        self, number: str, word: Word | None, authoriser_no: str, secret: str
    ) -> RefundPayment:
        """Undo a refund that was one too many: the goods are out again, no money moves.

        It becomes one ``sale.completed`` under the money's own number, or none.

        Args:
            number: see ``pay_in_cash``.
            word: see there.
            authoriser_no: see there.
            secret: see there.

        Raises:
            UserError: ``refund.still_owed`` when nothing went back twice,
                ``refund.taken_back_in_part`` when a part of the refund was paid another way,
                ``refund.taken_back_stock`` when stamps or papers went back into the till with it,
                ``refund.platform_first``, ``refund.not_refused``, ``permission.*``, ``session.*``.
        """
        payment = self._money.refused(number)
        if payment.code != EXHAUSTED:
            raise UserError("refund.still_owed")
        refused = self._judged(payment, word)
        if not refused.surplus and not refused.explained:
            raise UserError("refund.not_explained")
        if not refused.surplus:
            raise UserError("refund.still_owed")
        body: Any = refused.refund.body
        if -body["paid_fen"] != payment.amount_fen or body["rounding_fen"]:
            raise UserError("refund.taken_back_in_part")
        if body.get("stock"):
            # The very numbers may have been sold again since.
            raise UserError("refund.taken_back_stock")
        way = scheme_words(payment.scheme)
        question = Question(
            ACTION, payment.amount_fen, payment.order_no, payment.code, way, "refund.taken_back"
        )
        grant = self._authorising.grant(question, authoriser_no, secret)
        with self._context.books.transaction() as tx:
            self._authorising.note(tx, grant)
            entry = self._out_again(tx, refused, grant.operator)
            tx.add_print_job(receipt_job(self._context, entry))
        self._context.wake_printing()
        self._context.wake_sync()
        return replace(payment, state="taken_back")

    def _out_again(self, tx: Transaction, refused: Refused, clerk_id: str) -> Entry:
        context, payment = self._context, refused.payment
        profile, refund = context.profile, refused.refund
        told: Any = refund.body
        number = tx.next_order_number(context.time.sure())
        rows = [(row.account, -row.fen) for row in ledger.from_body(told)]
        body: JsonObject = {
            "order_no": order_number(profile.outlet_code, profile.terminal_no, number),
            "basket_id": new_uuid7(),
            "opened_at": context.now(),
            "channel": profile.channel,
            "till_id": profile.till_id,
            "member_level": str(refused.sale.body["member_level"]),
            "lines": _lines_again(refused.sale, told["lines"]),
            "voided": [],
            "tenders": [_unpaid(payment, told["tenders"])],
            "subtotal_fen": payment.amount_fen,
            "total_fen": payment.amount_fen,
            "rounding_fen": 0,
            "postings": [{"account": account, "fen": fen} for account, fen in rows],
            "takes_back": {"refund_no": payment.refund_no, "refund_out_no": payment.number},
        }
        # The money's own number is the intent: whatever is pressed or killed, it happens once.
        intent = str(uuid.UUID(payment.number))
        return tx.append(context.draft("sale.completed", intent, clerk_id, body))

    def _judged(self, payment: RefundPayment, word: Word | None) -> Refused:
        """Whether the customer is still owed: the sale against all that went back of it.

        Raises:
            UserError: ``refund.platform_first`` while the platform has not said what others did.
        """
        if word is None or word["outcome"] != "ok":
            raise UserError("refund.platform_first")
        refund = self._refund_of(payment)
        sale = _sale_of(refund, word)
        sold, others = sold_from(sale.body), given_elsewhere(word)
        given = self._context.books.refunds.given_back(payment.order_no).with_(others)
        surplus = any(given.quantity(line.line_id) > line.quantity for line in sold.lines)
        paid = sum(leg.fen for leg in sold.legs if leg.key == payment.out_trade_no)
        known = others.of_leg(payment.out_trade_no) + self._refunded_here(payment)
        return Refused(payment, refund, sale, surplus, known >= paid)

    def _refunded_here(self, payment: RefundPayment) -> int:
        """What the channel gave back of the same payment for this counter, fen."""
        refunds = self._context.books.refunds
        rows = refunds.of_order(payment.order_no)
        money = [one for row in rows for one in refunds.payments(row.refund_no)]
        return sum(
            one.amount_fen
            for one in money
            if one.out_trade_no == payment.out_trade_no and one.state == "refunded"
        )

    def _refund_of(self, payment: RefundPayment) -> Entry:
        books = self._context.books
        row = books.refunds.refund(payment.refund_no)
        entry = books.entry(row.seq) if row else None
        if entry is None:
            raise UserError("refund.no_such_payment")
        return entry


def _sale_of(refund: Entry, word: Word) -> Entry:
    """The sale as its counter sealed it: the one whose hash the refund names.

    Raises:
        UserError: ``refund.platform_first`` when the platform told another one.
    """
    original: Any = refund.body["original"]
    try:
        sale = Entry.from_wire(word["result"]["entry"])
        same = entry_hash(sale).hex() == sale.hash == original["hash"]
    except EnvironmentFault:
        same = False
    if not same:
        raise UserError("refund.platform_first")
    return sale


def _lines_again(sale: Entry, back: Any) -> list[Any]:
    """The lines that went back, as they were sold; what they cost is what had gone back."""
    body: Any = sale.body
    sold: Mapping[str, Any] = {line["line_id"]: line for line in body["lines"]}
    return [
        {**sold[line["line_id"]], "quantity": -line["quantity"], "amount_fen": -line["amount_fen"]}
        for line in back
    ]


def _unpaid(payment: RefundPayment, back: Any) -> JsonObject:
    """The payment that was not given back pays for the goods; the slip names the refund."""
    kinds = {tender["kind"] for tender in back if tender.get("out_trade_no")}
    return {
        # It is the only way this refund was to be paid.
        "kind": str(kinds.pop()),
        "scheme": payment.scheme,
        "fen": payment.amount_fen,
        "out_trade_no": payment.out_trade_no,
        "reference": payment.refund_no,
    }
