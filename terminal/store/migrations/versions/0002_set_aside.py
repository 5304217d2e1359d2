"""Entries that an old disk sealed beside what the platform held, kept as they were sealed.

A recovery moves them here and seals their facts again behind the platform's entries.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE set_aside (
        hash TEXT PRIMARY KEY, seq INTEGER NOT NULL, epoch INTEGER NOT NULL,
        entry TEXT NOT NULL)""",
    """CREATE TRIGGER set_aside_no_update BEFORE UPDATE ON set_aside
        BEGIN SELECT RAISE(ABORT, 'what was set aside is kept'); END""",
    """CREATE TRIGGER set_aside_no_delete BEFORE DELETE ON set_aside
        BEGIN SELECT RAISE(ABORT, 'what was set aside is kept'); END""",
)


def upgrade() -> None:
    """Create the table and its guards."""
    for statement in STATEMENTS:
        op.execute(statement)
