"""Pouches, both sides in one row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "pouches",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("to_till", sa.String(length=32), nullable=False, server_default=""),
        *_side("sent"),
        sa.Column("sent_at", sa.String(length=24), nullable=False, server_default=""),
        *_side("received"),
        sa.Column("wrong", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("pouches_open", "pouches", ["received_terminal", "to_till"])


def _side(name: str) -> tuple[sa.Column[object], ...]:
    return (
        sa.Column(f"{name}_terminal", sa.String(length=64), nullable=False, server_default=""),
        sa.Column(f"{name}_seq", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column(f"{name}_code", sa.Text(), nullable=False, server_default=""),
    )
