"""Stock in pieces: stamps, numbered vouchers and forms, kept the way money is.

A movement names the place, the item and the pieces that leave (negative) or arrive (positive);
over one entry every item sums to zero. Numbered items carry the range of numbers as well, and then
every single number that leaves one place arrives at another: none is doubled and none is lost.
Places are a till (``till:T02``), a pouch on its way (``transit:<pouch>``), where stock comes from
(``source:centre``), where it ends (``sold`` and ``spoiled``), and what a count found missing or too
much: ``suspense:T02`` until somebody answers for it, ``over_short:T02`` when somebody does.
Source: postal-domain.md §2.15 (印花票款, 有价单证).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from terminal.domain.booked_rows import OWNER, Names, rows_in
from terminal.domain.canonical import Json
from terminal.domain.errors import BugError

SOLD = "sold"
"""Where stock goes that a customer bought."""

SPOILED = "spoiled"
"""Where stock goes that nobody can sell any more (作废)."""

_PLACES = Names(
    "place",
    "stock.unknown_place",
    plain=frozenset({SOLD, SPOILED}),
    owned=frozenset({"till", "transit", "source", "suspense", "over_short"}),
)
_HIGHEST = 10**15
_FIELDS = frozenset({"place", "item", "pieces"})
_NUMBERED = _FIELDS | {"lo", "hi"}


@dataclass(frozen=True, slots=True)
class Movement:
    """Stock that leaves or reaches one place.

    Args:
        place: see the module text.
        item: stock-keeping unit.
        pieces: arriving positive, leaving negative, never 0.
        lo: lowest number for numbered stock, else 0.
        hi: highest number; ``hi - lo + 1`` is the number of pieces.
    """

    place: str
    item: str
    pieces: int
    lo: int = 0
    hi: int = 0

    @property
    def numbered(self) -> bool:
        """Whether single pieces have numbers."""
        return self.lo > 0


def till(till_id: str) -> str:
    """Place of what a till holds, for example ``till:T02``."""
    return known_place(f"till:{till_id}")


def in_transit(pouch: str) -> str:
    """Place of what is in a pouch between two tills."""
    return known_place(f"transit:{pouch}")


def source(name: str) -> str:
    """Where stock comes from and goes back to, for example ``source:centre``."""
    return known_place(f"source:{name}")


def in_suspense(owner: str) -> str:
    """Place of a difference nobody answers for yet, of a till or a pouch."""
    return known_place(f"suspense:{owner}")


def over_short(till_id: str) -> str:
    """Place of a difference that a clerk took over."""
    return known_place(f"over_short:{till_id}")


def known_place(name: str) -> str:
    """The name itself, when it is a place where stock can be.

    Raises:
        BugError: ``stock.unknown_place``.
    """
    return _PLACES.known(name)


def moved(origin: str, target: str, item: str, pieces: int) -> tuple[Movement, Movement]:
    """Both sides of moving unnumbered stock."""
    return Movement(origin, item, -pieces), Movement(target, item, pieces)


def moved_range(origin: str, target: str, item: str, lo: int, hi: int) -> tuple[Movement, Movement]:
    """Both sides of moving the numbers ``lo`` to ``hi``, both included."""
    pieces = hi - lo + 1
    return Movement(origin, item, -pieces, lo, hi), Movement(target, item, pieces, lo, hi)


def check_stock(movements: Iterable[Movement]) -> None:
    """Prove that no piece and no number appears or vanishes.

    Args:
        movements: all of one entry; none at all is balanced.

    Raises:
        BugError: ``stock.unknown_place``, ``stock.malformed``, ``stock.unbalanced`` with ``item``.
    """
    pieces: dict[str, int] = defaultdict(int)
    numbers: dict[tuple[str, int], int] = defaultdict(int)
    for movement in movements:
        known_place(movement.place)
        _check_shape(movement)
        if not movement.numbered:
            pieces[movement.item] += movement.pieces
            continue
        # A range is its two ends; where all ends cancel out, so does every number between them.
        step = 1 if movement.pieces > 0 else -1
        numbers[movement.item, movement.lo] += step
        numbers[movement.item, movement.hi + 1] -= step
    wrong = [item for item, count in pieces.items() if count]
    wrong += [item for (item, _), count in numbers.items() if count]
    if wrong:
        raise BugError("stock.unbalanced", {"item": min(wrong)})


def _check_shape(movement: Movement) -> None:
    whole = all(type(number) is int for number in (movement.pieces, movement.lo, movement.hi))
    sound = (
        whole
        and OWNER.fullmatch(movement.item)
        and movement.pieces != 0
        and (
            0 < movement.lo <= movement.hi <= _HIGHEST
            and movement.hi - movement.lo + 1 == abs(movement.pieces)
            if movement.numbered
            else movement.lo == movement.hi == 0
        )
    )
    if not sound:
        raise BugError("stock.malformed", {"item": movement.item})


def negate(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """The movements that undo the given ones."""
    return tuple(
        Movement(line.place, line.item, -line.pieces, line.lo, line.hi) for line in movements
    )


def to_body(movements: Iterable[Movement]) -> list[Json]:
    """What an entry's body carries under ``stock``."""
    rows: list[Json] = []
    for line in movements:
        row: dict[str, Json] = {"place": line.place, "item": line.item, "pieces": line.pieces}
        rows.append({**row, "lo": line.lo, "hi": line.hi} if line.numbered else row)
    return rows


def from_body(body: Mapping[str, Json]) -> tuple[Movement, ...]:
    """The stock movements of an entry's body; empty when it moves none.

    Raises:
        BugError: ``stock.malformed``.
    """
    rows = rows_in(body, "stock", "stock.malformed", _well_formed)
    return tuple(Movement(**row) for row in rows)


def _well_formed(row: Json) -> bool:
    return (
        type(row) is dict
        and frozenset(row) in (_FIELDS, _NUMBERED)
        and all(type(row[key]) is str for key in ("place", "item"))
        and all(type(row[key]) is int for key in row if key not in ("place", "item"))
        and row.get("lo", 1) != 0
    )


Ranges = Sequence[tuple[int, int]]
"""Numbers as ranges, both ends included, lowest first, none touching the next."""


def joined(held: Ranges, more: Ranges) -> Ranges:
    """All numbers of both, as few ranges as possible."""
    result: list[tuple[int, int]] = []
    for lo, hi in sorted((*held, *more)):
        if result and lo <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(hi, result[-1][1]))
        else:
            result.append((lo, hi))
    return tuple(result)


def without(held: Ranges, lo: int, hi: int) -> Ranges:
    """What is left of the held numbers when ``lo`` to ``hi`` are gone."""
    left: list[tuple[int, int]] = []
    for low, high in held:
        left += [(low, min(high, lo - 1))] if low < lo else []
        left += [(max(low, hi + 1), high)] if high > hi else []
    return tuple(part for part in left if part[0] <= part[1])


def span_text(held: Ranges) -> str:
    """Numbers as people write them: ``1001-1040 1051``."""
    return " ".join(f"{lo}-{hi}" if lo != hi else str(lo) for lo, hi in held)


def holds(held: Ranges, lo: int, hi: int) -> bool:
    """Whether every number from ``lo`` to ``hi`` is there."""
    return any(low <= lo and hi <= high for low, high in held)
