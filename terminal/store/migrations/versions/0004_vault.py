"""Personal data beside the journal: sealed for the platform, and readable while it is needed."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE vault (
        record_id TEXT PRIMARY KEY, intent_id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
        sealed BLOB NOT NULL, readable BLOB, kept_at TEXT NOT NULL)""",
    """CREATE TRIGGER vault_is_only_closed BEFORE UPDATE ON vault
        WHEN NEW.record_id IS NOT OLD.record_id OR NEW.intent_id IS NOT OLD.intent_id
          OR NEW.digest IS NOT OLD.digest OR NEW.sealed IS NOT OLD.sealed
          OR NEW.kept_at IS NOT OLD.kept_at OR NEW.readable IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a record is closed and erased, nothing else'); END""",
)


def upgrade() -> None:
    """Create the table and its guard."""
    for statement in STATEMENTS:
        op.execute(statement)
