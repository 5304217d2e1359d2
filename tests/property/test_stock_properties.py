"""Number ranges against plain sets of numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import stock
from terminal.domain.errors import BugError
from terminal.domain.stock import Movement, Ranges

ends = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda pair: (pair[0], sum(pair)))
many = st.lists(ends, max_size=6)
PLACES = [stock.till("T01"), stock.till("T02"), stock.in_transit("P1"), stock.SOLD]


def _numbers(ranges: Ranges) -> set[int]:
    return {number for lo, hi in ranges for number in range(lo, hi + 1)}


@given(many, many)
def test_joined_ranges_hold_every_number_once(left: list[tuple[int, int]], right: Ranges) -> None:
    result = stock.joined(left, right)
    assert _numbers(result) == _numbers(left) | _numbers(right)
    assert all(low[1] + 1 < high[0] for low, high in pairwise(result))


@given(many, ends)
def test_taking_a_range_leaves_exactly_the_other_numbers(
    held: list[tuple[int, int]], gone: tuple[int, int]
) -> None:
    tidy = stock.joined(held, [])
    assert _numbers(stock.without(tidy, *gone)) == _numbers(tidy) - _numbers([gone])
    assert stock.holds(tidy, *gone) == (_numbers([gone]) <= _numbers(tidy))


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.booleans(), ends), max_size=8),
)
def test_balanced_means_that_every_single_number_leaves_and_arrives(
    rows: list[tuple[str, bool, tuple[int, int]]],
) -> None:
    lines = [
        Movement(place, "V1", (hi - lo + 1) * (1 if arrives else -1), lo, hi)
        for place, arrives, (lo, hi) in rows
    ]
    weight: dict[int, int] = {}
    for line in lines:
        for number in range(line.lo, line.hi + 1):
            weight[number] = weight.get(number, 0) + (1 if line.pieces > 0 else -1)
    if any(weight.values()):
        with pytest.raises(BugError):
            stock.check_stock(lines)
    else:
        stock.check_stock(lines)
    stock.check_stock([*lines, *stock.negate(lines)])
