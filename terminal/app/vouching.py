"""A second person vouches for a count (复核), and answers for what the outlet takes over."""

from __future__ import annotations

from typing import Final

from terminal.app.authorising import Authorising
from terminal.app.cash_up_forms import CashUpForms
from terminal.app.cash_up_period import Period
from terminal.app.cash_up_slips import cash_up_job
from terminal.app.context import Context
from terminal.app.session import SessionDesk
from terminal.domain.authority import Question
from terminal.domain.cash_up import DISPUTED, VERIFIED, CashUp, Step, giving_back_postings
from terminal.domain.identifiers import new_uuid7
from terminal.domain.ledger import to_body
from terminal.ports.cash_ups import Span

VERIFY_ACTION: Final = "cash_up_verify"
WRITE_OFF: Final = "cash_write_off"


class Vouching:
    """Verifies counts. Store thread only."""

    def __init__(
        self,
        context: Context,
        session: SessionDesk,
        authorising: Authorising,
        forms: CashUpForms,
    ) -> None:
        self._context = context
        self._session = session
        self._authorising = authorising
        self._forms = forms

    def verify(self, form_id: str, clerk_no: str, secret: str) -> None:
        """Somebody who neither is on duty nor counted, nor took the difference over, signs.

        What was taken over in the period is more than anybody may: then it is disputed instead,
        and lies in suspense for the centre to look at.

        Raises:
            UserError: ``cash_up.form_gone``, ``permission.*``, ``session.*``.
        """
        period, cash_up, span = self._forms.at(form_id, Step.VERIFY)
        involved = self._involved(cash_up)
        action = self._verify_action()
        verifier = self._session.authorise(clerk_no, secret, action, besides=involved).clerk_id
        in_all = period.taken_over(cash_up, span)
        most = self._authorising.need(WRITE_OFF, abs(in_all)).most
        if most is not None and abs(in_all) > most:
            self._give_back(period, cash_up, span, most)
            period, cash_up, span = self._forms.at(form_id, Step.VERIFY)
        body = period.difference_body(cash_up, span)
        # Above what a clerk takes over alone, who vouches also answers for it.
        question = taken_over(cash_up, period.taken_over(cash_up, span))
        grant = None
        if question.size:
            grant = self._authorising.grant(question, clerk_no, secret, besides=involved)
        with self._context.books.transaction() as tx:
            if grant is not None:
                self._authorising.note(tx, grant)
            self._forms.append(tx, VERIFIED, form_id, {**body, "verifier": verifier})

    def _give_back(self, period: Period, cash_up: CashUp, span: Span, most_fen: int) -> None:
        """What nobody here may take over, but was, lies in suspense again: the cash-up ends.

        A limit can have become smaller meanwhile, or books of before looked at each part alone.
        """
        fen = period.taken_over(cash_up, span)
        body = {
            **period.difference_body(cash_up, span),
            "suspense_fen": fen,
            "disposition": "disputed",
            "reason": "",
            "above_fen": most_fen,
            "postings": to_body(giving_back_postings(cash_up.till_id, fen)),
        }
        with self._context.books.transaction() as tx:
            entry = self._forms.append(tx, DISPUTED, new_uuid7(), body)
            tx.add_print_job(cash_up_job(self._context, entry, period.lines(cash_up, span)))
        self._context.wake_printing()

    def _involved(self, cash_up: CashUp) -> frozenset[str]:
        """Who made the count that stands and who took it over; on duty may be another by now."""
        return frozenset(
            entry.clerk_id
            for seq in (cash_up.counted_seq, cash_up.booked_seq)
            if seq and (entry := self._context.books.entry(seq)) is not None
        )

    def _verify_action(self) -> str:
        """Platforms that do not know the action yet let those verify who may close the outlet."""
        known = VERIFY_ACTION in self._context.permissions
        return VERIFY_ACTION if known else "outlet_sign_off"


def taken_over(cash_up: CashUp, suspense_fen: int) -> Question:
    """A difference that the outlet answers for from now on."""
    return Question(
        WRITE_OFF,
        size=abs(suspense_fen),
        subject=cash_up.till_id,
        reason=cash_up.disposition,
        before=cash_up.expected_fen,
        after=cash_up.counted_fen,
    )
