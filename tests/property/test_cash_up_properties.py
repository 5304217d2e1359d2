"""Expected = float + in - change - out, and differences that no count can lose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.cash_count import NumberSpan, missing_numbers
from terminal.domain.cash_up import (
    Movement,
    booking_postings,
    cash_lines,
    count_postings,
    expected_fen,
)
from terminal.domain.ledger import Posting, check_balanced

amounts = st.integers(min_value=0, max_value=10**9)
sales = st.lists(st.tuples(amounts, amounts), max_size=8)
outs = st.lists(st.integers(min_value=1, max_value=10**9), max_size=8)


@given(amounts, sales, outs, outs)
def test_a_till_should_hold_its_float_and_what_came_in_less_change_and_what_went_out(
    opening: int, sold: list[tuple[int, int]], came: list[int], went: list[int]
) -> None:
    received = sum(kept + change for kept, change in sold)
    change = sum(change for _, change in sold)
    movements = [
        Movement("sale.completed", len(sold), received - change, received, change, len(sold)),
        *(Movement("pouch.received", 1, fen) for fen in came),
        *(Movement("refund.completed", 1, -fen) for fen in went),
    ]
    lines = cash_lines(opening, movements)
    assert expected_fen(lines) == opening + received - change + sum(came) - sum(went)


@given(amounts, st.lists(st.tuples(amounts, amounts), min_size=1, max_size=6), st.booleans())
def test_whatever_is_counted_and_recounted_the_difference_is_all_booked(
    opening: int, rounds: list[tuple[int, int]], books_each: bool
) -> None:
    """Trade goes on between counts; each count is booked, the last one is taken over."""
    held = {"cash:T02": opening, "suspense:T02": 0, "over_short:T02": 0}
    expected = opening

    def book(postings: tuple[Posting, ...]) -> None:
        check_balanced(postings)
        for posting in postings:
            held[posting.account] += posting.fen

    for traded, found in rounds:
        held["cash:T02"] += traded
        expected += traded
        book(count_postings("T02", held["cash:T02"], found))
        assert held["cash:T02"] == found
        assert held["suspense:T02"] + held["over_short:T02"] == expected - found
        if books_each:
            book(booking_postings("T02", held["suspense:T02"]))
            assert held["suspense:T02"] == 0
    book(booking_postings("T02", held["suspense:T02"]))
    assert held["over_short:T02"] == expected - rounds[-1][1]


spans = st.lists(
    st.builds(
        lambda lo, more: NumberSpan("voucher", lo, lo + more), st.integers(1, 60), st.integers(0, 9)
    ),
    max_size=6,
)


def _numbers(listed: tuple[NumberSpan, ...] | list[NumberSpan]) -> set[int]:
    return {number for span in listed for number in range(span.lo, span.hi + 1)}


@given(spans, spans)
def test_missing_and_extra_numbers_are_exactly_the_two_differences(
    should: list[NumberSpan], found: list[NumberSpan]
) -> None:
    missing, extra = missing_numbers(should, found)
    assert _numbers(missing) == _numbers(should) - _numbers(found)
    assert _numbers(extra) == _numbers(found) - _numbers(should)
