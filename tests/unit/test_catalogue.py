"""Prices that know their day, loose goods, in-store barcodes."""

from __future__ import annotations

import pytest

from terminal.domain.catalogue import (
    Embedded,
    InStorePattern,
    PriceRow,
    grams_for,
    in_store_patterns,
    instant,
    price_at,
    read_in_store,
)
from terminal.domain.checks import gtin_check_digit
from terminal.domain.errors import BugError, UserError
from terminal.domain.money import Money

PATTERNS = in_store_patterns(
    [
        {"pattern": "21PPPPPVVVVVC", "embedded": "price"},
        {"pattern": "22PPPPPVVVVVC", "embedded": "weight"},
    ]
)


def row(level: str, since: str, fen: int) -> PriceRow:
    return PriceRow("S1", level, since, Money(fen))


ROWS = [
    row("", "2026-01-01T00:00:00Z", 300),
    row("", "2026-12-31T16:00:00Z", 350),
    row("gold", "2026-06-01T00:00:00Z", 270),
]


@pytest.mark.parametrize(
    ("level", "at", "fen"),
    [
        ("", "2026-12-31T15:59:59.999Z", 300),
        ("", "2026-12-31T16:00:00.000Z", 350),
        ("", "2026-12-31T16:00:00Z", 350),
        ("", "2026-12-31T16:00:00.500Z", 350),
        ("gold", "2026-05-31T23:59:59Z", 300),
        ("gold", "2027-06-01T00:00:00Z", 270),
        ("silver", "2026-07-01T00:00:00Z", 300),
    ],
)
def test_price_changes_at_its_instant_and_falls_back_to_ordinary(
    level: str, at: str, fen: int
) -> None:
    assert price_at(ROWS, level, at) == Money(fen)
    assert price_at(ROWS[::-1], level, at) == Money(fen)


def test_item_without_a_price_in_force_is_refused() -> None:
    with pytest.raises(UserError) as error:
        price_at(ROWS, "", "2025-12-31T23:59:59Z")
    assert error.value.code == "item.no_price"


def test_price_without_a_date_always_counted() -> None:
    assert price_at([row("", "", 5)], "", "1990-01-01T00:00:00Z") == Money(5)


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01T00:00:00"])
def test_time_without_zone_or_sense_is_our_bug(text: str) -> None:
    with pytest.raises(BugError) as error:
        instant(text)
    assert error.value.code == "catalogue.bad_time"


def ean(body: str) -> str:
    return body + gtin_check_digit(body)


def test_price_barcode_gives_plu_and_amount() -> None:
    reading = read_in_store(ean("210010101234"), PATTERNS)
    assert reading is not None
    assert (reading.plu, reading.amount, reading.grams) == ("00101", Money(1234), None)


def test_weight_barcode_gives_plu_and_grams() -> None:
    reading = read_in_store(ean("220010201500"), PATTERNS)
    assert reading is not None
    assert (reading.plu, reading.amount, reading.grams) == ("00102", None, 1500)


def test_in_store_barcode_with_wrong_check_digit_or_unknown_prefix_is_not_read() -> None:
    right = ean("220010201500")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert read_in_store(wrong, PATTERNS) is None
    assert read_in_store(ean("230010201500"), PATTERNS) is None
    assert read_in_store("69019388", PATTERNS) is None


@pytest.mark.parametrize(
    "pattern", ["3PPPPPPVVVVVC", "2PPPPPVVVVVC", "2VVVVVPPPPPPC", "2PPPPPPVVVVVV"]
)
def test_pattern_of_another_shape_is_refused(pattern: str) -> None:
    with pytest.raises(BugError) as error:
        InStorePattern(pattern, Embedded.PRICE)
    assert error.value.code == "catalogue.bad_in_store_pattern"


def test_pattern_setting_with_unknown_value_kind_is_refused() -> None:
    with pytest.raises(BugError):
        in_store_patterns([{"pattern": "21PPPPPVVVVVC", "embedded": "length"}])


def test_label_price_gives_back_the_weight() -> None:
    assert grams_for(Money(598), Money(598)) == 1000
    assert grams_for(Money(1580), Money(1)) == 1
    with pytest.raises(UserError):
        grams_for(Money(0), Money(10))
    with pytest.raises(UserError):
        grams_for(Money(598), Money(0))
