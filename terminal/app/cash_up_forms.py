"""Forms of cashing up: one intent for each step of each count, pressed twice it is one entry."""

from __future__ import annotations

from typing import Any

from terminal.app.cash_up_period import Period
from terminal.app.context import Context
from terminal.app.own_tills import own_till
from terminal.domain.cash_up import CashUp, Step
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.ports.books import Transaction
from terminal.ports.cash_ups import Span


class CashUpForms:
    """Which form belongs to which step; what is booked by it. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._intents: dict[tuple[object, ...], str] = {}
        self._tills: dict[str, str] = {}
        self._drawer = Period(context)

    def period(self, till_id: str = "") -> Period:
        """The period of a till at this terminal; of its drawer when none is named.

        Raises:
            UserError: ``till.not_here``.
        """
        if till_id in ("", self._drawer.till_id):
            return self._drawer
        return Period(self._context, own_till(self._context, till_id).till_id)

    def of(self, form_id: str) -> Period:
        """The period that a form is about."""
        return self.period(self._tills.get(form_id, ""))

    def form(self, cash_up: CashUp, step: Step) -> str:
        """The intent of a step."""
        key = (cash_up.till_id, cash_up.period, cash_up.counts, step)
        intent = self._intents.setdefault(key, new_uuid7())
        self._tills[intent] = cash_up.till_id
        return intent

    def saved(self, form_id: str) -> Entry | None:
        """What an earlier press of the same form made."""
        return self._context.books.entry_for_intent(form_id)

    def at(self, form_id: str, *steps: Step) -> tuple[Period, CashUp, Span]:
        """The period, when the form is the one of its step.

        Args:
            form_id: of the first of the steps.
            steps: where the cash-up may stand.

        Raises:
            UserError: ``cash_up.payments_open``, ``cash_up.form_gone``, ``session.*``.
        """
        self._context.on_duty()
        period = self.of(form_id)
        cash_up, span = period.current()
        step = period.step(cash_up, span)
        if step is Step.RESOLVE:
            count = len(period.asked())
            raise UserError("cash_up.payments_open", {"count": count})
        if step not in steps or form_id != self.form(cash_up, steps[0]):
            raise UserError("cash_up.form_gone")
        return period, cash_up, span

    def append(self, tx: Transaction, kind: str, intent: str, body: dict[str, Any]) -> Entry:
        """Book a step."""
        entry = tx.append(self._context.draft(kind, intent, self._context.on_duty(), body))
        self._context.wake_sync()
        return entry
