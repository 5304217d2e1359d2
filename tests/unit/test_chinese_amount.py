"""Amounts in words, checked by a reader of words written for the test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.chinese_amount import chinese_amount
from terminal.domain.errors import BugError
from terminal.domain.money import MAX_FEN

DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
FEN = {"元": 100, "角": 10, "分": 1}


def read_amount(words: str) -> int:
    """The amount that words say, in fen; reads left to right as a person does."""
    sign = -1 if words.startswith("负") else 1
    total, group, digit, fen = 0, 0, 0, 0
    for char in words.removeprefix("负"):
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in PLACES:
            group += digit * PLACES[char]
            digit = 0
        elif char in ("万", "亿"):
            total = (total + group + digit) * (10_000 if char == "万" else 10**8)
            fen, total = fen + total, 0
            group = digit = 0
        elif char == "元":
            fen = (fen + total + group + digit) * 100
            total = group = digit = 0
        elif char in FEN:
            fen += digit * FEN[char]
            digit = 0
        else:
            assert char == "整", char
    return sign * fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (10, "壹角整"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (12345, "壹佰贰拾叁元肆角伍分"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1680_32, "壹仟陆佰捌拾元叁角贰分"),
        (107000_53, "壹拾万柒仟元伍角叁分"),
        (164_09_02, "壹万陆仟肆佰零玖元零贰分"),
        (1000100_00, "壹佰万零壹佰元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (-12345, "负壹佰贰拾叁元肆角伍分"),
        (MAX_FEN, "壹仟亿元整"),
    ],
)
def test_amount_in_words_follows_the_rules_of_the_central_bank(fen: int, words: str) -> None:
    assert chinese_amount(fen) == words


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_words_read_back_are_the_amount(fen: int) -> None:
    words = chinese_amount(fen)
    assert read_amount(words) == fen
    assert "零零" not in words
    assert not {"零元", "零万", "零亿"} & {words[at : at + 2] for at in range(1, len(words))}


def test_reader_of_words_sees_a_wrong_amount() -> None:
    assert read_amount("壹佰元整") != read_amount("壹仟元整")


def test_amount_beyond_money_is_a_bug() -> None:
    with pytest.raises(BugError, match="out_of_range"):
        chinese_amount(MAX_FEN + 1)
