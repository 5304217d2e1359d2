"""A scale without hardware: says what lies on it in any of the dialects.

Written from the manuals; it shares no code with the parsers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from terminal.ports.scale import Weight


def _digits(grams: int) -> str:
    kilograms, rest = divmod(abs(grams), 1000)
    return f"{kilograms:02d}.{rest:03d}"


def cas_frame(weight: Weight) -> bytes:
    """CAS and OS2, in kilograms."""
    sign = "F" if weight.over else "-" if weight.grams < 0 else " "
    body = f"{'S' if weight.stable else 'U'}{sign}{_digits(weight.grams)}kg".encode()
    check = 0
    for byte in body:
        check ^= byte
    return b"\x01\x02" + body + bytes((check, 3, 4))


def toledo_8217_frame(weight: Weight) -> bytes:
    """Toledo 8217, seven bits."""
    status = (not weight.stable) | weight.over << 1 | weight.under << 2
    if weight.over or weight.under or not weight.stable:
        return b"\x02?" + bytes((0x60 | status,)) + b"\r"
    return b"\x02" + _digits(weight.grams).encode() + b"N" * weight.net + b"\r"


def toledo_8217_7e1_frame(weight: Weight) -> bytes:
    """Toledo 8217 with the parity bit on top."""
    return bytes(b | 0x80 if bin(b).count("1") % 2 else b for b in toledo_8217_frame(weight))


def toledo_continuous_frame(weight: Weight) -> bytes:
    """Toledo continuous output, kilograms with three decimals."""
    status = weight.net | (weight.grams < 0) << 1 | weight.over << 2 | (not weight.stable) << 3
    numbers = f"{abs(weight.grams):6d}{weight.tare_grams:06d}".encode()
    body = bytes((2, 0x2D, 0x30 | status, 0x20)) + numbers + b"\r"
    return body + bytes((-sum(body) & 0x7F,))


def mt_sics_frame(weight: Weight) -> bytes:
    """MT-SICS, in grams."""
    if weight.over or weight.under:
        return b"S +\r\n" if weight.over else b"S -\r\n"
    return f"S {'S' if weight.stable else 'D'} {weight.grams:10d} g\r\n".encode()


def a_and_d_frame(weight: Weight) -> bytes:
    """A&D, and CAS with 22 bytes: device 1, lamp byte with its top bit set."""
    if weight.over:
        return b"OL,GS,1\x80,        kg\r\n"
    header = f"{'ST' if weight.stable else 'US'},{'NT' if weight.net else 'GS'},1"
    sign = "-" if weight.grams < 0 else "+"
    return header.encode() + b"\x80," + f"{sign} {_digits(weight.grams)} kg\r\n".encode()


SAYINGS: Final[dict[str, tuple[Callable[[Weight], bytes], bytes]]] = {
    "cas": (cas_frame, b""),
    "toledo-8217": (toledo_8217_frame, b"W"),
    "toledo-8217-7e1": (toledo_8217_7e1_frame, b"\xd7"),
    "toledo-continuous": (toledo_continuous_frame, b""),
    "mt-sics": (mt_sics_frame, b"SI\r\n"),
    "a-and-d": (a_and_d_frame, b""),
}
"""Frame and question of each dialect; without a question it streams."""

EMPTY: Final = Weight(0, stable=True)


class VirtualScale:
    """The machine behind a line.

    Args:
        dialect: one of ``SAYINGS``.
        weight: what lies on it; may be changed at any time.
    """

    def __init__(self, dialect: str, weight: Weight = EMPTY) -> None:
        self.weight = weight
        self._frame, self._question = SAYINGS[dialect]
        self._heard = b""

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``."""
        if not self._question:
            return []
        self._heard += data
        times = self._heard.count(self._question)
        self._heard = self._heard.rsplit(self._question, 1)[-1][-len(self._question) :]
        return [self._frame(self.weight)] * times

    def quiet(self) -> list[bytes]:
        """See ``Machine.quiet``."""
        return [] if self._question else [self._frame(self.weight)]
