"""An amount stays on one line, with its sign and its currency, however narrow the place."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QTextLayout, QTextOption

from ui.common.figures import moved, plain, yuan

AMOUNTS = (
    yuan("-1234567.50"),
    yuan("0.50"),
    plain("-1234.50"),
    moved(yuan("1234.50"), comes_in=True),
    moved(plain("12.00"), comes_in=False),
)


def lines(text: str) -> list[str]:
    """How a text is broken where only one character has room."""
    layout, option = QTextLayout(text), QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    shown = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(1)
        shown.append(text[line.textStart() : line.textStart() + line.textLength()].strip())
    layout.endLayout()
    return shown


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_never_broken_over_two_lines(qapp: QGuiApplication, amount: str) -> None:
    assert lines(f"Short by {amount} at the till") == ["Short", "by", amount, "at", "the", "till"]


def test_a_thin_space_and_a_bare_minus_would_break(qapp: QGuiApplication) -> None:
    assert lines("−¥\u20091\u2009234.50") == ["−", "¥", "1", "234.50"]


def test_what_is_shown_is_the_amount() -> None:
    shown = [amount.translate({0x202F: " ", 0xA0: " ", 0x2060: None}) for amount in AMOUNTS]
    assert shown == ["−¥ 1 234 567.50", "¥ 0.50", "−1 234.50", "+ ¥ 1 234.50", "− 12.00"]
