"""Codes out of a picture: the first reader, then a ladder of looks at what may be a code.

It stops at the first code that is confirmed, and at once where nothing in the picture looks like
one. What is spent beyond the first reader is measured, so a live frame takes less than twice as
long as zxing-cpp alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from devices.scanner.camera.decoders import LINEAR, MATRIX, Reading, read_zxing
from devices.scanner.camera.picture import Grey
from devices.scanner.camera.rungs import (
    BAR_RUNGS,
    MODULE_RUNGS,
    Rung,
    cut_out,
    dots_of,
    read_rung,
)
from devices.scanner.camera.texture import Patch, PatchKind, find_patches

_FRAME_DOTS: Final = 600_000
"""From here on a picture counts as a live frame that has to keep pace."""
_SMALL_DOTS: Final = 150_000
_STILL_LOOKS: Final = 150
"""So many looks a small still picture is worth: the whole ladder on every patch."""
_FRAME_LOOKS: Final = 4
"""So many a live frame gets however fast the first reader was."""
_FRAME_SHARE: Final = 0.7
"""What it may cost on a live frame, as a share of what the first reader took."""
_OF_FIRST: Final = 0.3
"""What a dot of a patch costs, as a share of what it cost the first reader."""
_OF_FIRST_BY_ZBAR: Final = 3.0
WEAK: Final = frozenset({"UPC-E", "EAN-8", "ITF", "Code 39"})
"""A part of a longer code passes for one of these too easily."""
ENOUGH: Final = 2


@dataclass(slots=True)
class Votes:
    """What the looks at bars said so far."""

    cast: dict[tuple[str, str], int] = field(default_factory=dict)
    where: dict[tuple[str, str], Reading] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        """One look saw it."""
        key = (reading.symbology, reading.text)
        self.cast[key] = self.cast.get(key, 0) + 1
        self.where.setdefault(key, reading)

    def winner(self) -> Reading | None:
        """The text that enough looks agree on, more than on any other, and no part of one."""
        whole = [item for item in self.cast.items() if not self._is_part(*item[0])]
        if not whole:
            return None
        ranked = sorted(whole, key=lambda item: -item[1])
        (key, votes), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
        return self.where[key] if votes >= ENOUGH and votes > second else None

    def _is_part(self, symbology: str, text: str) -> bool:
        """A row of ITF cut short reads as a shorter one, as often as one likes."""
        return any(
            kind == symbology and text != longer and text in longer for kind, longer in self.cast
        )


def read_picture(grey: Grey, *, begin: int = 0) -> list[Reading]:
    """The codes in a picture, each confirmed.

    Args:
        grey: rows of brightness, 0 to 255.
        begin: the rung to begin with; a camera counts it up, so that what one frame has no time
            for is done in the next.

    Returns:
        Each code once. Codes with error correction are believed as they are; of codes made of
        bars two looks must agree, and the first reader's word counts as two unless the kind of
        code is a weak one.
    """
    started = time.perf_counter()
    first = read_zxing(grey, (*LINEAR, *MATRIX), thorough=True)
    sure = [r for r in first if not r.linear or r.symbology not in WEAK]
    if sure:
        return _each_once(sure)
    purse = _Purse(grey, time.perf_counter() - started)
    return _climb(grey, first, purse, begin)


class _Purse:
    """What a ladder may still cost: some looks always, more while a live frame keeps pace.

    Args:
        grey: the picture.
        first_s: what the first reader took for all of it.
    """

    def __init__(self, grey: Grey, first_s: float) -> None:
        still = (_FRAME_DOTS - grey.size) / (_FRAME_DOTS - _SMALL_DOTS)
        self._looks = _FRAME_LOOKS + round(_STILL_LOOKS * min(1.0, max(0.0, still)))
        self._end = time.perf_counter() + first_s * _FRAME_SHARE
        self._dot_s = first_s / grey.size

    def allows(self, dots: float) -> bool:
        """Whether there is room for one more look, at that many dots."""
        self._looks -= 1
        return self._looks >= 0 or time.perf_counter() + dots * self._dot_s <= self._end


def _climb(grey: Grey, first: list[Reading], purse: _Purse, begin: int) -> list[Reading]:
    votes = Votes()
    for reading in first:
        votes.add(reading)
    # What the first reader saw by itself comes last: it may have seen only a part of the bars.
    seen = [_around(reading) for reading in first]
    looks = chain(_order(find_patches(grey), begin), _order(seen, begin))
    for patch, rung in looks:
        part = rung.part_of(patch)
        if not purse.allows(_cost(part, rung)):
            continue
        view = cut_out(grey, part, rung)
        for reading in read_rung(view, rung, patch.kind):
            if not reading.linear:
                return [reading]
            votes.add(reading)
        if (winner := votes.winner()) is not None:
            return [winner]
    return []


def _around(reading: Reading) -> Patch:
    """The place of bars that the first reader saw."""
    (left, top), (right, end), *_ = reading.corners
    xs, ys = zip(*reading.corners, strict=True)
    centre = (sum(xs) / len(xs), sum(ys) / len(ys))
    across, turn = math.dist((left, top), (right, end)), math.atan2(end - top, right - left)
    along = max(math.dist(reading.corners[0], reading.corners[3]), across / 8)
    return Patch(PatchKind.BARS, centre, across, along, math.degrees(turn))


def _cost(patch: Patch, rung: Rung) -> float:
    return dots_of(patch, rung) * (_OF_FIRST_BY_ZBAR if rung.zbar else _OF_FIRST)


def _order(patches: list[Patch], begin: int) -> Iterator[tuple[Patch, Rung]]:
    """The first rung of every patch, then the second: what is likely comes before what is rare."""
    for step in range(max(len(BAR_RUNGS), len(MODULE_RUNGS))):
        for patch in patches:
            rungs = BAR_RUNGS if patch.kind is PatchKind.BARS else MODULE_RUNGS
            if step < len(rungs):
                yield patch, rungs[(begin + step) % len(rungs)]


def _each_once(readings: list[Reading]) -> list[Reading]:
    return list({(r.symbology, r.text): r for r in reversed(readings)}.values())[::-1]
