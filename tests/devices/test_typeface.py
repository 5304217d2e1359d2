"""Characters on paper: every family has a bold look, also one with a single cut."""

from __future__ import annotations

import pytest

from devices.typeface import CELL_DOTS, glyph


def _ink(char: str, *, bold: bool, factor: int = 1) -> int:
    return sum(glyph(char, 2, factor, factor, bold).histogram()[255:])


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("char", ["邮", "镕", "䶮", "𠮷"])
def test_a_bold_character_has_more_ink_than_a_plain_one(char: str, factor: int) -> None:
    assert _ink(char, bold=True, factor=factor) > 1.1 * _ink(char, bold=False, factor=factor)


@pytest.mark.parametrize("bold", [False, True])
def test_a_character_stays_in_its_cell(bold: bool) -> None:
    assert glyph("𠮷", 2, 2, 2, bold).size == (2 * CELL_DOTS, 2 * CELL_DOTS)
    assert glyph("A", 1, 1, 1, bold).size == (CELL_DOTS // 2, CELL_DOTS)
