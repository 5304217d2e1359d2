"""Leased numbers in ``sync.db``.

Their ends are states: the file gains only what older programs can leave alone, so the table of
before has no column for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terminal.store.database import Connection
from terminal.store.sync_records import NumberRange

SCHEMA = """
CREATE TABLE IF NOT EXISTS ranges(
    kind TEXT NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL, leased_at TEXT NOT NULL,
    PRIMARY KEY (kind, lo));
"""
OF_KIND = "SELECT kind, lo, hi FROM ranges WHERE kind = ? ORDER BY lo"


def add(connection: Connection, leased: Sequence[NumberRange], leased_at: str) -> None:
    """Keep leases; one that is known is kept once.

    Args:
        connection: inside a transaction.
        leased: from the platform.
        leased_at: UTC time.
    """
    connection.executemany(
        "INSERT INTO ranges VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(item.kind, item.lo, item.hi, leased_at) for item in leased],
    )


def later_ends(leased: Sequence[NumberRange], state: Mapping[str, str]) -> dict[str, str]:
    """The states to write, so that each lease has the latest end the platform named."""
    ends = {_end_key(item.kind, item.lo): item.expires_at for item in leased}
    return {key: end for key, end in ends.items() if end > state.get(key, "")}


def with_ends(rows: Sequence[tuple[str, int, int]], state: Mapping[str, str]) -> list[NumberRange]:
    """Leases as rows and states tell them."""
    return [NumberRange(kind, lo, hi, state.get(_end_key(kind, lo), "")) for kind, lo, hi in rows]


def _end_key(kind: str, lo: int) -> str:
    return f"lease.end.{kind}.{lo}"
