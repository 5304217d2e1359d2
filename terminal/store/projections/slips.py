"""How often a slip was printed again."""

from __future__ import annotations

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _slip_reprinted(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"INSERT INTO reprints{suffix} VALUES (?, 1) "
        "ON CONFLICT (order_no) DO UPDATE SET copies = copies + 1",
        # Until version 2 only receipts were printed again, and named by their order alone.
        (entry.body.get("reference", entry.body.get("order_no")),),
    )


GROUP = Group(
    tables={
        "reprints": """CREATE TABLE {name} (order_no TEXT PRIMARY KEY, copies INTEGER NOT NULL)"""
    },
    rules={"slip.reprinted": _slip_reprinted},
)
