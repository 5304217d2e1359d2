"""What reports are made from: the days there are, their entries, and sums kept beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from terminal.domain.journal import Entry


@dataclass(frozen=True, slots=True)
class DayRow:
    """One business day of the journal.

    Args:
        business_date: ``YYYY-MM-DD``.
        first_seq: its first entry.
        last_seq: its last entry; a recovery may have put entries of other days between.
        entries: how many it has.
    """

    business_date: str
    first_seq: int
    last_seq: int
    entries: int


class ReportReading(Protocol):
    """Reading by business day."""

    def days(self) -> Sequence[DayRow]:
        """Every business day, newest first."""
        ...

    def entries_on(self, business_date: str) -> Iterator[Entry]:
        """Every entry of one business day, oldest first; none for a day there is not."""
        ...

    def posted_by_account(self) -> Mapping[str, int]:
        """Sum of all postings of all days by account, added up anew."""
        ...
