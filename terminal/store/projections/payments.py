"""Payments through a channel and how far each attempt got."""

from __future__ import annotations

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _payment_intended(connection: Connection, entry: Entry, suffix: str) -> None:
    body = entry.body
    connection.execute(
        f"INSERT INTO attempts{suffix} VALUES (?, ?, ?, ?, ?, 'armed', '', 0, ?, ?, ?, '', '')",
        (
            body["out_trade_no"],
            entry.intent_id,
            body["basket_id"],
            body["scheme"],
            body["amount_fen"],
            entry.seq,
            # Entries of the first version know payer codes alone.
            body.get("kind", "payer_code"),
            body.get("reference", ""),
        ),
    )


def _payment_outcome(connection: Connection, entry: Entry, suffix: str) -> None:
    body = entry.body
    connection.execute(
        f"UPDATE attempts{suffix} SET state = ?, code = ?, refunding = ?,"
        " reference = coalesce(?, reference), shown_code = coalesce(?, shown_code)"
        " WHERE out_trade_no = ?",
        (
            body["state"],
            body["code"],
            int(bool(body["refunding"])),
            body.get("reference"),
            body.get("shown_code"),
            body["out_trade_no"],
        ),
    )


def _left_in_doubt(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"UPDATE attempts{suffix} SET goods = ? WHERE out_trade_no = ?",
        (entry.body["goods"], entry.body["out_trade_no"]),
    )


GROUP = Group(
    tables={
        "attempts": """CREATE TABLE {name} (
            out_trade_no TEXT PRIMARY KEY, intent_id TEXT NOT NULL, basket_id TEXT NOT NULL,
            scheme TEXT NOT NULL, amount_fen INTEGER NOT NULL, state TEXT NOT NULL,
            code TEXT NOT NULL, refunding INTEGER NOT NULL, seq INTEGER NOT NULL,
            kind TEXT NOT NULL, reference TEXT NOT NULL, shown_code TEXT NOT NULL,
            goods TEXT NOT NULL)""",
    },
    rules={
        "payment.intended": _payment_intended,
        "payment.outcome": _payment_outcome,
        "payment.left_in_doubt": _left_in_doubt,
    },
)
