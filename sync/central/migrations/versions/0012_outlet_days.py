"""Which entries tell of an outlet's business day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; days before it are not told."""
    op.create_table(
        "outlet_days",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "seq"),
    )
    op.create_index("outlet_days_date", "outlet_days", ["terminal_id", "business_date"])
