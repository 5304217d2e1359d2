"""Pouches: each is sent once and received once, and the key of the table sees to it."""

from __future__ import annotations

from terminal.domain.journal import Entry
from terminal.domain.pouch import RECEIVED, SENT
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _sent(connection: Connection, entry: Entry, suffix: str) -> None:
    body = entry.body
    connection.execute(
        f"INSERT INTO pouches{suffix} VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            body["pouch"],
            body["from_till"],
            body["to_till"],
            body["cash_fen"],
            body["purpose"],
            entry.seq,
            entry.recorded_at,
        ),
    )


def _received(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"INSERT INTO pouch_receipts{suffix} VALUES (?, ?, ?)",
        (entry.body["pouch"], entry.seq, entry.recorded_at),
    )


GROUP = Group(
    tables={
        "pouches": """CREATE TABLE {name} (
            number TEXT PRIMARY KEY, from_till TEXT NOT NULL, to_till TEXT NOT NULL,
            fen INTEGER NOT NULL, purpose TEXT NOT NULL, seq INTEGER NOT NULL UNIQUE,
            sent_at TEXT NOT NULL)""",
        "pouch_receipts": """CREATE TABLE {name} (
            number TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, received_at TEXT NOT NULL)""",
    },
    rules={SENT: _sent, RECEIVED: _received},
)
