"""How many entries each business day has, and between which numbers they lie."""

from __future__ import annotations

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _count(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"INSERT INTO days{suffix} VALUES (?, ?, ?, 1) ON CONFLICT (business_date) DO UPDATE SET "
        "first_seq = min(first_seq, excluded.first_seq), "
        "last_seq = max(last_seq, excluded.last_seq), entries = entries + 1",
        (entry.business_date, entry.seq, entry.seq),
    )


GROUP = Group(
    tables={
        "days": """CREATE TABLE {name} (
            business_date TEXT PRIMARY KEY, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
            entries INTEGER NOT NULL) WITHOUT ROWID""",
    },
    every=_count,
)
