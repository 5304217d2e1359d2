"""Forms of cashing up: one intent for each step of each count, pressed twice it is one entry."""

from __future__ import annotations

from typing import Any

from terminal.app.cash_up_period import Period
from terminal.app.context import Context
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
        self.period = Period(context)

    def form(self, cash_up: CashUp, step: Step) -> str:
        """The intent of a step."""
        key = (cash_up.till_id, cash_up.period, cash_up.counts, step)
        return self._intents.setdefault(key, new_uuid7())

    def saved(self, form_id: str) -> Entry | None:
        """What an earlier press of the same form made."""
        return self._context.books.entry_for_intent(form_id)

    def at(self, form_id: str, *steps: Step) -> tuple[CashUp, Span]:
        """The period, when the form is the one of its step.

        Args:
            form_id: of the first of the steps.
            steps: where the cash-up may stand.

        Raises:
            UserError: ``cash_up.payments_open``, ``cash_up.form_gone``, ``session.*``.
        """
        self._context.on_duty()
        cash_up, span = self.period.current()
        step = self.period.step(cash_up, span)
        if step is Step.RESOLVE:
            count = len(self.period.asked())
            raise UserError("cash_up.payments_open", {"count": count})
        if step not in steps or form_id != self.form(cash_up, steps[0]):
            raise UserError("cash_up.form_gone")
        return cash_up, span

    def append(self, tx: Transaction, kind: str, intent: str, body: dict[str, Any]) -> Entry:
        """Book a step."""
        entry = tx.append(self._context.draft(kind, intent, self._context.on_duty(), body))
        self._context.wake_sync()
        return entry
