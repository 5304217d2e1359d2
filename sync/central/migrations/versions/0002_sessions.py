"""Which machine speaks for a terminal, and which terminal took its place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXTS = ("session", "session_before", "machine", "replaced_by")


def upgrade() -> None:
    """Add the columns; terminals that never opened a session have empty ones."""
    for name in _TEXTS:
        text = sa.Column(name, sa.String(length=64), nullable=False, server_default="")
        op.add_column("terminals", text)
    spoke = sa.Column("spoke_ms", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("terminals", spoke)
