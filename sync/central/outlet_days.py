"""An outlet's business day over all its terminals: who opened it, cashed up and closed it.

Nothing is added up here: terminals get each other's entries as they were sealed, and prove them.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, select, text

from sync.central import schema
from sync.central.platform import Platform
from sync.wire.outlet_days import OutletDay, TerminalDay
from terminal.domain.canonical import JsonObject
from terminal.domain.journal import Entry
from terminal.domain.outlet_day import KINDS

_KEEP = text(
    "INSERT INTO outlet_days (terminal_id, seq, business_date) VALUES (:terminal, :seq, :date)"
    " ON CONFLICT (terminal_id, seq) DO NOTHING"
)
_TERMINALS, _DAYS, _ENTRIES = schema.terminals.c, schema.outlet_days.c, schema.entries.c


def keep(connection: Connection, entry: Entry) -> None:
    """Remember which entries tell of a day's cash-up."""
    if entry.kind in KINDS:
        row = {"terminal": entry.terminal_id, "seq": entry.seq, "date": entry.business_date}
        connection.execute(_KEEP, row)


def day(platform: Platform, terminal_id: str, business_date: str) -> OutletDay:
    """What the other terminals of an outlet booked about a day.

    Args:
        platform: this worker.
        terminal_id: who asks; its own entries are in its own books.
        business_date: ``YYYY-MM-DD``.
    """

    def look(connection: Connection) -> OutletDay:
        outlet = select(_TERMINALS.outlet).where(_TERMINALS.terminal_id == terminal_id)
        wanted = (
            select(_TERMINALS.terminal_id)
            .where(
                _TERMINALS.outlet == outlet.scalar_subquery(),
                _TERMINALS.terminal_id != terminal_id,
                _TERMINALS.replaced_by == "",
            )
            .order_by(_TERMINALS.terminal_no, _TERMINALS.terminal_id)
        )
        return OutletDay(
            tuple(
                TerminalDay(other, _entries(connection, other, business_date))
                for other in connection.scalars(wanted).all()
            )
        )

    return platform.database.look(look)


def _entries(connection: Connection, terminal_id: str, date: str) -> tuple[JsonObject, ...]:
    query = (
        select(_ENTRIES.wire)
        .join(
            schema.outlet_days,
            (_DAYS.terminal_id == _ENTRIES.terminal_id) & (_DAYS.seq == _ENTRIES.seq),
        )
        .where(_DAYS.terminal_id == terminal_id, _DAYS.business_date == date)
        .order_by(_ENTRIES.seq)
    )
    return tuple(json.loads(bytes(wire)) for wire in connection.scalars(query))
