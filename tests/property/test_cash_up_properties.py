"""Expected = float + in - change - out, and differences that no count can lose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import stock
from terminal.domain.cash_up import (
    Movement,
    booking_postings,
    cash_lines,
    count_postings,
    expected_fen,
    share_in,
)
from terminal.domain.ledger import Posting, check_balanced
from terminal.domain.stock_count import (
    Stock,
    booking_movements,
    compared,
    count_movements,
    net,
    still_disputed,
    without_counts,
)

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


def _one(kind: str, fen: int, change: int) -> Movement:
    """What one entry moved: a sale for cash has what was received and what went back."""
    if kind != "sale.completed":
        return Movement(kind, 1, fen)
    kept = abs(fen)
    return Movement(kind, 1, kept, kept + change, change, int(bool(change)))


def _together(entries: list[Movement]) -> list[Movement]:
    """As the books add them up: by kind and direction."""
    groups: dict[tuple[str, bool], list[Movement]] = {}
    for one in entries:
        groups.setdefault((one.kind, one.fen > 0), []).append(one)
    return [
        Movement(
            kind,
            len(group),
            *(
                sum(getattr(one, field) for one in group)
                for field in ("fen", "received_fen", "change_fen", "changed")
            ),
        )
        for (kind, _), group in groups.items()
    ]


kinds = st.sampled_from(("sale.completed", "till.funded", "pouch.sent", "directive.accepted"))
moved = st.builds(_one, kinds, st.integers(-(10**6), 10**6).filter(bool), st.integers(0, 10**4))


@given(st.lists(moved, max_size=12), st.integers(0, 12))
def test_what_is_listed_of_a_line_and_the_rest_of_it_are_its_total(
    entries: list[Movement], listed: int
) -> None:
    for line in cash_lines(0, _together(entries)):
        shares = [fen for one in entries if (fen := share_in(one, line))]
        assert sum(shares[:listed]) + sum(shares[listed:]) == line.fen
        assert len(shares) == line.entries
        assert not any(fen < 0 for fen in shares) or not line.comes_in


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


ranges = st.lists(
    st.builds(lambda lo, more: (lo, lo + more), st.integers(1, 60), st.integers(0, 9)), max_size=6
).map(lambda spans: stock.joined((), spans))


def _numbers(held: stock.Ranges) -> set[int]:
    return {number for lo, hi in held for number in range(lo, hi + 1)}


def _papers(held: stock.Ranges) -> Stock:
    return Stock("voucher", len(_numbers(held)), held)


@given(ranges, ranges)
def test_missing_and_extra_numbers_are_exactly_the_two_differences(
    should: stock.Ranges, found: stock.Ranges
) -> None:
    line = compared(_papers(should), _papers(found))
    assert _numbers(line.missing) == _numbers(should) - _numbers(found)
    assert _numbers(line.extra) == _numbers(found) - _numbers(should)
    assert line.off == len(_numbers(should) ^ _numbers(found))


@given(ranges, st.lists(st.tuples(ranges, st.booleans()), min_size=1, max_size=5))
def test_numbered_papers_are_never_lost_between_counts_suspense_and_over_short(
    should: stock.Ranges, rounds: list[tuple[stock.Ranges, bool]]
) -> None:
    place, aside = "till:T02", "suspense:T02"
    held, by_count, in_suspense = _papers(should), list[stock.Movement](), list[stock.Movement]()
    for found, books_each in rounds:
        rows = count_movements(place, aside, held, _papers(found))
        stock.check_stock(rows)
        by_count += [row for row in rows if row.place == place]
        in_suspense += [row for row in rows if row.place == aside]
        held = _papers(found)
        assert without_counts(held, by_count) == _papers(should)
        if books_each:
            taken = booking_movements("T02", in_suspense)
            stock.check_stock(taken)
            in_suspense += [row for row in taken if row.place == aside]
            assert net(in_suspense) == ()
    last = rounds[-1][0]
    lies = net(in_suspense)
    if not any(books for _, books in rounds):
        arrived = _numbers(tuple((row.lo, row.hi) for row in lies if row.pieces > 0))
        left = _numbers(tuple((row.lo, row.hi) for row in lies if row.pieces < 0))
        assert arrived == _numbers(should) - _numbers(last)
        assert left == _numbers(last) - _numbers(should)


@given(st.integers(-20, 300), st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_pieces_without_numbers_go_the_same_way(should: int, counts: list[int]) -> None:
    held, by_count, lies = Stock("stamp", should), list[stock.Movement](), 0
    for found in counts:
        rows = count_movements("till:T02", "suspense:T02", held, Stock("stamp", found))
        stock.check_stock(rows)
        by_count += [row for row in rows if row.place == "till:T02"]
        lies += sum(row.pieces for row in rows if row.place == "suspense:T02")
        held = Stock("stamp", found)
        assert lies == should - found
        assert without_counts(held, by_count) == Stock("stamp", should)


@given(ranges, ranges, ranges)
def test_disputed_numbers_stay_in_suspense_exactly_while_they_are_still_off(
    should: stock.Ranges, disputed: stock.Ranges, found: stock.Ranges
) -> None:
    place, aside = "till:T02", "suspense:T02"
    first = count_movements(place, aside, _papers(should), _papers(disputed))
    second = count_movements(place, aside, _papers(disputed), _papers(found))
    until = [row for row in first if row.place == aside]
    lies = [*until, *(row for row in second if row.place == aside)]
    frozen = still_disputed(until, lies)
    booked = booking_movements("T02", (*lies, *stock.negate(frozen)))
    stock.check_stock(booked)

    def numbers(rows: list[stock.Movement] | tuple[stock.Movement, ...], sign: int) -> set[int]:
        return _numbers(tuple((row.lo, row.hi) for row in rows if row.pieces * sign > 0))

    missing, extra = _numbers(should) - _numbers(found), _numbers(found) - _numbers(should)
    assert numbers(frozen, 1) == missing & (_numbers(should) - _numbers(disputed))
    assert numbers(frozen, -1) == extra & (_numbers(disputed) - _numbers(should))
    left = net([*lies, *(row for row in booked if row.place == aside)])
    assert (numbers(left, 1), numbers(left, -1)) == (numbers(frozen, 1), numbers(frozen, -1))


@given(st.integers(0, 90), st.integers(0, 90), st.integers(0, 90))
def test_disputed_pieces_stay_in_suspense_as_far_as_they_are_still_off(
    should: int, disputed: int, found: int
) -> None:
    def aside(before: int, after: int) -> list[stock.Movement]:
        rows = count_movements("till:T02", "aside", Stock("s", before), Stock("s", after))
        return [row for row in rows if row.place == "aside"]

    until = aside(should, disputed)
    frozen = sum(row.pieces for row in still_disputed(until, [*until, *aside(disputed, found)]))
    was, lies = should - disputed, should - found
    assert abs(frozen) == (min(abs(was), abs(lies)) if was * lies > 0 else 0)
    assert frozen * lies >= 0
