"""Toledo scales: 8217 (asked with ``W``) and continuous output.

Source: devices.md §6. Of the status byte of 8217 only bits 0 to 2 are judged: motion, over, under
zero. Scales disagree about the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from devices.scale.grams import grams_of
from devices.scale.scale_parser import ScaleParser, monotonic_ms
from terminal.ports.scale import Weight

STX: Final = 0x02
CR: Final = 0x0D
_LONGEST_8217: Final = 9
_WEIGHT_8217: Final = re.compile(rb"\x02([0-9]{2}\.[0-9]{3})(N?)\r")
_STATUS_8217: Final = re.compile(rb"\x02\?([\x00-\x7f])\r", re.DOTALL)
_BAD_PARITY: Final = 0xFF


def with_even_parity(data: bytes) -> bytes:
    """Seven-bit bytes as an eight-bit port must send them to a 7E1 scale."""
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in data)


def _without_parity(byte: int) -> int:
    return _BAD_PARITY if byte.bit_count() & 1 else byte & 0x7F


class Toledo8217Parser(ScaleParser):
    """Splits a stream of 8217 answers into weights.

    Args:
        now_ms: the clock, in milliseconds.
        even_parity: whether the top bit of every byte is the parity bit: a 7E1 scale on a port set
            to 8N1 looks so, and then a byte with one wrong bit is seen. False for bytes from a port
            that has taken the parity away.
    """

    def __init__(
        self, now_ms: Callable[[], int] = monotonic_ms, *, even_parity: bool = False
    ) -> None:
        super().__init__(now_ms)
        self._even_parity = even_parity

    def feed(self, data: bytes) -> list[Weight]:
        """See ``FrameParser.feed``."""
        return super().feed(bytes(map(_without_parity, data)) if self._even_parity else data)

    def _length(self, pending: bytearray) -> int | None:
        # A status byte may itself look like STX or CR.
        again = pending.find(STX, 3 if pending[1:2] == b"?" else 1)
        end = pending.find(CR, 3)
        if pending[0] != STX or (0 < again < end):
            return None
        if end > 0:
            return end + 1
        return None if again > 0 or len(pending) >= _LONGEST_8217 else 0

    def _is_sound(self, frame: bytes) -> bool:
        return frame.isascii()

    def _weigh(self, frame: bytes) -> Weight | None:
        if (match := _WEIGHT_8217.fullmatch(frame)) is not None:
            grams = grams_of(match[1].decode(), "kg")
            return None if grams is None else Weight(grams, stable=True, net=match[2] == b"N")
        if (match := _STATUS_8217.fullmatch(frame)) is not None:
            bits = match[1][0]
            return Weight(0, stable=False, over=bool(bits & 2), under=bool(bits & 4))
        return None


_LENGTH: Final = 18
_TENTHS_OF_GRAM: Final = {2: 10_000, 3: 1_000, 4: 100, 5: 10, 6: 1}
"""Last digit of the number by the decimal point bits, in tenths of a gram, for kilograms."""
_FIXED: Final = 0x20


class ToledoContinuousParser(ScaleParser):
    """Splits continuous output into weights.

    ``STX A B C weight(6) tare(6) CR sum``; the low seven bits of all bytes add up to 0.
    """

    def _length(self, pending: bytearray) -> int | None:
        return _LENGTH if pending[0] == STX else None

    def _is_sound(self, frame: bytes) -> bool:
        # The sum does not cover the top bits, so they must be clear.
        return frame.isascii() and sum(frame) & 0x7F == 0 and frame[16] == CR

    def _weigh(self, frame: bytes) -> Weight | None:
        a, b, c = frame[1:4]
        unit = _TENTHS_OF_GRAM.get(a & 7)
        kilograms = b & 0x10 and not c & 7
        numbers = [frame[at : at + 6].decode().replace(" ", "0") for at in (4, 10)]
        digits = all(number.isdigit() for number in numbers)
        if not (unit and kilograms and digits and a & b & c & _FIXED):
            return None
        grams, tare = ((int(number) * unit + 5) // 10 for number in numbers)
        over, negative = bool(b & 4), bool(b & 2) and grams > 0
        return Weight(
            -grams if negative else grams,
            stable=not b & 8 and not over,
            net=bool(b & 1),
            tare_grams=tare,
            over=over and not negative,
            under=negative,
        )
