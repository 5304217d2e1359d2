"""Rows of the ``journal`` table and entries, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from terminal.domain.canonical import canonical_bytes
from terminal.domain.journal import Entry
from terminal.store.database import Connection

_COLUMNS = (
    "seq, terminal_id, epoch, kind, version, intent_id, business_date, recorded_at, clerk_id, "
    "body, prev_hash, hash, signature"
)
_SELECT = f"SELECT {_COLUMNS} FROM journal"


def insert(connection: Connection, entry: Entry, body_text: str = "") -> None:
    """Store a sealed entry, its body as the canonical text that was hashed.

    Args:
        connection: inside a transaction.
        entry: the next one.
        body_text: that text, when it is at hand; "" makes it.
    """
    connection.execute(
        f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.seq,
            entry.terminal_id,
            entry.epoch,
            entry.kind,
            entry.version,
            entry.intent_id,
            entry.business_date,
            entry.recorded_at,
            entry.clerk_id,
            body_text or canonical_bytes(entry.body).decode("utf-8"),
            entry.prev_hash,
            entry.hash,
            entry.signature,
        ),
    )


def from_row(row: tuple[Any, ...]) -> Entry:
    """The entry of a row selected in table order."""
    return Entry(
        seq=row[0],
        terminal_id=row[1],
        epoch=row[2],
        kind=row[3],
        version=row[4],
        intent_id=row[5],
        business_date=row[6],
        recorded_at=row[7],
        clerk_id=row[8],
        body=json.loads(row[9]),
        prev_hash=row[10],
        hash=row[11],
        signature=row[12],
    )


def select(
    connection: Connection, where: str = "", values: tuple[Any, ...] = ()
) -> Iterator[Entry]:
    """Entries matching an SQL tail such as ``WHERE seq > ? ORDER BY seq LIMIT 500``."""
    for row in connection.execute(f"{_SELECT} {where}", values):
        yield from_row(row)


def all_entries(connection: Connection) -> Iterator[Entry]:
    """Every entry, oldest first."""
    return select(connection, "ORDER BY seq")
