"""A machine takes the place of another one: what of the old one is here, and what may be missing.

The old one's entries may still arrive, for example from its disk: they are taken as ever.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from sync.central import schema
from sync.wire.messages import Replaced

_PAGE: Final = 200


def replace(connection: Connection, place: tuple[str, int], terminal_id: str) -> Replaced | None:
    """Note that a new terminal stands where another one stood.

    Args:
        connection: of the transaction that makes the new one; it is not there yet.
        place: outlet and number in it.
        terminal_id: the new one.

    Returns:
        The exact gap, None when nobody stood there.
    """
    columns = schema.terminals.c
    mine = (columns.outlet == place[0]) & (columns.terminal_no == place[1])
    here = mine & (columns.replaced_by == "") & (columns.terminal_id != terminal_id)
    old = connection.execute(
        select(schema.terminals).where(here).order_by(columns.seq.desc()).limit(1)
    ).one_or_none()
    if old is None:
        return None
    connection.execute(update(schema.terminals).where(here).values(replaced_by=terminal_id))
    last, order = _newest(connection, old.terminal_id)
    lo, hi = _numbers_in_doubt(connection, place, order)
    return Replaced(old.terminal_id, old.epoch, old.seq, old.hash, last, order, lo, hi)


def _newest(connection: Connection, terminal_id: str) -> tuple[str, str]:
    """When its last entry here was recorded, and its last order number, "" for none."""
    columns, below, recorded_at = schema.entries.c, 2**53, ""
    while rows := _page(connection, terminal_id, below):
        for row in rows:
            entry: dict[str, Any] = json.loads(bytes(row.wire))
            recorded_at = recorded_at or entry["recorded_at"]
            if entry["kind"] == "sale.completed" and entry["body"].get("order_no"):
                return recorded_at, str(entry["body"]["order_no"])
        below = rows[-1]._mapping[columns.seq]
    return recorded_at, ""


def _page(connection: Connection, terminal_id: str, below: int) -> list[Row[Any]]:
    columns = schema.entries.c
    wanted = (
        select(columns.seq, columns.wire)
        .where(columns.terminal_id == terminal_id, columns.seq < below)
        .order_by(columns.seq.desc())
        .limit(_PAGE)
    )
    return list(connection.execute(wanted))


def _numbers_in_doubt(
    connection: Connection, place: tuple[str, int], last_order: str
) -> tuple[int, int]:
    """Leased to the old machine and not heard of: they may stand on slips."""
    heads = schema.range_heads.c
    wanted = select(heads.next).where(
        heads.outlet == place[0], heads.terminal_no == place[1], heads.kind == "order"
    )
    leased_to = (connection.scalar(wanted) or 1) - 1
    digits = last_order.rpartition("-")[2]
    lo = int(digits) + 1 if digits.isascii() and digits.isdigit() else 1
    return (lo, leased_to) if lo <= leased_to else (0, 0)
