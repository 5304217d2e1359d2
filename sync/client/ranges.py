"""Numbers leased ahead: without a network every order still gets a number of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sync.client.http import PlatformLine
from terminal.store.sync_records import NumberRange
from terminal.store.sync_store import SyncStore


def lease(
    line: PlatformLine, store: SyncStore, kind: str, used_to: int, now: Callable[[], str]
) -> dict[str, Any]:
    """Ask for more numbers and keep them.

    A lost answer may cost a range, never give one twice: the platform leases forward only.

    Args:
        line: the line to the platform.
        store: where the ranges are kept.
        kind: ``order`` …
        used_to: highest number used so far, 0 for none.
        now: UTC time.

    Returns:
        ``outcome``, ``result`` with ``ranges`` and ``code``.
    """
    reply = line.post("/v1/ranges", {"kind": kind, "used_to": used_to})
    if reply.outcome != "ok":
        return {"outcome": reply.outcome, "code": reply.code, "result": {}}
    ranges = read_ranges(reply.body.get("ranges"))
    if ranges is None:
        return {"outcome": "unknown", "code": "platform.bad_answer", "result": {}}
    store.add_ranges(ranges, now())
    listed = [{"kind": item.kind, "lo": item.lo, "hi": item.hi} for item in ranges]
    return {"outcome": "ok", "code": "", "result": {"ranges": listed}}


def read_ranges(value: object) -> list[NumberRange] | None:
    """Read the ranges of an answer.

    Args:
        value: ``[{"kind", "lo", "hi"}]``.

    Returns:
        The ranges, or None when one has another shape or runs backwards.
    """
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes)):
        return None
    ranges: list[NumberRange] = []
    for item in value:
        if not isinstance(item, dict):
            return None
        kind, lo, hi = item.get("kind"), item.get("lo"), item.get("hi")
        if not (isinstance(kind, str) and type(lo) is int and type(hi) is int and 0 < lo <= hi):
            return None
        ranges.append(NumberRange(kind, lo, hi))
    return ranges
