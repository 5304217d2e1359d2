"""Strict reading of JSON fields. Unknown fields are ignored, wrong ones are named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sync.wire.refusal import Refusal
from terminal.domain.canonical import MAX_SAFE_INTEGER, Json, JsonObject

LABEL: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")
HASH: Final = re.compile(r"[0-9a-f]{64}")
SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


def malformed(field: str) -> Refusal:
    """The refusal of a message whose ``field`` is missing or has another shape."""
    return Refusal(422, "wire.malformed", {"field": field})


def as_object(value: Json, field: str) -> JsonObject:
    """The value, when it is a JSON object.

    Raises:
        Refusal: ``wire.malformed``.
    """
    if not isinstance(value, dict):
        raise malformed(field)
    return value


def text(data: Mapping[str, Json], field: str, shape: re.Pattern[str] | None = None) -> str:
    """A text field of at most 16,384 characters.

    Raises:
        Refusal: ``wire.malformed`` when it is missing, no text, too long or not of the shape.
    """
    value = data.get(field)
    if not isinstance(value, str) or len(value) > 16_384:
        raise malformed(field)
    if shape is not None and not shape.fullmatch(value):
        raise malformed(field)
    return value


def whole(data: Mapping[str, Json], field: str, *, lo: int = 0, hi: int = MAX_SAFE_INTEGER) -> int:
    """A whole number from ``lo`` to ``hi``.

    Raises:
        Refusal: ``wire.malformed``.
    """
    value = data.get(field)
    if type(value) is not int or not lo <= value <= hi:
        raise malformed(field)
    return value


def rows(data: Mapping[str, Json], field: str, *, limit: int) -> list[Json]:
    """A list of at most ``limit`` values.

    Raises:
        Refusal: ``wire.malformed``; ``wire.too_many`` (413) with ``limit``.
    """
    value = data.get(field)
    if not isinstance(value, list):
        raise malformed(field)
    if len(value) > limit:
        raise Refusal(413, "wire.too_many", {"limit": limit})
    return value


def share(data: Mapping[str, Json], field: str) -> float:
    """A probability from 0 to 1, 0 when absent.

    Raises:
        Refusal: ``wire.malformed``.
    """
    value: object = data.get(field, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise malformed(field)
    return float(value)
