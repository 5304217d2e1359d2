"""What customer displays are told: CD5220 pole displays and LED8N number displays.

Source: CD5220 user manual (manualsdump 170863); LED8N, devices.md §6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from devices.printer.text_layout import char_columns, clean
from terminal.domain.money import Money

INITIALISE: Final = b"\x1b@"
CLEAR: Final = b"\x0c"
_UPPER: Final = b"\x1bQA"
_LOWER: Final = b"\x1bQB"
_CR: Final = b"\r"
_COLUMNS: Final = 20
_DIGITS: Final = 8
TOO_LARGE: Final = "-" * _DIGITS
"""Shown instead of an amount that has more digits than the display."""


class Face(Protocol):
    """Turns what is to be shown into the bytes of one model."""

    def welcome(self) -> bytes:
        """Nobody is being served."""
        ...

    def total(self, total: Money) -> bytes:
        """What there is to pay."""
        ...

    def change(self, received: Money, change: Money) -> bytes:
        """What was given and what comes back."""
        ...


@dataclass(frozen=True, slots=True)
class Cd5220Face:
    """Two lines of 20 columns; a hanzi takes two columns.

    Args:
        hanzi: whether the display has Chinese characters (GBK) in its memory.
    """

    hanzi: bool = True

    def welcome(self) -> bytes:
        """See ``Face.welcome``."""
        return (
            self._lines(("欢迎光临", ""), ("中国邮政", ""))
            if self.hanzi
            else (self._lines(("WELCOME", ""), ("CHINA POST", "")))
        )

    def total(self, total: Money) -> bytes:
        """See ``Face.total``."""
        return self._lines(("应付" if self.hanzi else "TOTAL", total.text), ("", ""))

    def change(self, received: Money, change: Money) -> bytes:
        """See ``Face.change``."""
        words = ("实收", "找零") if self.hanzi else ("RECEIVED", "CHANGE")
        return self._lines((words[0], received.text), (words[1], change.text))

    def _lines(self, upper: tuple[str, str], lower: tuple[str, str]) -> bytes:
        # After a line command the display takes nothing but CLR until it is cleared.
        return b"".join(
            (CLEAR, _UPPER, _display_line(*upper), _CR, _LOWER, _display_line(*lower), _CR)
        )


def _display_line(left: str, right: str) -> bytes:
    """One full line: words at the left, an amount at the right, GBK; never half a hanzi."""
    room = _COLUMNS - len(right)
    shown, used = "", 0
    for char in clean(left):
        columns = char_columns(char)
        if used + columns > room:
            break
        shown, used = shown + char, used + columns
    return (shown + " " * (room - used) + right).encode("gbk", "replace")


@dataclass(frozen=True, slots=True)
class Led8nFace:
    """Eight digits and four lamps: price, total, received, change.

    Args:
        binary_lamps: lamps are numbered by the bytes 0 to 4 and not by the digits ``0`` to ``4``;
            both kinds are sold under the same name.
    """

    binary_lamps: bool = False

    def welcome(self) -> bytes:
        """See ``Face.welcome``."""
        return CLEAR + self._lamp(0)

    def total(self, total: Money) -> bytes:
        """See ``Face.total``."""
        return self._number(total, 2)

    def change(self, received: Money, change: Money) -> bytes:
        """See ``Face.change``; there is room for the change only."""
        return self._number(change, 4)

    def _number(self, amount: Money, lamp: int) -> bytes:
        fits = len(amount.text.replace(".", "")) <= _DIGITS
        return _UPPER + (amount.text if fits else TOO_LARGE).encode() + _CR + self._lamp(lamp)

    def _lamp(self, number: int) -> bytes:
        return b"\x1bs" + (bytes((number,)) if self.binary_lamps else b"%d" % number)


FACES: Final[Mapping[str, Face]] = {
    "cd5220": Cd5220Face(),
    "cd5220-ascii": Cd5220Face(hanzi=False),
    "led8n": Led8nFace(),
    "led8n-binary": Led8nFace(binary_lamps=True),
}
