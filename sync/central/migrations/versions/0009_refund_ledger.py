"""What was given back of every sale, line by line, whichever counter did it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_PAGE = 500
_LONGEST = 64
_SALE, _REFUND = (b'"kind":"%s"' % kind for kind in (b"sale.completed", b"refund.completed"))


def upgrade() -> None:
    """Create the tables and find the sales that are here already by their numbers."""
    sales = op.create_table(
        "sales",
        sa.Column("order_no", sa.String(length=64), nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("order_no", "terminal_id", "seq"),
    )
    op.create_table(
        "refund_claims",
        sa.Column("claim_id", sa.String(length=64), nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("sale_terminal_id", sa.String(length=64), nullable=False),
        sa.Column("sale_seq", sa.BigInteger(), nullable=False),
        sa.Column("sale_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("claim_id"),
    )
    op.create_index("refund_claims_sale", "refund_claims", ["sale_terminal_id", "sale_seq"])
    op.create_table(
        "refund_claim_lines",
        sa.Column("claim_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "line_id"),
    )
    op.create_table(
        "refund_claim_legs",
        sa.Column("claim_id", sa.String(length=64), nullable=False),
        sa.Column("leg", sa.String(length=80), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "leg"),
    )
    _take_up(sales)


def _take_up(sales: sa.Table) -> None:
    """What was sold and given back before this ledger was kept."""
    connection = op.get_bind()
    page = sa.text(
        "SELECT seq, hash, wire FROM entries WHERE terminal_id = :terminal AND seq > :after"
        " ORDER BY seq LIMIT :page"
    )
    for terminal_id in connection.scalars(sa.text("SELECT terminal_id FROM terminals")).all():
        after = 0
        while rows := connection.execute(
            page, {"terminal": terminal_id, "after": after, "page": _PAGE}
        ).all():
            for row in rows:
                wire = bytes(row.wire)
                if _SALE in wire:
                    order_no = json.loads(wire)["body"].get("order_no")
                    if isinstance(order_no, str) and len(order_no) <= _LONGEST:
                        found = {"order_no": order_no, "terminal_id": terminal_id, "seq": row.seq}
                        connection.execute(sales.insert().values(**found))
                elif _REFUND in wire:
                    _take(connection, terminal_id, json.loads(wire))
            after = rows[-1].seq


def _take(connection: sa.Connection, terminal_id: str, entry: dict[str, Any]) -> None:
    """Every refund of before was of its own counter's sale, and written by our own program."""
    body, claim_id = entry["body"], entry["intent_id"]
    original = body["original"]
    connection.execute(
        sa.text(
            "INSERT INTO refund_claims (claim_id, terminal_id, sale_terminal_id, sale_seq,"
            " sale_hash, state, entry_seq, at_ms)"
            " VALUES (:claim, :terminal, :seller, :seq, :hash, 'booked', :entry, 0)"
        ),
        {
            "claim": claim_id,
            "terminal": terminal_id,
            "seller": original["terminal_id"],
            "seq": original["seq"],
            "hash": original["hash"],
            "entry": entry["seq"],
        },
    )
    for line in body["lines"]:
        connection.execute(
            sa.text(
                "INSERT INTO refund_claim_lines (claim_id, line_id, quantity, fen)"
                " VALUES (:claim, :line, :quantity, :fen)"
            ),
            {
                "claim": claim_id,
                "line": line["line_id"],
                "quantity": -line["quantity"],
                "fen": -line["amount_fen"],
            },
        )
    for tender in body["tenders"]:
        connection.execute(
            sa.text(
                "INSERT INTO refund_claim_legs (claim_id, leg, fen) VALUES (:claim, :leg, :fen)"
            ),
            {"claim": claim_id, "leg": tender["leg"], "fen": -tender["fen"]},
        )
