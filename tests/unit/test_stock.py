"""Stock in pieces and in numbers: what leaves one place reaches another."""

from __future__ import annotations

import pytest

from terminal.domain import stock
from terminal.domain.errors import BugError
from terminal.domain.stock import Movement

VAULT, TILL = stock.till("V01"), stock.till("T02")


def test_places_are_tills_pouches_sources_and_the_two_ends() -> None:
    places = (TILL, stock.in_transit("P1"), stock.source("centre"), stock.SOLD, stock.SPOILED)
    assert places == ("till:T02", "transit:P1", "source:centre", "sold", "spoiled")
    assert [stock.known_place(place) for place in places] == list(places)


@pytest.mark.parametrize("place", ["", "till:", "till", "sold:x", "cash:T02", "till:钱"])
def test_place_nobody_knows_is_refused(place: str) -> None:
    with pytest.raises(BugError) as refused:
        stock.check_stock([Movement(place, "S1", 1)])
    assert refused.value.code == "stock.unknown_place"


def test_moving_is_balanced_and_one_side_alone_is_not() -> None:
    both = stock.moved(VAULT, TILL, "S1", 20)
    stock.check_stock(both)
    stock.check_stock(())
    with pytest.raises(BugError) as refused:
        stock.check_stock(both[:1])
    assert refused.value.code == "stock.unbalanced"
    assert refused.value.params == {"item": "S1"}


def test_same_count_of_other_numbers_is_not_balanced() -> None:
    leaving = Movement(VAULT, "V1", -10, 101, 110)
    arriving = Movement(TILL, "V1", 10, 102, 111)
    with pytest.raises(BugError) as refused:
        stock.check_stock([leaving, arriving])
    assert refused.value.code == "stock.unbalanced"


def test_a_range_may_arrive_in_parts() -> None:
    parts = [
        Movement(VAULT, "V1", -10, 101, 110),
        Movement(TILL, "V1", 4, 101, 104),
        Movement(stock.in_transit("P1"), "V1", 6, 105, 110),
    ]
    stock.check_stock(parts)
    stock.check_stock(stock.negate(parts))
    assert [line.pieces for line in stock.negate(parts)] == [10, -4, -6]


@pytest.mark.parametrize(
    "wrong",
    [
        Movement(TILL, "V1", 0),
        Movement(TILL, "邮票", 1),
        Movement(TILL, "V1", 2, 5, 5),
        Movement(TILL, "V1", 1, 5, 4),
        Movement(TILL, "V1", 1, 0, 1),
        Movement(TILL, "V1", True),
        Movement(TILL, "V1", 1, 10**16, 10**16),
    ],
)
def test_movement_that_says_nothing_sound_is_refused(wrong: Movement) -> None:
    with pytest.raises(BugError) as refused:
        stock.check_stock([wrong])
    assert refused.value.code == "stock.malformed"


def test_body_form_comes_back_equal() -> None:
    lines = (
        *stock.moved(VAULT, TILL, "S1", 20),
        *stock.moved_range(VAULT, TILL, "V1", 101, 110),
    )
    body = {"stock": stock.to_body(lines)}
    assert body["stock"][0] == {"place": "till:V01", "item": "S1", "pieces": -20}
    assert stock.from_body(body) == lines
    assert stock.from_body({}) == ()


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        ["x"],
        [{"place": "sold", "item": "S1"}],
        [{"place": "sold", "item": "S1", "pieces": True}],
        [{"place": "sold", "item": 1, "pieces": 1}],
        [{"place": "sold", "item": "S1", "pieces": 1, "lo": 1}],
        [{"place": "sold", "item": "S1", "pieces": 1, "lo": 0, "hi": 0}],
    ],
)
def test_malformed_stock_is_refused(rows: object) -> None:
    with pytest.raises(BugError) as refused:
        stock.from_body({"stock": rows})  # type: ignore[dict-item]
    assert refused.value.code == "stock.malformed"


def test_ranges_join_and_split() -> None:
    held = stock.joined([(1, 5)], [(6, 9), (20, 21)])
    assert held == ((1, 9), (20, 21))
    assert stock.without(held, 3, 4) == ((1, 2), (5, 9), (20, 21))
    assert stock.without(held, 1, 21) == ()
    assert stock.without(held, 30, 40) == held
    assert stock.holds(held, 2, 9)
    assert not stock.holds(held, 9, 10)
