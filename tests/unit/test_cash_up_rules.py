"""What a till should hold, which step comes next, and that totals agree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal.domain.cash_up import (
    BOOKED,
    COUNTED,
    CashUp,
    Control,
    Movement,
    Step,
    booking_postings,
    cash_lines,
    count_postings,
    cross_foot,
    expected_fen,
)
from terminal.domain.errors import EnvironmentFault
from terminal.domain.ledger import Posting

FRESH = CashUp("T02", 1, 1, 50_000)
COUNTED_UP = replace(FRESH, counts=1, counted_seq=9, counted_fen=268_070, expected_fen=273_070)


def test_the_components_of_a_till_come_in_the_order_of_the_day() -> None:
    lines = cash_lines(
        50_000,
        [
            Movement("pouch.sent", 1, -300_000),
            Movement("sale.completed", 112, 527_650, 648_270, 120_620, 87),
            Movement("refund.completed", 2, -4_580),
            Movement(COUNTED, 1, -5_000),
            Movement("courier.paid", 1, 77),
        ],
    )
    assert [(line.code, line.entries, line.fen) for line in lines] == [
        ("float", 0, 50_000),
        ("cash_in", 112, 648_270),
        ("change", 87, -120_620),
        ("refund", 2, -4_580),
        ("hand_in", 1, -300_000),
        ("courier.paid", 1, 77),
    ]
    assert expected_fen(lines) == 50_000 + 648_270 - 120_620 - 4_580 - 300_000 + 77


def test_a_count_books_what_is_missing_into_suspense_and_nothing_when_it_is_even() -> None:
    assert count_postings("T02", 1_000, 950) == (
        Posting("cash:T02", -50),
        Posting("suspense:T02", 50),
    )
    assert count_postings("T02", 1_000, 1_000) == ()
    assert booking_postings("T02", 50) == (
        Posting("suspense:T02", -50),
        Posting("over_short:T02", 50),
    )
    assert booking_postings("T02", 0) == ()


@pytest.mark.parametrize(
    ("cash_up", "unknown", "moved", "step"),
    [
        (FRESH, 0, False, Step.COUNT),
        (FRESH, 1, False, Step.RESOLVE),
        (COUNTED_UP, 0, False, Step.DIFFERENCE),
        (COUNTED_UP, 0, True, Step.COUNT),
        (COUNTED_UP, 2, False, Step.RESOLVE),
        (replace(COUNTED_UP, booked_seq=10), 0, False, Step.VERIFY),
        (replace(COUNTED_UP, disputed_seq=10), 0, False, Step.VERIFY),
        (replace(COUNTED_UP, booked_seq=10, verified_seq=11), 0, False, Step.HAND_OVER),
        (replace(COUNTED_UP, booked_seq=10, verified_seq=11), 0, True, Step.COUNT),
    ],
)
def test_the_step_follows_from_the_entries(
    cash_up: CashUp, unknown: int, moved: bool, step: Step
) -> None:
    assert cash_up.step(unknown=unknown, moved_since_count=moved) is step


def test_one_fen_short_is_short_and_a_disputed_one_is_neither() -> None:
    assert replace(FRESH, counted_fen=49_999, expected_fen=50_000).disposition == "short"
    assert replace(FRESH, counted_fen=50_001, expected_fen=50_000).disposition == "over"
    assert replace(FRESH, counted_fen=50_000, expected_fen=50_000).disposition == "even"
    assert replace(COUNTED_UP, disputed_seq=12, disputed_fen=5_000).disposition == "disputed"
    assert COUNTED_UP.difference_fen == -5_000


def _control(source: str, **other: int) -> Control:
    figures = {"fen": 500, "entries": 3, "last_seq": 9, **other}
    return Control(source, "cash:T02", **figures)


@pytest.mark.parametrize("wrong", [{"fen": 400}, {"entries": 2}, {"last_seq": 8}])
def test_totals_that_differ_in_any_figure_stop_the_closing_and_show_both(
    wrong: dict[str, int],
) -> None:
    cross_foot([[_control("journal")], [_control("postings")], [_control("balances")]])
    with pytest.raises(EnvironmentFault, match=r"cash_up\.totals_differ") as refused:
        cross_foot([[_control("journal")], [_control("postings", **wrong)]])
    params = refused.value.params
    assert (params["account"], params["source"]) == ("cash:T02", "postings")
    assert params["journal_fen"] == 500
    assert params["other_fen"] == wrong.get("fen", 500)


def test_an_account_that_one_side_does_not_have_stops_the_closing() -> None:
    for loaders in ([[_control("journal")], []], [[], [_control("postings")]]):
        with pytest.raises(EnvironmentFault, match=r"cash_up\.totals_differ"):
            cross_foot(loaders)


def test_entries_of_cashing_up_are_no_component() -> None:
    assert cash_lines(7, [Movement(BOOKED, 1, 5), Movement(COUNTED, 1, -5)]) == cash_lines(7, [])
