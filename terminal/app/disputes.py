"""Disputes of a till: told, printed again and taken along, also after its period was closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from terminal.app.context import Context
from terminal.app.evidence import Evidence, evidence_of
from terminal.app.session_slip import session_copy
from terminal.domain.cash_up import DISPUTED
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class DisputeView:
    """The newest dispute of a till.

    Args:
        seq: its entry.
        count_seq: the count that was disputed.
        at_text: when, UTC.
        amount_text: what was missing or too much then, without a sign; "0.00" for stock alone.
        short: whether money was missing.
        frozen_text: what of it still lies in suspense in this period, without a sign; "" when it
            is the present count that is disputed, or its period is closed.
    """

    seq: int
    count_seq: int
    at_text: str
    amount_text: str
    short: bool
    frozen_text: str = ""


class Disputes:
    """Reads and prints disputes. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def last(self, till_id: str) -> DisputeView | None:
        """The newest dispute of a till, whatever became of its period."""
        books = self._context.books
        entry = books.entry(books.cash_ups.last_dispute(till_id))
        if entry is None:
            return None
        body: Any = entry.body
        now = books.cash_ups.current(till_id)
        recounted = now.dispute_seq == entry.seq and not now.disputed_seq
        return DisputeView(
            entry.seq,
            body["counted_seq"],
            entry.recorded_at,
            Money(abs(body["difference_fen"])).text,
            body["difference_fen"] < 0,
            Money(abs(now.disputed_fen)).text if recounted else "",
        )

    def evidence(self, till_id: str) -> Evidence:
        """The evidence of the newest dispute.

        Raises:
            UserError: ``cash_up.not_disputed``.
        """
        return evidence_of(self._context, self._entry(till_id).seq)

    def print_again(self, till_id: str) -> None:
        """Print the slip of the newest dispute again, marked 补打; journaled.

        Raises:
            UserError: ``cash_up.not_disputed``, ``permission.*``, ``session.*``.
        """
        context, entry = self._context, self._entry(till_id)
        clerk_id = context.allow("slip_reprint")
        first = context.books.print_job(entry.intent_id)
        if first is None:
            raise UserError("cash_up.not_disputed")
        reference = f"#{entry.seq}"
        body: dict[str, Any] = {
            "slip": "dispute",
            "reference": reference,
            "copy": context.books.copies_of(reference) + 1,
            "original_seq": entry.seq,
        }
        with context.books.transaction() as tx:
            draft = context.draft("slip.reprinted", new_uuid7(), clerk_id, body)
            copy = tx.append(replace(draft, version=2))
            tx.add_print_job(session_copy(context, first, copy))
        context.wake_printing()
        context.wake_sync()

    def _entry(self, till_id: str) -> Entry:
        books = self._context.books
        entry = books.entry(books.cash_ups.last_dispute(till_id))
        if entry is None or entry.kind != DISPUTED:
            raise UserError("cash_up.not_disputed")
        return entry
