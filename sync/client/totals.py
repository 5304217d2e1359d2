"""Asking the platform what its books say of a stretch of our journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.client.http import PlatformLine
from sync.wire.refusal import STRANGER, Refusal
from sync.wire.totals import MOST_ROWS, JournalTotals


def journal_totals(
    line: PlatformLine, terminal_id: str, params: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask for the sums and for every entry.

    Args:
        line: the line to the platform.
        terminal_id: who asks.
        params: ``from_seq`` and ``to_seq``, both included.

    Returns:
        ``outcome``, ``code`` and ``result``: the answer, with the rows of all its pages.
    """
    first, last = int(params["from_seq"]), int(params["to_seq"])
    answer = _ask(line, terminal_id, first, last)
    rows = answer["result"].get("rows", [])
    while answer["outcome"] == "ok" and rows and rows[-1]["seq"] < last:
        more = _ask(line, terminal_id, rows[-1]["seq"] + 1, last)
        if more["outcome"] != "ok":
            return more
        found = more["result"]["rows"]
        rows += found
        if len(found) < MOST_ROWS:
            break
    return answer


def _ask(line: PlatformLine, terminal_id: str, first: int, last: int) -> dict[str, Any]:
    path = f"/v1/terminals/{terminal_id}/totals?from_seq={first}&to_seq={last}"
    reply = line.get(path)
    if reply.outcome != "ok":
        return {"outcome": reply.outcome, "code": reply.code, "result": {}}
    try:
        told = JournalTotals.parse(reply.body)
    except Refusal:
        return {"outcome": "unknown", "code": STRANGER, "result": {}}
    rows = [{"seq": row.seq, "hash": row.hash, "moved_fen": row.moved_fen} for row in told.rows]
    return {"outcome": "ok", "code": "", "result": {"accounts": told.accounts, "rows": rows}}
