"""Check digits against published numbers."""

from __future__ import annotations

from datetime import date

import pytest

from terminal.domain.checks import (
    gtin_check_digit,
    is_gtin,
    is_luhn,
    is_resident_id,
    is_s10,
)
from tests.helpers.catalogue import demo_items

TODAY = date(2026, 11, 21)


def test_every_demo_barcode_has_a_right_check_digit() -> None:
    barcodes = [row["gtin"] for row in demo_items() if row["gtin"]]
    assert len(barcodes) == 60
    assert [code for code in barcodes if not is_gtin(code)] == []


@pytest.mark.parametrize("code", ["69019388", "036000291452", "6921168509256", "10614141000415"])
def test_gtins_of_all_lengths_pass_and_any_changed_digit_fails(code: str) -> None:
    assert is_gtin(code)
    for place, digit in enumerate(code):
        wrong = code[:place] + str((int(digit) + 1) % 10) + code[place + 1 :]
        assert not is_gtin(wrong)


@pytest.mark.parametrize("text", ["", "0000000000000", "692116850925", "٦٩٠١٩٣٨٨", "6901938²"])
def test_what_only_looks_like_a_gtin_fails(text: str) -> None:
    assert not is_gtin(text)


def test_gtin_check_digit_of_ten_is_zero() -> None:
    assert gtin_check_digit("000000000039") == "0"
    assert gtin_check_digit("0000000") == "0"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("RA473124829CN", True),
        ("EA123456785CN", True),
        ("RA473124828CN", False),
        ("RA47312482CN", False),
        ("ra473124829cn", False),
    ],
)
def test_s10_vectors(text: str, right: bool) -> None:
    assert is_s10(text) is right


def test_s10_remainders_ten_and_eleven_become_zero_and_five() -> None:
    def check(serial: str) -> list[int]:
        return [d for d in range(10) if is_s10(f"RR{serial}{d}CN")]

    assert check("00000000") == [5]
    # weight 4 x 3 = 12, 12 mod 11 = 1, 11 - 1 = 10 -> 0
    assert check("00300000") == [0]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("11010519491231002X", True),
        ("110105194912310021", False),
        ("110105194913310023", False),
        ("11010520991231002X", False),
        ("00010519491231002X", False),
        ("1101051949123100", False),
    ],
)
def test_resident_id_needs_area_date_and_check(text: str, right: bool) -> None:
    assert is_resident_id(text, TODAY) is right


def test_resident_id_born_tomorrow_fails() -> None:
    assert not is_resident_id("11010519491231002X", date(1949, 12, 30))


@pytest.mark.parametrize(
    ("text", "right"),
    [("79927398713", True), ("79927398710", False), ("4111111111111111", True), ("0000", False)],
)
def test_luhn_vectors(text: str, right: bool) -> None:
    assert is_luhn(text) is right
