"""Digits of a scale as whole grams, without a float."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,5}))?")
_PER_UNIT: Final = {"kg": 1000, "g": 1}


def grams_of(number: str, unit: str) -> int | None:
    """Whole grams, half a gram rounded up.

    Args:
        number: ``1.250``, without sign.
        unit: ``kg`` or ``g``.

    Returns:
        Grams, or None for another unit or no number.
    """
    match = _NUMBER.fullmatch(number)
    factor = _PER_UNIT.get(unit)
    if match is None or factor is None:
        return None
    fraction = match[2] or ""
    scale: int = 10 ** len(fraction)
    return (int(match[1] + fraction) * factor * 2 + scale) // (2 * scale)
