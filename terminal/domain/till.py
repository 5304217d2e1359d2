"""Tills (尾箱): where the cash and stock of an outlet are, and who may send to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from terminal.domain import stock
from terminal.domain.canonical import Json
from terminal.domain.pouch import Bundle
from terminal.domain.stock import Ranges

SOURCES: Final = ("bank", "centre")
"""Where a vault's cash comes from and goes to."""

NO_SALE_REASONS: Final = ("change", "wrong_change", "drawer_check", "repair")
"""Why a drawer may be opened without a sale (空开钱箱)."""


@dataclass(frozen=True, slots=True)
class Till:
    """One till of the outlet.

    Args:
        till_id: for example ``T02``.
        kind: ``vault`` (金库), ``clerk`` (柜员尾箱) or ``kiosk`` (自助终端尾箱).
    """

    till_id: str
    kind: str


def tills_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Till, ...]:
    """Tills as the platform names them."""
    return tuple(Till(str(row["till_id"]), str(row["kind"])) for row in rows)


def purpose_of(origin: Till, target: Till) -> str:
    """What sending from one till to another is called: ``issue``, ``hand_in`` or ``transfer``."""
    if origin.kind == "vault":
        return "issue"
    return "hand_in" if target.kind == "vault" else "transfer"


@dataclass(frozen=True, slots=True)
class Sold:
    """Stock that a sale takes out of a till.

    Args:
        item: stock-keeping unit.
        pieces: 1 or more.
        numbered: whether single pieces have numbers.
    """

    item: str
    pieces: int
    numbered: bool


def sold_rows(
    till_id: str, sold: Iterable[Sold], issued: Collection[str], ranges: Mapping[str, Ranges]
) -> list[Json]:
    """The ``stock`` rows of a sale: what the till was issued leaves it, other goods move nothing.

    Numbered pieces go lowest number first. Pieces that the books do not have are sold all the same
    when they carry no number: the sale is a fact, and the count shows the difference.

    Args:
        till_id: the till at the counter.
        sold: what the basket holds.
        issued: items the till was ever given, also those that ran out.
        ranges: numbers by item.
    """
    place, rows = stock.till(till_id), list[stock.Movement]()
    for line in sold:
        if line.item not in issued:
            continue
        if not line.numbered:
            rows += stock.moved(place, stock.SOLD, line.item, line.pieces)
            continue
        for bundle in _lowest(line, ranges.get(line.item, ())):
            rows += bundle.moved(place, stock.SOLD)
    return stock.to_body(rows)


def _lowest(line: Sold, held: Ranges) -> Iterable[Bundle]:
    left = line.pieces
    for lo, hi in held:
        take = min(left, hi - lo + 1)
        if take:
            yield Bundle(line.item, take, lo)
        left -= take
