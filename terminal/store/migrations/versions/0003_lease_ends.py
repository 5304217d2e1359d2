"""Until when leased numbers may be used; "" for leases of before, which have no end."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE ranges ADD COLUMN expires_at TEXT NOT NULL DEFAULT ''")
