"""Money holds for every amount, not only for the ones we thought of."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.money import MAX_FEN, Money, rounding_to_jiao

amounts = st.integers(-(10**9), 10**9)


@given(st.integers(0, MAX_FEN - 1))
def test_every_amount_on_a_screen_can_be_typed_again(fen: int) -> None:
    assert Money.parse(Money(fen).text) == Money(fen)


@given(st.integers(0, MAX_FEN - 1))
def test_every_amount_may_be_written_in_thousands(fen: int) -> None:
    assert Money.parse(f"{fen // 100:,}.{fen % 100:02d}") == Money(fen)


@given(amounts, amounts)
def test_sums_are_exact(left: int, right: int) -> None:
    assert (Money(left) + Money(right) - Money(left)).fen == right
    assert (Money(left) < Money(right)) == (left < right)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_weighed_price_is_the_true_one_to_half_a_fen(price: int, grams: int) -> None:
    charged, true = Money(price).per_thousand(grams).fen, Fraction(price * grams, 1000)
    assert Fraction(-1, 2) < charged - true <= Fraction(1, 2)


@given(amounts)
def test_rounding_leaves_whole_jiao_and_costs_less_than_one(fen: int) -> None:
    taken_off = rounding_to_jiao(Money(fen)).fen
    assert -9 <= taken_off <= 0
    if fen > 0:
        assert (fen + taken_off) % 10 == 0
        assert fen + taken_off >= 0
