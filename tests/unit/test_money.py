"""Money: what is read, written, rounded and refused."""

from __future__ import annotations

import pytest

from terminal.domain.errors import BugError, UserError
from terminal.domain.money import MAX_FEN, ZERO, Money, rounding_to_jiao


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        (".5", 50),
        ("0", 0),
        ("12.", 1200),
        (" 7.05 ", 705),
        ("1,234.56", 123_456),
        ("1，234", 123_400),
        ("12,345,678.9", 1_234_567_890),
        ("123,456", 12_345_600),
        ("99999999999", 9_999_999_999_900),
    ],
)
def test_what_a_person_types_is_read_to_the_fen(typed: str, fen: int) -> None:
    assert Money.parse(typed) == Money(fen)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        ".",
        ",",
        "-5",
        "+5",
        "1.234",
        "1.2.3",
        "12元",
        "１２",
        "1e3",
        "1 2",
        "0x10",
        "1" * 12,
        *(
            "12,50",
            "12，50",
            "1,2345",
            "1234,567",
            ",123",
            "1,,234",
            "1,234,",
            "1.234,56",
            "1,23,456",
        ),
    ],
)
def test_anything_else_is_not_an_amount(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        Money.parse(typed)
    assert refused.value.code == "money.not_an_amount"


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-1250, "-12.50"), (123_456_789, "1234567.89")],
)
def test_a_screen_gets_yuan_with_two_decimals(fen: int, text: str) -> None:
    assert Money(fen).text == text


@pytest.mark.parametrize("wrong", [1.0, True, "1", None])
def test_only_whole_fen_are_money(wrong: object) -> None:
    with pytest.raises(BugError) as refused:
        Money(wrong)  # type: ignore[arg-type]
    assert refused.value.code == "money.not_whole_fen"
    assert refused.value.params == {"type": type(wrong).__name__}


@pytest.mark.parametrize("fen", [MAX_FEN, -MAX_FEN])
def test_the_bound_itself_is_money(fen: int) -> None:
    assert Money(fen).fen == fen


@pytest.mark.parametrize("fen", [MAX_FEN + 1, -MAX_FEN - 1])
def test_beyond_the_bound_a_key_was_held_down(fen: int) -> None:
    with pytest.raises(BugError) as refused:
        Money(fen)
    assert refused.value.code == "money.out_of_range"


def test_money_adds_subtracts_compares_and_repeats() -> None:
    assert Money(5) + Money(7) - Money(2) == Money(10)
    assert -Money(5) < ZERO < Money(5)
    assert Money(5) >= Money(5)
    assert Money(5).times(3) == Money(15)
    assert Money(1)
    assert not ZERO


@pytest.mark.parametrize(
    ("per_kilogram", "grams", "fen"),
    [(598, 1000, 598), (598, 1, 1), (598, 0, 0), (1, 500, 1), (1, 499, 0), (8800, 356, 3133)],
)
def test_weighed_goods_cost_whole_fen_half_up(per_kilogram: int, grams: int, fen: int) -> None:
    assert Money(per_kilogram).per_thousand(grams) == Money(fen)


@pytest.mark.parametrize(
    ("total", "taken_off"), [(0, 0), (10, 0), (1, -1), (9, -9), (1239, -9), (-7, 0)]
)
def test_cash_takes_the_fen_off_in_the_customers_favour(total: int, taken_off: int) -> None:
    assert rounding_to_jiao(Money(total)) == Money(taken_off)
