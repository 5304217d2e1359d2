"""The journal and the working state of one terminal.

Read models are not here: they are derived, see ``terminal.store.projections``.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE journal (
        seq INTEGER PRIMARY KEY, terminal_id TEXT NOT NULL, epoch INTEGER NOT NULL,
        kind TEXT NOT NULL, version INTEGER NOT NULL, intent_id TEXT NOT NULL UNIQUE,
        business_date TEXT NOT NULL,
        recorded_at TEXT NOT NULL, clerk_id TEXT NOT NULL, body TEXT NOT NULL,
        prev_hash TEXT NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL)""",
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_in_order BEFORE INSERT ON journal
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
          OR NEW.prev_hash IS NOT coalesce(
             (SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
        BEGIN SELECT RAISE(ABORT, 'the journal is a chain'); END""",
    """CREATE TABLE baskets (
        basket_id TEXT PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('open', 'parked')),
        content TEXT NOT NULL, parked_at TEXT NOT NULL, clerk_id TEXT NOT NULL)""",
    """CREATE TABLE basket_lines (
        place INTEGER PRIMARY KEY, basket_id TEXT NOT NULL, line_id TEXT NOT NULL,
        content TEXT NOT NULL, UNIQUE (basket_id, line_id))""",
    "CREATE UNIQUE INDEX one_open_basket ON baskets (state) WHERE state = 'open'",
    """CREATE TABLE attempt_counts (
        out_trade_no TEXT PRIMARY KEY, queries INTEGER NOT NULL, reversals INTEGER NOT NULL)""",
    """CREATE TABLE print_jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL UNIQUE,
        order_no TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL,
        state TEXT NOT NULL, reason TEXT NOT NULL,
        created_at TEXT NOT NULL, copy INTEGER NOT NULL)""",
    "CREATE INDEX print_jobs_open ON print_jobs (number) WHERE state IN ('queued', 'waiting')",
    """CREATE TABLE lockouts (
        clerk_id TEXT PRIMARY KEY, fails INTEGER NOT NULL, remaining_ms INTEGER NOT NULL,
        boot_id TEXT NOT NULL, up_ms INTEGER NOT NULL)""",
    """CREATE TABLE ranges (
        kind TEXT NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL, next INTEGER NOT NULL,
        PRIMARY KEY (kind, lo))""",
    "CREATE TABLE preferences (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
)


def upgrade() -> None:
    """Create the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
