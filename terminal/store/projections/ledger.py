"""Postings and what every account holds: each total opens into the entries it is the sum of."""

from __future__ import annotations

from typing import Any

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _post(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    for pos, posting in enumerate(body.get("postings", ()), 1):
        account, fen = posting["account"], posting["fen"]
        connection.execute(
            f"INSERT INTO balances{suffix} VALUES (?, ?, 1, ?) "
            "ON CONFLICT (account) DO UPDATE SET fen = fen + excluded.fen, "
            "entries = entries + 1, last_seq = excluded.last_seq",
            (account, fen, entry.seq),
        )
        connection.execute(
            f"INSERT INTO postings{suffix} VALUES (?, ?, ?, ?, ?, ?, ?)",
            (entry.seq, pos, account, fen, entry.business_date, entry.kind, entry.clerk_id),
        )


GROUP = Group(
    tables={
        "balances": """CREATE TABLE {name} (
            account TEXT PRIMARY KEY, fen INTEGER NOT NULL, entries INTEGER NOT NULL,
            last_seq INTEGER NOT NULL)""",
        "postings": """CREATE TABLE {name} (
            seq INTEGER NOT NULL, pos INTEGER NOT NULL, account TEXT NOT NULL,
            fen INTEGER NOT NULL, business_date TEXT NOT NULL, kind TEXT NOT NULL,
            clerk_id TEXT NOT NULL, PRIMARY KEY (seq, pos)) WITHOUT ROWID""",
    },
    every=_post,
    indexes={"postings": "account, business_date, seq"},
)
