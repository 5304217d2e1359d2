"""Payments without a verdict: the list, and what a person decides about one that came late.

Nobody can declare a payment paid. The one thing a person may decide is what becomes of money that
the channel itself says it has: it pays for its basket, or it goes back to the customer.
"""

from __future__ import annotations

from dataclasses import dataclass

from terminal.app.authorising import Authorising
from terminal.app.code_payments import CodePayments, Decision, Order
from terminal.app.context import Context
from terminal.app.payment_forms import SecondPerson
from terminal.domain.authority import Question
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from terminal.domain.tender import tender_words

LATE = "payment_late"


@dataclass(frozen=True, slots=True)
class DoubtView:
    """One payment of whatever basket whose outcome is not certain.

    Args:
        out_trade_no: its number.
        name_code: key of the tender's words.
        reference: masked number, "" for none.
        amount_text: yuan.
        state: ``unknown``, ``reversing``, ``doubt``, ``paid_late`` …
        refunding: whether it is being given back.
        goods: ``kept`` or ``handed_over`` once the customer has left, "" before.
        for_a_person: whether it waits for a decision.
    """

    out_trade_no: str
    name_code: str
    reference: str
    amount_text: str
    state: str
    refunding: bool
    goods: str
    for_a_person: bool


class Doubts:
    """Use cases of the doubt list. Store thread only."""

    def __init__(self, context: Context, codes: CodePayments, authorising: Authorising) -> None:
        self._context = context
        self._codes = codes
        self._authorising = authorising

    def all(self) -> tuple[DoubtView, ...]:
        """Every payment without a certain outcome, oldest first."""
        return tuple(
            DoubtView(
                attempt.out_trade_no,
                tender_words(attempt.kind, attempt.scheme),
                attempt.reference,
                Money(attempt.amount_fen).text,
                attempt.state,
                attempt.refunding,
                attempt.goods,
                attempt.state == "paid_late",
            )
            for attempt in self._context.books.open_attempts()
        )

    def decide(self, out_trade_no: str, second: SecondPerson, *, accept: bool) -> Order:
        """A second person decides about a payment that came late.

        Args:
            out_trade_no: which.
            second: who decides; never the clerk alone.
            accept: it pays for its basket; False gives it back.

        Raises:
            UserError: ``payment.no_such_tender``, ``payment.not_late``, ``permission.*``.
        """
        attempt = self._context.books.attempt(out_trade_no)
        if attempt is None:
            raise UserError("payment.no_such_tender")
        if attempt.state != "paid_late":
            raise UserError("payment.not_late")
        question = Question(
            LATE,
            size=attempt.amount_fen,
            subject=out_trade_no[-8:].upper(),
            reason=second.reason.strip(),
            before=attempt.state,
            after="accepted" if accept else "refunded",
        )
        grant = self._authorising.grant(question, second.clerk_no, second.secret)
        decision = Decision(accept, grant.authoriser, second.reason.strip())
        return self._codes.decide(
            out_trade_no, decision, lambda tx: self._authorising.note(tx, grant)
        )
