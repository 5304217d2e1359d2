"""Where in a picture a code may be: cheap, and before any reader is asked a second time.

Bars make many edges that all point one way, to and fro; modules make many that point every way.
Most of what else is on a counter makes neither over an area that is large enough: a contour is one
edge, and it points to one side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from devices.scanner.camera.picture import Floats, Grey

_WIDEST: Final = 640
"""The picture is looked at no larger than that, in dots."""
_BLOCK: Final = 8
"""Side of the squares whose edges are added up, in dots."""
_LEAST_ENERGY: Final = 500.0
_DENSE: Final = 0.2
_TO_AND_FRO: Final = 0.35
_ONE_WAY: Final = 0.55
_FEWEST_BLOCKS: Final = 6
_FILLED: Final = 0.45
_DIRECTIONS: Final = 8
_NEAR: Final = math.cos(1.5 * math.pi / _DIRECTIONS)
_MOST_PATCHES: Final = 4


class PatchKind(StrEnum):
    """What the edges of a patch look like."""

    BARS = "bars"
    MODULES = "modules"


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of the picture that may hold a code.

    Args:
        kind: bars or modules.
        centre: x and y in dots.
        across: length across the bars (modules: width), in dots.
        along: length along the bars (modules: height), in dots.
        turn_deg: direction across the bars, in degrees from the x axis; 0 for modules.
    """

    kind: PatchKind
    centre: tuple[float, float]
    across: float
    along: float
    turn_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class _Edges:
    """What the edges in each block are like.

    Args:
        likely: blocks with many edges, to and fro.
        one_way: share of the energy that points one way, 0 to 1.
        doubled: that direction with its angle doubled, as long as its energy.
        size: side of a block in dots of the picture.
    """

    likely: np.ndarray
    one_way: Floats
    doubled: Floats
    size: float


def find_patches(grey: Grey) -> list[Patch]:
    """Parts of a picture that look like a code, the strongest first.

    Args:
        grey: rows of brightness, 0 to 255.

    Returns:
        At most four of each kind; none when nothing in it looks like a code.
    """
    edges = _edges(grey)
    return _bars(edges) + _modules(edges)


def _edges(grey: Grey) -> _Edges:
    scale = min(1.0, _WIDEST / max(grey.shape))
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    blocks = (max(1, small.shape[1] // _BLOCK), max(1, small.shape[0] // _BLOCK))
    x, y = (part.astype(np.float32) for part in cv2.spatialGradient(small))
    xx, yy = x * x, y * y
    layers = cv2.merge((xx, yy, x * y, cv2.sqrt(xx + yy)))
    signs = cv2.merge((x, y))
    mean = cv2.blur(cv2.resize(layers, blocks, interpolation=cv2.INTER_AREA), (3, 3))
    side = cv2.blur(cv2.resize(signs, blocks, interpolation=cv2.INTER_AREA), (3, 3))
    mean, side = mean.reshape(blocks[1], blocks[0], 4), side.reshape(blocks[1], blocks[0], 2)
    energy = mean[..., 0] + mean[..., 1] + np.float32(1e-3)
    length = mean[..., 3]
    dense = length * length > _DENSE * energy
    to_and_fro = np.hypot(side[..., 0], side[..., 1]) < _TO_AND_FRO * length
    doubled = np.dstack((mean[..., 0] - mean[..., 1], 2 * mean[..., 2]))
    one_way = np.hypot(doubled[..., 0], doubled[..., 1]) / energy
    likely = (energy > _LEAST_ENERGY) & dense & to_and_fro
    return _Edges(likely, one_way, doubled, small.shape[1] / blocks[0] / scale)


def _bars(edges: _Edges) -> list[Patch]:
    """Areas whose edges all point one way; each direction is looked for by itself."""
    mask = edges.likely & (edges.one_way > _ONE_WAY)
    length = np.hypot(edges.doubled[..., 0], edges.doubled[..., 1])
    found: list[tuple[float, Patch]] = []
    for step in range(_DIRECTIONS):
        turn = step * 2 * math.pi / _DIRECTIONS
        towards = edges.doubled @ np.asarray((math.cos(turn), math.sin(turn)), np.float32)
        for rows, columns in _areas(mask & (towards > _NEAR * length)):
            patch = _upright(edges, rows, columns)
            if patch is not None:
                found.append((len(rows) * patch.across, patch))
    return _strongest(found)


def _upright(edges: _Edges, rows: np.ndarray, columns: np.ndarray) -> Patch | None:
    """The turned rectangle around an area of bars, when it fills one."""
    size = edges.size
    mean = edges.doubled[rows, columns].sum(axis=0)
    turn = math.atan2(float(mean[1]), float(mean[0])) / 2
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = (columns + 0.5) * size, (rows + 0.5) * size
    (u0, u1), (v0, v1) = _span(x * cos + y * sin), _span(y * cos - x * sin)
    across, along = u1 - u0 + size, v1 - v0 + size
    if across < _FEWEST_BLOCKS * size or len(rows) * size * size < _FILLED * across * along:
        return None
    middle, level = (u0 + u1) / 2, (v0 + v1) / 2
    centre = (middle * cos - level * sin, middle * sin + level * cos)
    return Patch(PatchKind.BARS, centre, across, along, math.degrees(turn))


def _span(line: np.ndarray) -> tuple[float, float]:
    """From where to where, a few stray blocks left out."""
    line = np.sort(line)
    stray = len(line) // 50
    return float(line[stray]), float(line[-1 - stray])


def _modules(edges: _Edges) -> list[Patch]:
    """Areas whose edges point every way and that fill a rectangle."""
    found: list[tuple[float, Patch]] = []
    for rows, columns in _areas(edges.likely):
        mixed = float((edges.one_way[rows, columns] < _ONE_WAY).mean())
        left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
        width, height = int(right - left + 1), int(bottom - top + 1)
        if mixed < 0.3 or len(rows) < _FILLED * width * height:
            continue
        centre = ((left + right + 1) / 2 * edges.size, (top + bottom + 1) / 2 * edges.size)
        patch = Patch(PatchKind.MODULES, centre, width * edges.size, height * edges.size)
        found.append((mixed * len(rows), patch))
    return _strongest(found)


def _areas(mask: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows and columns of the blocks of every connected area that is not tiny."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    sizes = stats[:, cv2.CC_STAT_AREA]
    large = [n for n in range(1, count) if sizes[n] >= _FEWEST_BLOCKS]
    large.sort(key=lambda n: -int(sizes[n]))
    places = (np.nonzero(labels == n) for n in large[:_MOST_PATCHES])
    return [(rows, columns) for rows, columns in places]


def _strongest(found: list[tuple[float, Patch]]) -> list[Patch]:
    """The best ones, each place once."""
    kept: list[Patch] = []
    for _, patch in sorted(found, key=lambda item: -item[0]):
        if len(kept) < _MOST_PATCHES and not any(_same_place(patch, one) for one in kept):
            kept.append(patch)
    return kept


def _same_place(one: Patch, other: Patch) -> bool:
    apart = math.dist(one.centre, other.centre)
    turned = abs((one.turn_deg - other.turn_deg + 90) % 180 - 90)
    return apart < min(one.across, other.across) / 4 and turned < 25
