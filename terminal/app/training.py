"""Going over to practice and coming back, as the real books tell it: who, and from when to when.

Nothing else of it is in them. A counter that opens for business is out of practice: what was begun
and has no end yet, after a power cut as well, ends there and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal.app.context import Context
from terminal.app.session import SessionDesk
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry, EntryDraft
from terminal.domain.training import BEGAN, ENDED

UNDER_WAY: Final = "training.under_way"
"""Name of the working state: number of the entry that began it, and the intent of its end."""


@dataclass(frozen=True, slots=True)
class TrainingView:
    """Whether practice may begin here, and for whom it has begun."""

    may_begin: bool
    clerk_id: str = ""
    changes: frozenset[str] = frozenset()


class Training:
    """Use cases of training in the real books. Store thread only."""

    def __init__(self, context: Context, session: SessionDesk) -> None:
        self._context = context
        self._session = session

    def view(self) -> TrainingView:
        """Whether the clerk at the screen may practise."""
        try:
            return TrainingView(True, self._may_begin())
        except UserError:
            return TrainingView(False)

    def begin(self) -> TrainingView:
        """Note that the clerk goes over to practice; the screen is locked for when she comes back.

        Raises:
            UserError: ``training.under_way`` in practice itself, ``permission.denied``,
                ``session.basket_not_empty``, ``session.payment_open``, ``session.*``.
        """
        clerk_id = self._may_begin()
        self._session.nothing_in_hand()
        context = self._context
        body = {"till_id": context.profile.till_id}
        with context.books.transaction() as tx:
            entry = tx.append(context.draft(BEGAN, new_uuid7(), clerk_id, dict(body)))
            tx.set_preference(UNDER_WAY, f"{entry.seq} {new_uuid7()}")
        context.locked = True
        context.wake_sync()
        return TrainingView(True, clerk_id, frozenset({"session"}))

    def finish(self) -> Entry | None:
        """The counter is open for business: practice is over.

        Returns:
            The entry that says so; None when none was under way.
        """
        books = self._context.books
        began, _, intent = (books.preference(UNDER_WAY) or "").partition(" ")
        if not began:
            return None
        entry = books.entry(int(began))
        # Books brought up to date from the platform may hold the end already.
        known = entry is None or entry.kind != BEGAN or books.entry_for_intent(intent) is not None
        ended = None
        with books.transaction() as tx:
            if entry is not None and not known:
                body = {"till_id": entry.body["till_id"], "began_seq": entry.seq}
                date = books.day().business_date or entry.business_date
                ended = tx.append(EntryDraft(ENDED, intent, date, entry.clerk_id, body))
            tx.set_preference(UNDER_WAY, "")
        return ended

    def _may_begin(self) -> str:
        if self._context.training:
            raise UserError("training.under_way")
        return self._context.allow("training")
