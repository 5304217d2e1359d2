"""Numbers leased ahead: without a network every order still gets a number of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sync.client.http import PlatformLine
from sync.wire import messages
from sync.wire.refusal import STRANGER, Refusal
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
    reply = line.post("/v1/ranges", messages.RangeRequest(kind, used_to).format())
    if reply.outcome != "ok":
        return {"outcome": reply.outcome, "code": reply.code, "result": {}}
    try:
        answer = messages.RangeAnswer.parse(reply.body)
    except Refusal:
        return {"outcome": "unknown", "code": STRANGER, "result": {}}
    keep(store, answer.ranges, now())
    return {"outcome": "ok", "code": "", "result": answer.format()}


def keep(store: SyncStore, leased: Iterable[messages.NumberRange], at_utc: str) -> None:
    """Keep numbers of the platform.

    Args:
        store: where the ranges are kept.
        leased: as the platform sent them.
        at_utc: UTC time.
    """
    store.add_ranges([NumberRange(item.kind, item.lo, item.hi) for item in leased], at_utc)
