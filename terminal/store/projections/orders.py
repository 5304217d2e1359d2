"""Completed sales and how they were paid."""

from __future__ import annotations

from typing import Any

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _sale_completed(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    cash = [tender for tender in body["tenders"] if tender["kind"] == "cash"]
    connection.execute(
        f"INSERT INTO orders{suffix} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            body["order_no"],
            entry.seq,
            entry.intent_id,
            entry.business_date,
            entry.recorded_at,
            entry.clerk_id,
            body["total_fen"],
            body["rounding_fen"],
            sum(tender["received_fen"] for tender in cash),
            sum(tender["change_fen"] for tender in cash),
        ),
    )
    for pos, tender in enumerate(body["tenders"], 1):
        connection.execute(
            f"INSERT INTO order_tenders{suffix} VALUES (?, ?, ?, ?, ?, ?)",
            (
                body["order_no"],
                pos,
                tender["kind"],
                tender.get("scheme", ""),
                tender["fen"],
                tender.get("out_trade_no", ""),
            ),
        )


GROUP = Group(
    tables={
        "orders": """CREATE TABLE {name} (
            order_no TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, intent_id TEXT NOT NULL UNIQUE,
            business_date TEXT NOT NULL, recorded_at TEXT NOT NULL, clerk_id TEXT NOT NULL,
            total_fen INTEGER NOT NULL, rounding_fen INTEGER NOT NULL,
            received_fen INTEGER NOT NULL, change_fen INTEGER NOT NULL)""",
        "order_tenders": """CREATE TABLE {name} (
            order_no TEXT NOT NULL, pos INTEGER NOT NULL, kind TEXT NOT NULL,
            scheme TEXT NOT NULL, fen INTEGER NOT NULL, out_trade_no TEXT NOT NULL,
            PRIMARY KEY (order_no, pos))""",
    },
    rules={"sale.completed": _sale_completed},
)
