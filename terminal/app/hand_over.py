"""The end of a period: the till is kept, or the next clerk counts for herself and takes it (交接).

Source: postal-domain.md §2.15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from terminal.app.cash_up_forms import CashUpForms
from terminal.app.cash_up_period import named
from terminal.app.cash_up_slips import cash_up_job
from terminal.app.context import Context
from terminal.app.session import SessionDesk
from terminal.domain.cash_up import CLOSED, HANDED_OVER, HANDOVER_DIFFERED, CashUp, Step
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from terminal.domain.permission import Clerk
from terminal.ports.cash_ups import Span

HANDOVER_TRIES = 3
"""Wrong counts of a next clerk; then the till is counted anew."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the next clerk counted before she takes a till.

    Args:
        cash_text: in yuan.
        stock: item → pieces or ranges of numbers, as typed.
    """

    cash_text: str
    stock: Mapping[str, str] = field(default_factory=dict)


class HandOver:
    """Closes periods, and changes who answers for the till. Store thread only."""

    def __init__(self, context: Context, session: SessionDesk, forms: CashUpForms) -> None:
        self._context, self._session, self._forms = context, session, forms

    def keep(self, form_id: str) -> None:
        """Close the period: the closing report (Z); the cash stays in the till.

        Raises:
            UserError: ``cash_up.form_gone``, ``session.*``.
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        self._close(form_id, {"hand": "kept"})

    def to_next(self, form_id: str, clerk_no: str, secret: str, found: Found) -> None:
        """The next clerk counted the same and takes the till; the period is closed.

        Raises:
            UserError: ``cash_up.vault_stays`` for a vault, ``cash_up.handover_differs`` when she
                found something else, ``cash_up.handover_tries`` when that was so too often,
                ``permission.same_person``, ``permission.involved`` for who made the count herself,
                ``cash_up.form_gone``, ``money.*``, ``cash_count.*``,
                ``stock_count.not_counted``, ``session.*``.
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        amount = Money.parse(found.cash_text)
        period, cash_up, span = self._forms.at(form_id, Step.HAND_OVER)
        if not period.sells:
            raise UserError("cash_up.vault_stays", {"till": period.till_id})
        same = amount.fen == cash_up.counted_fen and period.stock_agrees(cash_up, found.stock)
        # Two people count: who made the count that stands is not the other one.
        counted = self._context.books.entry(cash_up.counted_seq)
        counters = (counted.clerk_id,) if counted else ()
        to = self._session.authorise(clerk_no, secret, "clerk_sign_on", besides=counters)
        self._may_try(cash_up, span)
        if not same:
            # Written down, so that nobody guesses it unseen.
            told = {"counts": cash_up.counts, "found_fen": amount.fen, "to_clerk": to.clerk_id}
            with self._context.books.transaction() as tx:
                body = {**named(cash_up), **told}
                self._forms.append(tx, HANDOVER_DIFFERED, new_uuid7(), body)
            raise UserError("cash_up.handover_differs")
        self._session.nothing_in_hand()
        self._close(form_id, {"hand": "over", "to_clerk": to.clerk_id}, to)

    def _may_try(self, cash_up: CashUp, span: Span) -> None:
        before = self._context.books.cash_ups.of_kinds((HANDOVER_DIFFERED,), span)
        if sum(one.body["counts"] == cash_up.counts for one in before) >= HANDOVER_TRIES:
            raise UserError("cash_up.handover_tries")

    def _close(self, form_id: str, hand: Mapping[str, Any], to: Clerk | None = None) -> None:
        context, forms = self._context, self._forms
        period, cash_up, span = forms.at(form_id, Step.HAND_OVER)
        body = {**period.closing_body(cash_up, span), **hand}
        with context.books.transaction() as tx:
            entry = forms.append(tx, CLOSED, form_id, body)
            tx.add_print_job(cash_up_job(context, entry, period.lines(cash_up, span)))
            if to is not None:
                over = {**named(cash_up), "counted_fen": cash_up.counted_fen, **hand}
                forms.append(tx, HANDED_OVER, new_uuid7(), over)
                # What is sold from now on is hers.
                self._session.relieve(tx, to, cash_up.counted_fen)
        context.wake_printing()
