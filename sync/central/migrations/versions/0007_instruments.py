"""Cards, accounts, points and vouchers that the sandbox keeps, and which of them paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and name the instrument of a payment."""
    op.create_table(
        "instruments",
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("available_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "number"),
    )
    for name, length in (("scheme", 32), ("instrument", 32)):
        op.add_column(
            "payments",
            sa.Column(name, sa.String(length=length), nullable=False, server_default=""),
        )
