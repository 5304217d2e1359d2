"""What the platform's books say of a stretch of a journal, to be compared with the terminal's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from sync.wire.fields import Hash, Message, Whole
from terminal.domain.canonical import JsonObject

MOST_ROWS: Final = 500
"""Entries told one by one in one answer at most."""


@dataclass(frozen=True, slots=True)
class EntryTotal(Message):
    """One entry as the platform holds it; ``moved_fen`` is the sum of what it debits."""

    seq: Annotated[int, Whole(1)]
    hash: Hash
    moved_fen: Annotated[int, Whole(0)]


@dataclass(frozen=True, slots=True)
class JournalTotals(Message):
    """Sums of a stretch of a journal, both ends included.

    ``entries`` counts what is held of it, ``accounts`` has the fen of each account, debit positive.
    ``rows`` are the first 500 entries of it; the rest is asked for from the next one on.
    """

    from_seq: Annotated[int, Whole(1)]
    to_seq: Annotated[int, Whole(0)]
    entries: Annotated[int, Whole(0)]
    accounts: JsonObject
    rows: tuple[EntryTotal, ...] = ()
