"""Asking the platform what the other terminals of the outlet booked about a business day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.client.http import PlatformLine
from sync.wire.outlet_days import OutletDay
from sync.wire.refusal import STRANGER, Refusal


def outlet_day(line: PlatformLine, params: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for a day.

    Args:
        line: the line to the platform.
        params: ``business_date``.

    Returns:
        ``outcome``, ``code`` and ``result``: the answer; whoever keeps the books proves it.
    """
    reply = line.get(f"/v1/outlet-days/{params['business_date']}")
    if reply.outcome != "ok":
        return {"outcome": reply.outcome, "code": reply.code, "result": {}}
    try:
        told = OutletDay.parse(reply.body)
    except Refusal:
        return {"outcome": "unknown", "code": STRANGER, "result": {}}
    return {"outcome": "ok", "code": "", "result": told.format()}
