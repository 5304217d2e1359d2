"""Stamps, numbered vouchers and forms as screens see them: pieces and numbers by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from terminal.domain.stock import Movement, Ranges


@dataclass(frozen=True, slots=True)
class StockRow:
    """One movement of stock in one entry; ``lo`` and ``hi`` are 0 for unnumbered stock."""

    seq: int
    place: str
    item: str
    pieces: int
    lo: int
    hi: int
    business_date: str
    kind: str

    @property
    def movement(self) -> Movement:
        """What moved."""
        return Movement(self.place, self.item, self.pieces, self.lo, self.hi)

    @property
    def by_count(self) -> bool:
        """Whether a cash-up moved it."""
        return self.kind.startswith("cash_up.")


class StockReading(Protocol):
    """Where stock is, and why."""

    def pieces(self, place: str) -> Mapping[str, int]:
        """Pieces by item at a place, numbered ones included; items that ran out are left out."""
        ...

    def issued(self, place: str) -> frozenset[str]:
        """Items that were ever at a place, also those that ran out."""
        ...

    def ranges(self, place: str, item: str) -> Ranges:
        """The numbers of an item at a place, lowest first."""
        ...

    def places_of(self, item: str, lo: int, hi: int) -> Sequence[str]:
        """Where any of these numbers is, or ended: places by name; none for numbers never seen."""
        ...

    def movements(self, place: str, item: str, after_seq: int = 0) -> Sequence[StockRow]:
        """Movements of an item at a place, oldest first; all of them come to ``pieces``.

        Args:
            place: the place.
            item: stock-keeping unit.
            after_seq: only entries after this one.
        """
        ...

    def moved_after(self, place: str, seq: int, *, besides: str = "") -> frozenset[str]:
        """Items that moved at a place after an entry, other than by counting.

        Args:
            place: the place.
            seq: only entries after this one.
            besides: a kind of entries that does not count, "" for none.
        """
        ...
