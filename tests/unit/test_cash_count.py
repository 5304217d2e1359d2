"""Counting by denomination and by number range."""

from __future__ import annotations

import pytest

from terminal.domain.cash_count import (
    CashCount,
    CountLine,
    NumberSpan,
    counted,
    from_body,
    read_pieces,
    read_span,
)
from terminal.domain.errors import BugError, UserError


def test_a_count_is_worth_its_pieces_and_reads_back_from_its_entry() -> None:
    count = counted({10_000: 19, 5_000: 9, 50: 3, 10: 0})
    assert count.total_fen == 1_900_00 + 450_00 + 1_50
    assert [line.fen for line in count.lines] == [10_000, 5_000, 50, 10]
    assert from_body(count.to_body()) == count
    assert (count.pieces_of(5_000), count.pieces_of(2_000)) == (9, 0)


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [("19", 19), ("", 0), (" 100 + 35 ", 135), ("100+100+7+", 207), ("0", 0), ("3＋4", 7)],
)
def test_pieces_are_read_as_a_counting_machine_gives_them(typed: str, pieces: int) -> None:
    assert read_pieces(typed) == pieces


@pytest.mark.parametrize("typed", ["-1", "1.5", "a", "1++2", "１２", "1234567", "+5"])
def test_what_is_no_number_of_pieces_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match=r"cash_count\.not_pieces"):
        read_pieces(typed)


def test_more_pieces_than_a_till_holds_are_refused() -> None:
    with pytest.raises(UserError, match=r"cash_count\.too_many"):
        read_pieces("100000+1")
    with pytest.raises(UserError, match=r"cash_count\.too_many"):
        counted({100: 100_001})
    with pytest.raises(UserError, match=r"cash_count\.too_many"):
        counted({100: -1})
    with pytest.raises(UserError, match=r"cash_count\.unknown_denomination"):
        counted({300: 1})


@pytest.mark.parametrize("body", [None, [1], [{"fen": 1}], [{"fen": 1, "pieces": "1"}]])
def test_an_entry_without_a_count_is_our_fault(body: object) -> None:
    with pytest.raises(BugError, match=r"cash_count\.malformed"):
        from_body(body)  # type: ignore[arg-type]


def test_a_range_is_read_as_it_stands_on_the_stack() -> None:
    assert read_span("v", " 1001 - 1040 ") == NumberSpan("v", 1001, 1040)
    assert read_span("v", "7") == NumberSpan("v", 7, 7)
    assert read_span("v", "1001-1050").pieces == 50
    for wrong in ("", "5-3", "a-b", "1-2-3"):
        with pytest.raises(UserError, match=r"cash_count\.not_a_range"):
            read_span("v", wrong)


def test_an_empty_compartment_stays_in_the_count() -> None:
    assert counted({100: 0}) == CashCount((CountLine(100, 0),))
