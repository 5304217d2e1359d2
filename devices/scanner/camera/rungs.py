"""What is done to a part of a picture before it is read again, one thing after the other.

Each rung is a different look; a code made of bars counts only when two looks agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from devices.scanner.camera.decoders import (
    LINEAR,
    MATRIX,
    STACKED,
    Reading,
    read_zbar,
    read_zxing,
)
from devices.scanner.camera.picture import Floats, Grey
from devices.scanner.camera.texture import Patch, PatchKind

cv2.setNumThreads(1)  # the counter beside it needs the other processors

_BAR_DOTS: Final = 520
"""How long a row of bars is made before it is read, in dots."""
_BAR_HEIGHT: Final = 140
_MOST_ENLARGED: Final = 4.0
_MODULE_DOTS: Final = 380
_QUIET: Final = 1.22
"""How much more than the patch is cut out, so that the quiet zone comes with it."""


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture, turned upright and brought to a good size.

    Args:
        grey: the part.
        back: 2 × 3, from its dots to those of the whole picture.
    """

    grey: Grey
    back: Floats

    def placed(self, reading: Reading) -> Reading:
        """A reading with corners in the whole picture."""
        points = np.asarray(reading.corners, dtype=np.float32)
        there = points @ self.back[:, :2].T + self.back[:, 2]
        return Reading(
            reading.symbology, reading.text, tuple((float(x), float(y)) for x, y in there)
        )


@dataclass(frozen=True, slots=True)
class _Frame:
    """How large a patch is cut out, in dots of the cut-out, and its two scales."""

    width: int
    height: int
    scale: float
    squeezed: float


def _frame(patch: Patch, factor: float, stacked: bool) -> _Frame:
    bars = patch.kind is PatchKind.BARS
    fitting = _BAR_DOTS / patch.across if bars else _MODULE_DOTS / max(patch.across, patch.along)
    scale = min(max(fitting * factor, 0.3), _MOST_ENLARGED)
    # Bars say the same all along: there they may be squeezed, and cost less.
    thin = bars and not stacked
    squeezed = min(scale, _BAR_HEIGHT / patch.along) if thin else scale
    width = round((patch.across * _QUIET + 12) * scale)
    height = round(patch.along * squeezed if thin else (patch.along * _QUIET + 12) * scale)
    return _Frame(max(8, width), max(8, height), scale, squeezed)


def dots_of(patch: Patch, rung: Rung) -> int:
    """How many dots a rung reads of a patch."""
    frame = _frame(patch, rung.scale, rung.stacked)
    return frame.width * frame.height


