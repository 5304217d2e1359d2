"""Stamps, numbered vouchers and forms as screens see them: pieces and numbers by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from terminal.domain.stock import Ranges


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

    def movements(self, place: str, item: str) -> Sequence[StockRow]:
        """Every movement of an item at a place, oldest first; their sum is ``pieces``."""
        ...
