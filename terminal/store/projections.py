"""Read models: tables that say where things stand, each derivable from the journal alone.

They may be dropped and rebuilt at any time; ``rebuild`` does it, and ``differences`` proves that
what the screens show
is what the journal says. Source: architecture.md §2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from terminal.domain.journal import Entry
from terminal.store.database import Connection

VERSION = 1
"""Raise it when a table or rule below changes: the next start rebuilds."""

TABLES: dict[str, str] = {
    "day": """CREATE TABLE {name} (
        one INTEGER PRIMARY KEY CHECK (one = 1), business_date TEXT NOT NULL,
        outlet_open INTEGER NOT NULL, clerk_id TEXT NOT NULL)""",
    "orders": """CREATE TABLE {name} (
        order_no TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, intent_id TEXT NOT NULL UNIQUE,
        business_date TEXT NOT NULL, recorded_at TEXT NOT NULL, clerk_id TEXT NOT NULL,
        total_fen INTEGER NOT NULL, rounding_fen INTEGER NOT NULL,
        received_fen INTEGER NOT NULL, change_fen INTEGER NOT NULL)""",
    "order_tenders": """CREATE TABLE {name} (
        order_no TEXT NOT NULL, pos INTEGER NOT NULL, kind TEXT NOT NULL, scheme TEXT NOT NULL,
        fen INTEGER NOT NULL, out_trade_no TEXT NOT NULL, PRIMARY KEY (order_no, pos))""",
    "balances": """CREATE TABLE {name} (account TEXT PRIMARY KEY, fen INTEGER NOT NULL)""",
    "attempts": """CREATE TABLE {name} (
        out_trade_no TEXT PRIMARY KEY, intent_id TEXT NOT NULL, basket_id TEXT NOT NULL,
        scheme TEXT NOT NULL, amount_fen INTEGER NOT NULL, state TEXT NOT NULL,
        code TEXT NOT NULL, refunding INTEGER NOT NULL, seq INTEGER NOT NULL)""",
    "reprints": """CREATE TABLE {name} (order_no TEXT PRIMARY KEY, copies INTEGER NOT NULL)""",
}


def create(connection: Connection, *, prefix: str = "", suffix: str = "") -> None:
    """Create the read-model tables, empty."""
    for table, sql in TABLES.items():
        connection.execute(sql.format(name=prefix + table + suffix))


def apply(connection: Connection, entry: Entry, *, suffix: str = "") -> None:
    """Bring the read models up to date with one entry; runs in the transaction that stores it."""
    for posting in entry.body.get("postings", ()):  # type: ignore[union-attr]
        connection.execute(
            f"INSERT INTO balances{suffix} VALUES (?, ?) "
            "ON CONFLICT (account) DO UPDATE SET fen = fen + excluded.fen",
            (posting["account"], posting["fen"]),  # type: ignore[index,call-overload]
        )
    rule = _RULES.get(entry.kind)
    if rule is not None:
        rule(connection, entry, suffix)


def rebuild(connection: Connection, entries: Iterator[Entry]) -> None:
    """Drop the read models and derive them again from all entries, in order."""
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    create(connection)
    for entry in entries:
        apply(connection, entry)


def differences(connection: Connection, entries: Iterator[Entry]) -> list[str]:
    """Compare the read models with what the journal says.

    Returns:
        Names of tables that differ; empty when all is well.
    """
    suffix = "_check"
    # Temporary tables: the comparison works on a read-only connection beside a counter at work.
    create(connection, prefix="temp.", suffix=suffix)
    try:
        for entry in entries:
            apply(connection, entry, suffix=suffix)
        return [table for table in TABLES if _differs(connection, table, table + suffix)]
    finally:
        for table in TABLES:
            connection.execute(f"DROP TABLE temp.{table}{suffix}")


def _differs(connection: Connection, left: str, right: str) -> bool:
    query = "SELECT 1 FROM (SELECT * FROM {0} EXCEPT SELECT * FROM {1}) LIMIT 1"
    return any(
        connection.execute(query.format(*pair)).fetchone()
        for pair in ((left, right), (right, left))
    )


def _set_day(connection: Connection, entry: Entry, suffix: str, is_open: bool, clerk: str) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO day{suffix} VALUES (1, ?, ?, ?)",
        (entry.business_date, int(is_open), clerk),
    )


def _outlet_signed_on(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, True, "")


def _outlet_signed_off(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, False, "")


def _clerk_signed_on(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, True, entry.clerk_id)


def _clerk_signed_off(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, True, "")


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


def _slip_reprinted(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"INSERT INTO reprints{suffix} VALUES (?, 1) "
        "ON CONFLICT (order_no) DO UPDATE SET copies = copies + 1",
        # Until version 2 only receipts were printed again, and named by their order alone.
        (entry.body.get("reference", entry.body.get("order_no")),),
    )


_RULES: dict[str, Callable[[Connection, Entry, str], None]] = {
    "outlet.signed_on": _outlet_signed_on,
    "outlet.signed_off": _outlet_signed_off,
    "clerk.signed_on": _clerk_signed_on,
    "clerk.signed_off": _clerk_signed_off,
    "sale.completed": _sale_completed,
    "payment.intended": _payment_intended,
    "payment.outcome": _payment_outcome,
    "slip.reprinted": _slip_reprinted,
}