def cut_out(grey: Grey, patch: Patch, rung: Rung) -> View:
    """A patch as a picture of its own, bars upright.

    Args:
        grey: the whole picture.
        patch: what to cut out.
        rung: what it is cut out for.
    """
    frame = _frame(patch, rung.scale, rung.stacked)
    width, height, scale, squeezed = frame.width, frame.height, frame.scale, frame.squeezed
    turn = math.radians(patch.turn_deg)
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = patch.centre
    middle_x, middle_y = width / 2 / scale, height / 2 / squeezed
    back = np.asarray(
        [
            [cos / scale, -sin / squeezed, x - cos * middle_x + sin * middle_y],
            [sin / scale, cos / squeezed, y - sin * middle_x - cos * middle_y],
        ],
        dtype=np.float32,
    )
    part = cv2.warpAffine(
        np.ascontiguousarray(grey),
        back,
        (width, height),
        flags=(cv2.INTER_CUBIC if scale > 1.5 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return View(part.astype(np.uint8), back)


def plain(grey: Grey) -> Grey:
    """As it is."""
    return grey


def contrasted(grey: Grey) -> Grey:
    """The contrast of every place brought out."""
    return cv2.createCLAHE(4.0, (8, 8)).apply(grey).astype(np.uint8)


def sharpened(grey: Grey) -> Grey:
    """Edges that a bad lens has washed out made steep."""
    blurred = cv2.GaussianBlur(grey, (0, 0), 4.0)
    return cv2.addWeighted(grey, 3.0, blurred, -2.0, 0).astype(np.uint8)


def evened(grey: Grey) -> Grey:
    """Shade and reflections divided out."""
    side = max(grey.shape) // 5 | 1
    light = cv2.blur(grey, (side, side))
    return cv2.divide(grey, light, scale=140).astype(np.uint8)


def averaged(grey: Grey) -> Grey:
    """Every bar averaged along its length: noise goes, edges stay."""
    return cv2.blur(grey, (1, max(3, grey.shape[0] // 6))).astype(np.uint8)


def sharpened_average(grey: Grey) -> Grey:
    """Averaged along the bars, sharpened across them."""
    return sharpened(averaged(grey))


def smoothed(grey: Grey) -> Grey:
    """Fine noise taken away."""
    return cv2.GaussianBlur(grey, (0, 0), 1.3).astype(np.uint8)


def inverted(grey: Grey) -> Grey:
    """Light and dark changed over."""
    return cv2.bitwise_not(grey).astype(np.uint8)


def closed(grey: Grey) -> Grey:
    """Thin dark cracks and threads filled."""
    return cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).astype(np.uint8)


Look = Callable[[Grey], Grey]


@dataclass(frozen=True, slots=True)
class Rung:
    """One look at a patch.

    Args:
        name: for the engineer.
        look: what is done to the picture.
        zbar: whether the second reader reads it.
        whole: whether one threshold holds for the whole patch.
        scale: factor on the size that suits the patch.
        stacked: whether PDF417 is looked for, whose rows must not be squeezed.
        strip: of bars, which part of their length: how far from the middle, and how much of it.
        turn_deg: how much further the patch is turned, in degrees.
    """

    name: str
    look: Look
    zbar: bool = False
    whole: bool = False
    scale: float = 1.0
    stacked: bool = False
    strip: tuple[float, float] = (0.0, 1.0)
    turn_deg: float = 0.0

    def part_of(self, patch: Patch) -> Patch:
        """The part of a patch that this rung looks at."""
        away, share = self.strip
        turn = math.radians(patch.turn_deg)
        x, y = patch.centre
        step = away * patch.along
        return replace(
            patch,
            centre=(x - math.sin(turn) * step, y + math.cos(turn) * step),
            along=patch.along * share,
            turn_deg=patch.turn_deg + self.turn_deg,
        )


BAR_RUNGS: Final = (
    Rung("plain", plain),
    Rung("contrast", contrasted, strip=(0.0, 0.5)),
    Rung("sharp", sharpened),
    Rung("large", plain, strip=(0.0, 0.4), scale=1.6),
    Rung("even", evened, scale=0.8),
    Rung("average", averaged),
    Rung("sharp-large", sharpened, strip=(0.0, 0.5), scale=1.5),
    Rung("contrast-large", contrasted, scale=1.5),
    Rung("sharp-average", sharpened_average, scale=1.3),
    Rung("upper", contrasted, strip=(-0.3, 0.35), scale=1.2),
    Rung("lower", contrasted, strip=(0.3, 0.35), scale=1.2),
    Rung("sharp-upper", sharpened, strip=(-0.3, 0.35), scale=1.2),
    Rung("sharp-lower", sharpened, strip=(0.3, 0.35), scale=1.2),
    Rung("stacked", plain, stacked=True),
    Rung("inverse", inverted),
    Rung("left", plain, turn_deg=-4.0, scale=1.2),
    Rung("right", plain, turn_deg=4.0, scale=1.2),
    Rung("even-large", evened, strip=(0.0, 0.5), scale=1.5),
    Rung("zbar", plain, zbar=True, scale=0.6),
    Rung("zbar-contrast", contrasted, zbar=True),
    Rung("zbar-sharp", sharpened_average, zbar=True),
)
MODULE_RUNGS: Final = (
    Rung("even", evened, whole=True),
    Rung("small", plain, scale=0.6),
    Rung("closed", closed, whole=True, scale=0.7),
    Rung("smooth", smoothed, whole=True),
    Rung("contrast", contrasted),
    Rung("large", plain, scale=1.6),
    Rung("smooth-small", smoothed, whole=True, scale=0.4),
)


def read_rung(view: View, rung: Rung, kind: PatchKind) -> list[Reading]:
    """What one look at a patch gives, with corners in the whole picture."""
    seen = rung.look(view.grey)
    if rung.zbar:
        readings = read_zbar(seen)
    elif rung.stacked:
        readings = read_zxing(seen, STACKED, thorough=False, whole_histogram=rung.whole)
    elif kind is PatchKind.BARS:
        readings = read_zxing(seen, LINEAR, thorough=False, whole_histogram=rung.whole)
    else:
        readings = read_zxing(seen, MATRIX, thorough=False, whole_histogram=rung.whole)
    return [view.placed(reading) for reading in readings]
