"""Payer codes and how far each attempt got."""

from __future__ import annotations

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _payment_intended(connection: Connection, entry: Entry, suffix: str) -> None:
    body = entry.body
    connection.execute(
        f"INSERT INTO attempts{suffix} VALUES (?, ?, ?, ?, ?, 'armed', '', 0, ?)",
        (
            body["out_trade_no"],
            entry.intent_id,
            body["basket_id"],
            body["scheme"],
            body["amount_fen"],
            entry.seq,
        ),
    )


def _payment_outcome(connection: Connection, entry: Entry, suffix: str) -> None:
    body = entry.body
    connection.execute(
        f"UPDATE attempts{suffix} SET state = ?, code = ?, refunding = ? WHERE out_trade_no = ?",
        (body["state"], body["code"], int(bool(body["refunding"])), body["out_trade_no"]),
    )


GROUP = Group(
    tables={
        "attempts": """CREATE TABLE {name} (
            out_trade_no TEXT PRIMARY KEY, intent_id TEXT NOT NULL, basket_id TEXT NOT NULL,
            scheme TEXT NOT NULL, amount_fen INTEGER NOT NULL, state TEXT NOT NULL,
            code TEXT NOT NULL, refunding INTEGER NOT NULL, seq INTEGER NOT NULL)""",
    },
    rules={"payment.intended": _payment_intended, "payment.outcome": _payment_outcome},
)
