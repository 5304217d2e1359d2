"""Scales that say a weight in words: MT-SICS, and the format of A&D that CAS knows as 22 bytes.

Neither has a sum. What stands before a whole sentence in the same line is noise.

Source: MT-SICS reference manual; A&D and CAS CI manuals, devices.md §6.
"""

from __future__ import annotations

import re
from typing import Final

from devices.scale.grams import grams_of
from devices.scale.scale_parser import ScaleLineParser
from terminal.ports.scale import Weight

_SICS: Final = re.compile(r"(?:S ([SD]) +(-?)([0-9.]+) (k?g)|S ([I+-]))\r\n$")
_A_AND_D: Final = re.compile(
    r"(?:(ST|US)(?:,(GS|NT))?,(?:.{2},|.,.,)?([+-]?) *([0-9.]+) *(k?g)|(OL),.{0,18})\r\n$"
)


def _signed(grams: int, sign: str, *, stable: bool, net: bool = False) -> Weight:
    negative = sign == "-" and grams > 0
    return Weight(-grams if negative else grams, stable, net=net, under=negative)


class MtSicsParser(ScaleLineParser):
    """Splits the answers to ``SI`` into weights."""

    def _weigh(self, frame: bytes) -> Weight | None:
        match = _SICS.search(frame.decode())
        if match is None:
            return None
        state, sign, number, unit, trouble = match.groups()
        if trouble:
            return Weight(0, stable=False, over=trouble == "+", under=trouble == "-")
        grams = grams_of(number, unit)
        return None if grams is None else _signed(grams, sign, stable=state == "S")


class AAndDParser(ScaleLineParser):
    """Splits the stream of an A&D scale, or of a CAS scale set to 22 bytes, into weights."""

    def _is_sound(self, frame: bytes) -> bool:
        return True  # the lamp byte of CAS has its top bit set

    def _weigh(self, frame: bytes) -> Weight | None:
        match = _A_AND_D.search(frame.decode("latin-1"))
        if match is None:
            return None
        state, kind, sign, number, unit, over = match.groups()
        if over:
            return Weight(0, stable=False, over=True)
        grams = grams_of(number, unit)
        if grams is None:
            return None
        return _signed(grams, sign, stable=state == "ST", net=kind == "NT")
