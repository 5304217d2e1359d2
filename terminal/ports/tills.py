"""Tills as screens and slips see them: what moved in a day, and pouches that are on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PouchRow:
    """A pouch that was sent here.

    Args:
        number: on its slip.
        sent_seq: the ``pouch.sent`` entry.
        sent_at: UTC.
    """

    number: str
    from_till: str
    to_till: str
    cash_fen: int
    purpose: str
    sent_seq: int
    sent_at: str


@dataclass(frozen=True, slots=True)
class MovementSum:
    """All postings of one kind of entry to an account, in one business day."""

    kind: str
    entries: int
    fen: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    """What one entry posted to an account; of days gone by, what one day did.

    Args:
        seq: the entry; the last one of a day.
        recorded_at: UTC, "" for a day.
    """

    seq: int
    business_date: str
    kind: str
    clerk_id: str
    recorded_at: str
    fen: int


class TillReading(Protocol):
    """What tills hold, and why."""

    def receipt(self, number: str) -> tuple[int, str] | None:
        """Entry and time of receiving a pouch here; None when it was not."""
        ...

    def pouch(self, number: str) -> PouchRow | None:
        """A pouch that was sent from this terminal."""
        ...

    def pouches_on_the_way(self) -> Sequence[PouchRow]:
        """Pouches that were sent from this terminal and not received here, oldest first."""
        ...

    def before(self, account: str, business_date: str) -> int:
        """What an account held when a day began, in fen."""
        ...

    def sums(self, account: str, business_date: str) -> Sequence[MovementSum]:
        """What moved in a day, by kind of entry; with ``before`` they are the balance."""
        ...

    def movements(self, account: str, business_date: str, kind: str) -> Sequence[MovementRow]:
        """The entries that one of ``sums`` is the sum of, oldest first."""
        ...

    def earlier_days(self, account: str, business_date: str) -> Sequence[MovementRow]:
        """The days that ``before`` is the sum of, oldest first."""
        ...
