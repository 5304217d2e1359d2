"""What was given back of every sale, line by line and way by way, and what is still on its way.

A correction of the centre gives back too: of a sale that has one nothing more goes back.
"""

from __future__ import annotations

from typing import Any

from terminal.domain.canonical import canonical_bytes
from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _refund_completed(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    number, order_no = body["refund_no"], body["order_no"]
    connection.execute(
        f"INSERT INTO refunds{suffix} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            entry.seq,
            entry.intent_id,
            order_no,
            body["manner"],
            entry.business_date,
            entry.recorded_at,
            entry.clerk_id,
            -body["total_fen"],
            -body["paid_fen"],
            body["standing"],
            not body["authoriser"],
        ),
    )
    for line in body["lines"]:
        connection.execute(
            f"INSERT INTO refund_lines{suffix} VALUES (?, ?, ?, ?, ?)",
            (number, line["line_id"], order_no, -line["quantity"], -line["amount_fen"]),
        )
    for tender in body["tenders"]:
        connection.execute(
            f"INSERT INTO refund_legs{suffix} VALUES (?, ?, ?, ?)",
            (number, tender["leg"], order_no, -tender["fen"]),
        )
        if tender.get("refund_out_no"):
            _payment(connection, suffix, tender, (number, order_no, entry.seq))

    _end_intent(connection, entry, suffix)


def _refund_intended(connection: Connection, entry: Entry, suffix: str) -> None:
    body: Any = entry.body
    claim = canonical_bytes(body["claim"]).decode()
    connection.execute(
        f"INSERT INTO refund_intents{suffix} VALUES (?, ?, ?, ?)",
        (body["claim"]["claim_id"], body["form_id"], claim, entry.seq),
    )


def _end_intent(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"DELETE FROM refund_intents{suffix} WHERE claim_id = ?", (entry.body.get("claim_id"),)
    )


def _payment(connection: Connection, suffix: str, row: Any, whose: tuple[str, str, int]) -> None:
    number, order_no, seq = whose
    connection.execute(
        f"INSERT INTO refund_payments{suffix} VALUES (?, ?, ?, ?, ?, ?, 'armed', '', ?)",
        (
            row["refund_out_no"],
            number,
            order_no,
            row["out_trade_no"],
            row["scheme"],
            abs(row.get("amount_fen", row.get("fen"))),
            seq,
        ),
    )


def _refund_outcome(connection: Connection, entry: Entry, suffix: str) -> None:
    body = entry.body
    connection.execute(
        f"UPDATE refund_payments{suffix} SET state = ?, code = ? WHERE number = ?",
        (body["state"], body["code"], body["refund_out_no"]),
    )


def _refund_rerouted(connection: Connection, entry: Entry, suffix: str) -> None:
    """A refused amount goes another way: once more under a new number, or in cash."""
    body: Any = entry.body
    connection.execute(
        f"UPDATE refund_payments{suffix} SET state = 'replaced' WHERE number = ?",
        (body["instead_of"],),
    )
    if body.get("refund_out_no"):
        _payment(connection, suffix, body, (body["refund_no"], body["order_no"], entry.seq))


def _sale_completed(connection: Connection, entry: Entry, suffix: str) -> None:
    """A refund that was one too many is taken back: its goods are out again."""
    taken: Any = entry.body.get("takes_back")
    if taken:
        connection.execute(
            f"UPDATE refund_payments{suffix} SET state = 'taken_back' WHERE number = ?",
            (taken["refund_out_no"],),
        )


def _directive_accepted(connection: Connection, entry: Entry, suffix: str) -> None:
    connection.execute(
        f"INSERT INTO corrections{suffix} VALUES (?, ?)",
        (entry.seq, entry.body.get("about_seq", 0)),
    )


GROUP = Group(
    tables={
        "corrections": """CREATE TABLE {name} (
            seq INTEGER PRIMARY KEY, about_seq INTEGER NOT NULL)""",
        "refunds": """CREATE TABLE {name} (
            refund_no TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, intent_id TEXT NOT NULL,
            order_no TEXT NOT NULL, manner TEXT NOT NULL, business_date TEXT NOT NULL,
            recorded_at TEXT NOT NULL, clerk_id TEXT NOT NULL, total_fen INTEGER NOT NULL,
            paid_fen INTEGER NOT NULL, standing TEXT NOT NULL, alone INTEGER NOT NULL)""",
        "refund_lines": """CREATE TABLE {name} (
            refund_no TEXT NOT NULL, line_id TEXT NOT NULL, order_no TEXT NOT NULL,
            quantity INTEGER NOT NULL, fen INTEGER NOT NULL,
            PRIMARY KEY (refund_no, line_id)) WITHOUT ROWID""",
        "refund_legs": """CREATE TABLE {name} (
            refund_no TEXT NOT NULL, leg TEXT NOT NULL, order_no TEXT NOT NULL,
            fen INTEGER NOT NULL, PRIMARY KEY (refund_no, leg)) WITHOUT ROWID""",
        "refund_payments": """CREATE TABLE {name} (
            number TEXT PRIMARY KEY, refund_no TEXT NOT NULL, order_no TEXT NOT NULL,
            out_trade_no TEXT NOT NULL, scheme TEXT NOT NULL, amount_fen INTEGER NOT NULL,
            state TEXT NOT NULL, code TEXT NOT NULL, seq INTEGER NOT NULL)""",
        "refund_intents": """CREATE TABLE {name} (
            claim_id TEXT PRIMARY KEY, form_id TEXT NOT NULL, claim TEXT NOT NULL,
            seq INTEGER NOT NULL)""",
    },
    rules={
        "directive.accepted": _directive_accepted,
        "refund.completed": _refund_completed,
        "refund.intended": _refund_intended,
        "refund.withdrawn": _end_intent,
        "refund.outcome": _refund_outcome,
        "refund.rerouted": _refund_rerouted,
        "sale.completed": _sale_completed,
    },
    indexes={
        "corrections": "about_seq",
        "refunds": "order_no",
        "refund_lines": "order_no",
        "refund_legs": "order_no",
    },
)
