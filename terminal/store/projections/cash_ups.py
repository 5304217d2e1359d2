"""Periods of tills: where each cash-up stands. A period is its till and its number, once."""

from __future__ import annotations

from typing import Any

from terminal.domain.cash_up import BOOKED, CLOSED, COUNTED, DISPUTED, VERIFIED, still_disputed
from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group, Rule


def _counted(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    suspense, disputed = connection.execute(
        f"SELECT coalesce(sum(suspense_fen), 0), coalesce(sum(disputed_fen), 0) "
        f"FROM cash_ups{suffix} WHERE till_id = ? AND period = ?",
        (body["till_id"], body["period"]),
    ).fetchone()
    suspense += _on_suspense(body)
    connection.execute(
        f"INSERT INTO cash_ups{suffix} (till_id, period, first_seq, opening_fen, counts, "
        "counted_seq, counted_fen, expected_fen, stock_off, suspense_fen, disputed_fen) "
        "VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (till_id, period) DO UPDATE SET counts = counts + 1, "
        "counted_seq = excluded.counted_seq, counted_fen = excluded.counted_fen, "
        "expected_fen = excluded.expected_fen, stock_off = excluded.stock_off, "
        "suspense_fen = excluded.suspense_fen, disputed_fen = excluded.disputed_fen, "
        "booked_seq = 0, disputed_seq = 0, verified_seq = 0, verifier = ''",
        (
            body["till_id"],
            body["period"],
            body["first_seq"],
            body["opening_fen"],
            entry.seq,
            body["counted_fen"],
            body["expected_fen"],
            body.get("stock_off", 0),
            suspense,
            still_disputed(disputed, suspense),
        ),
    )


def _on_suspense(body: Any) -> int:
    """What an entry posts on the till's suspense account; most disputes post nothing."""
    account = f"suspense:{body['till_id']}"
    return sum(row["fen"] for row in body.get("postings", ()) if row["account"] == account)


def _set(columns: str, *fields: str) -> Rule:
    """A rule that notes an entry's number and some fields of its body in its period's row."""

    def rule(connection: Connection, entry: Entry, suffix: str) -> None:
        body: Any = entry.body
        connection.execute(
            f"UPDATE cash_ups{suffix} SET {columns} WHERE till_id = ? AND period = ?",
            (entry.seq, *(body[field] for field in fields), body["till_id"], body["period"]),
        )

    return rule


def _booked(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    connection.execute(
        f"UPDATE cash_ups{suffix} SET booked_seq = ?, suspense_fen = suspense_fen - ? "
        "WHERE till_id = ? AND period = ?",
        (entry.seq, body["suspense_fen"], body["till_id"], body["period"]),
    )


def _disputed(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    connection.execute(
        f"UPDATE cash_ups{suffix} SET disputed_seq = ?, dispute_seq = ?, "
        "disputed_fen = disputed_fen + ?, suspense_fen = suspense_fen + ? "
        "WHERE till_id = ? AND period = ?",
        (
            entry.seq,
            entry.seq,
            body["suspense_fen"],
            _on_suspense(body),
            body["till_id"],
            body["period"],
        ),
    )


def _closed(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    connection.execute(
        f"UPDATE cash_ups{suffix} SET closed_seq = ?, closed_date = ?, clerk_id = ?, "
        "remaining_fen = ? WHERE till_id = ? AND period = ?",
        (
            entry.seq,
            entry.business_date,
            entry.clerk_id,
            body["remaining_fen"],
            body["till_id"],
            body["period"],
        ),
    )


GROUP = Group(
    tables={
        "cash_ups": """CREATE TABLE {name} (
            till_id TEXT NOT NULL, period INTEGER NOT NULL, first_seq INTEGER NOT NULL,
            opening_fen INTEGER NOT NULL, counts INTEGER NOT NULL, counted_seq INTEGER NOT NULL,
            counted_fen INTEGER NOT NULL, expected_fen INTEGER NOT NULL,
            booked_seq INTEGER NOT NULL DEFAULT 0, disputed_seq INTEGER NOT NULL DEFAULT 0,
            disputed_fen INTEGER NOT NULL DEFAULT 0, verified_seq INTEGER NOT NULL DEFAULT 0,
            verifier TEXT NOT NULL DEFAULT '', closed_seq INTEGER NOT NULL DEFAULT 0,
            closed_date TEXT NOT NULL DEFAULT '', clerk_id TEXT NOT NULL DEFAULT '',
            remaining_fen INTEGER NOT NULL DEFAULT 0,
            stock_off INTEGER NOT NULL DEFAULT 0, dispute_seq INTEGER NOT NULL DEFAULT 0,
            suspense_fen INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (till_id, period)) WITHOUT ROWID""",
    },
    rules={
        COUNTED: _counted,
        BOOKED: _booked,
        DISPUTED: _disputed,
        VERIFIED: _set("verified_seq = ?, verifier = ?", "verifier"),
        CLOSED: _closed,
    },
)
