"""Counting stock of a till (凭证碰库): pieces and number ranges beside what the books say.

A difference of stock goes the way a difference of cash goes: the till becomes what was counted, and
what is missing or too much lies at the place ``suspense:<till>`` until somebody takes it over or
the centre explains it. Source: postal-domain.md §2.15.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from terminal.domain import stock
from terminal.domain.cash_count import read_pieces, read_span
from terminal.domain.errors import UserError
from terminal.domain.stock import Movement, Ranges

_BETWEEN: Final = re.compile(r"\s*[-–~]\s*")
"""What stands between the first and the last number of a range."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Stock of one item, as it is booked or as it was found.

    Args:
        item: stock-keeping unit.
        pieces: 0 or more where it was found; the books may say less than nothing.
        ranges: the numbers of numbered stock.
    """

    item: str
    pieces: int
    ranges: Ranges = ()


@dataclass(frozen=True, slots=True)
class StockLine:
    """What should be there of one item, and what is.

    Args:
        item: stock-keeping unit.
        expected: pieces.
        counted: pieces.
        missing: numbers that should be there and are not.
        extra: numbers that are there and should not be.
    """

    item: str
    expected: int
    counted: int
    missing: Ranges = ()
    extra: Ranges = ()

    @property
    def off(self) -> int:
        """Pieces that are missing and pieces that are too many, together."""
        numbers = _size(self.missing) + _size(self.extra)
        return numbers or abs(self.counted - self.expected)


def read_stock(item: str, text: str, *, numbered: bool) -> Stock:
    """What somebody typed who counted an item.

    Args:
        item: stock-keeping unit.
        text: pieces, ``380`` or ``100+100+180``; of numbered stock its ranges, ``1001-1040 1051``,
            or ``0``. Nothing typed is not nothing counted.
        numbered: whether single pieces have numbers.

    Raises:
        UserError: ``stock_count.not_counted`` with ``item``, ``cash_count.not_pieces``,
            ``cash_count.not_a_range``, ``cash_count.too_many``.
    """
    parts = _BETWEEN.sub("-", text).replace(",", " ").replace("，", " ").replace("、", " ").split()
    if not parts:
        raise UserError("stock_count.not_counted", {"item": item})
    if not numbered:
        return Stock(item, read_pieces("".join(parts)))
    if parts == ["0"]:
        return Stock(item, 0)
    spans = [read_span(item, part) for part in parts]
    ranges = stock.joined((), tuple((span.lo, span.hi) for span in spans))
    return Stock(item, _size(ranges), ranges)


def compared(expected: Stock, found: Stock) -> StockLine:
    """What should be there beside what is."""
    return StockLine(
        expected.item,
        expected.pieces,
        found.pieces,
        _less(expected.ranges, found.ranges),
        _less(found.ranges, expected.ranges),
    )


def without_counts(booked: Stock, counted: Iterable[Movement]) -> Stock:
    """What a till should hold: what is booked there, without what its counts put there.

    Args:
        booked: as the books say it now.
        counted: what counting moved at the till's place, oldest first.
    """
    pieces, ranges = booked.pieces, booked.ranges
    for line in reversed(tuple(counted)):
        pieces -= line.pieces
        if line.numbered and line.pieces > 0:
            ranges = stock.without(ranges, line.lo, line.hi)
        elif line.numbered:
            ranges = stock.joined(ranges, ((line.lo, line.hi),))
    return Stock(booked.item, pieces, ranges)


def count_movements(place: str, aside: str, booked: Stock, found: Stock) -> tuple[Movement, ...]:
    """A place becomes what was found there; the rest lies aside. None when it is the same.

    Args:
        place: a till.
        aside: the place of differences nobody answers for yet.
        booked: what the books say of the place.
        found: what is there.
    """
    return set_aside(place, aside, compared(booked, found))


def set_aside(place: str, aside: str, line: StockLine) -> tuple[Movement, ...]:
    """What is missing goes from a place aside, what is too much comes from there."""
    if not line.off:
        return ()
    if not (line.missing or line.extra):
        more = line.counted - line.expected
        ends = (aside, place) if more > 0 else (place, aside)
        return stock.moved(*ends, line.item, abs(more))
    gone = [stock.moved_range(place, aside, line.item, lo, hi) for lo, hi in line.missing]
    come = [stock.moved_range(aside, place, line.item, lo, hi) for lo, hi in line.extra]
    return tuple(side for pair in (*gone, *come) for side in pair)


def booking_movements(till_id: str, in_suspense: Iterable[Movement]) -> tuple[Movement, ...]:
    """What lies in suspense becomes over or short.

    Args:
        till_id: the till.
        in_suspense: everything that moved at its suspense place and is not disputed.
    """
    taken = net(in_suspense)
    target = stock.over_short(till_id)
    there = tuple(Movement(target, row.item, row.pieces, row.lo, row.hi) for row in taken)
    return (*stock.negate(taken), *there)


def still_disputed(disputed: Iterable[Movement], lies: Iterable[Movement]) -> tuple[Movement, ...]:
    """What of disputed stock is still missing, or too much, after another count.

    Args:
        disputed: everything that had moved at the suspense place until the dispute.
        lies: the same until now.
    """
    now = net(lies)
    return tuple(
        both
        for row in net(disputed)
        for one in now
        if row.item == one.item and (both := _in_both(row, one)) is not None
    )


def _in_both(row: Movement, one: Movement) -> Movement | None:
    if row.numbered != one.numbered or (row.pieces > 0) != (one.pieces > 0):
        return None
    sign = 1 if row.pieces > 0 else -1
    if not row.numbered:
        return Movement(row.place, row.item, sign * min(abs(row.pieces), abs(one.pieces)))
    lo, hi = max(row.lo, one.lo), min(row.hi, one.hi)
    return Movement(row.place, row.item, sign * (hi - lo + 1), lo, hi) if lo <= hi else None


def net(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """What movements at one place come to, as few rows as possible."""
    pieces: dict[tuple[str, str], int] = defaultdict(int)
    edges: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for line in movements:
        key = line.place, line.item
        if not line.numbered:
            pieces[key] += line.pieces
            continue
        step = 1 if line.pieces > 0 else -1
        edges[key][line.lo] += step
        edges[key][line.hi + 1] -= step
    rows = [Movement(*key, count) for key, count in sorted(pieces.items()) if count]
    rows += [row for key, steps in sorted(edges.items()) for row in _levels(key, steps)]
    return tuple(rows)


def _levels(key: tuple[str, str], steps: dict[int, int]) -> Iterator[Movement]:
    """How often every number arrived or left, as ranges."""
    level, start = 0, 0
    for point in sorted(point for point, step in steps.items() if step):
        long = point - start
        for _ in range(abs(level)):
            yield Movement(*key, long if level > 0 else -long, start, point - 1)
        level, start = level + steps[point], point


def _less(held: Ranges, gone: Ranges) -> Ranges:
    for lo, hi in gone:
        held = stock.without(held, lo, hi)
    return held


def _size(ranges: Ranges) -> int:
    return sum(hi - lo + 1 for lo, hi in ranges)
