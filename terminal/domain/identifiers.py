"""Identifiers made on the terminal: intents, baskets, order numbers."""

from __future__ import annotations

import os
import time
import uuid


def new_uuid7(now_ms: int | None = None) -> str:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits.

    Args:
        now_ms: Unix time in milliseconds; the wall clock when omitted. Uniqueness never rests on
            it.

    Returns:
        The canonical 36-character lower-case text. Source: RFC 9562 §5.7.
    """
    stamp = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    value = (stamp & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return str(uuid.UUID(int=value | 0x7 << 76 | 0x2 << 62))


def order_number(outlet_code: str, terminal_no: int, number: int) -> str:
    """The order number printed and searched for: outlet, terminal, serial of the terminal.

    Args:
        outlet_code: platform code of the outlet, digits.
        terminal_no: 1 to 99.
        number: from the leased range, >= 1.

    Returns:
        For example ``61020303-02-000042``; never reused, gap-free per terminal.
    """
    return f"{outlet_code}-{terminal_no:02d}-{number:06d}"
