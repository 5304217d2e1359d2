"""Numbers leased ahead: without a network every order still gets a number of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.client.http import PlatformLine
from sync.wire import messages
from sync.wire.refusal import STRANGER, Refusal
from terminal.store.sync_records import NumberRange
from terminal.store.sync_store import SyncStore

_OPEN_REQUEST = "lease.request."
"""Begin of the state that keeps which request of a kind has no answer yet."""


def lease(
    line: PlatformLine, store: SyncStore, kind: str, used_to: int, now: Callable[[], str]
) -> dict[str, Any]:
    """Ask for numbers that nobody can have used, whatever was asked for before, and keep them.

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
    return _ask(line, store, messages.RangeRequest(kind, used_to), now)


def refill(
    line: PlatformLine, store: SyncStore, params: Mapping[str, Any], now: Callable[[], str]
) -> dict[str, Any]:
    """Ask for more numbers, or more time; the same request again until its answer is here.

    Args:
        line: the line to the platform.
        store: where the ranges and the open request are kept.
        params: ``kind`` and ``used_to``, and where they are known ``held_to`` and ``renews``.
        now: UTC time.

    Returns:
        See ``lease``.

    Raises:
        KeyError: a parameter is missing; nothing was sent.
    """
    kind, used_to = str(params["kind"]), int(params["used_to"])
    held_to = max(int(params.get("held_to", 0)), store.highest_lease(kind))
    open_request = f"{_OPEN_REQUEST}{kind}"
    # On disk before it is sent: after a kill or a lost answer it is the same request.
    request_id = store.state(open_request) or uuid.uuid4().hex
    store.put_state({open_request: request_id})
    request = messages.RangeRequest(
        kind, used_to, held_to, int(params.get("renews", 0)), request_id
    )
    reply = _ask(line, store, request, now)
    if reply["outcome"] == "ok":
        store.put_state({open_request: ""})
    return reply


def _ask(
    line: PlatformLine,
    store: SyncStore,
    request: messages.RangeRequest,
    now: Callable[[], str],
) -> dict[str, Any]:
    reply = line.post("/v1/ranges", request.format())
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
    kept = [NumberRange(item.kind, item.lo, item.hi, item.expires_at) for item in leased]
    store.add_ranges(kept, at_utc)
