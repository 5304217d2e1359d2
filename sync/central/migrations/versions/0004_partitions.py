"""Journals in parts by terminal, postings numbered within their entry, signatures audited.

PostgreSQL keeps the journal in parts by a hash of the terminal, in a schema of their own: each part
has small indexes, and a part can move to another machine. Postings lie in the parts of their
entries. The number of all postings was one counter of 31 bits for a whole country; it is gone.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PARTS = 16
_NUMBERED = (
    "SELECT terminal_id, seq, row_number() OVER (PARTITION BY terminal_id, seq ORDER BY id),"
    " account, fen FROM old_postings"
)


def upgrade() -> None:
    """Carry all rows over; entries stored before were checked signature by signature."""
    audited = sa.Column("audited_seq", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("terminals", audited)
    op.execute("UPDATE terminals SET audited_seq = seq")
    op.rename_table("postings", "old_postings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SCHEMA IF NOT EXISTS journal_parts")
        op.execute("ALTER TABLE old_postings RENAME CONSTRAINT postings_pkey TO old_postings_pkey")
        _divide_entries()
        _create_postings(postgresql_partition_by="HASH (terminal_id)")
        _parts_of("postings")
    else:
        _create_postings()
    op.execute(f"INSERT INTO postings (terminal_id, seq, line, account, fen) {_NUMBERED}")
    op.drop_table("old_postings")


def _create_postings(**options: Any) -> None:
    op.create_table(
        "postings",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "seq", "line"),
        **options,
    )


def _divide_entries() -> None:
    op.rename_table("entries", "old_entries")
    op.execute("ALTER TABLE old_entries RENAME CONSTRAINT entries_pkey TO old_entries_pkey")
    op.execute("ALTER INDEX entries_intent RENAME TO old_entries_intent")
    op.create_table(
        "entries",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("intent_id", sa.String(length=36), nullable=False),
        sa.Column("wire", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "seq"),
        postgresql_partition_by="HASH (terminal_id)",
    )
    op.create_index("entries_intent", "entries", ["terminal_id", "intent_id"], unique=False)
    _parts_of("entries")
    columns = "terminal_id, seq, hash, intent_id, wire"
    op.execute(f"INSERT INTO entries ({columns}) SELECT {columns} FROM old_entries")  # noqa: S608 - own names
    op.drop_table("old_entries")


def _parts_of(table: str) -> None:
    for rest in range(_PARTS):
        op.execute(
            f"CREATE TABLE journal_parts.{table}_{rest:02d} PARTITION OF {table}"
            f" FOR VALUES WITH (MODULUS {_PARTS}, REMAINDER {rest})"
        )
