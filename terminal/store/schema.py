"""The schema of journal.db: migrations of what is precious, rebuilding of what is derived."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry
from terminal.store import projections
from terminal.store.database import Connection, database_faults, engine_for, write_transaction

HEAD = "0004"
"""Newest migration.

A test keeps it equal to the scripts, so that a start need not import Alembic to know.
"""

_MIGRATIONS = Path(__file__).with_name("migrations")
_TOLD_IN = "projection_version"


def revision(connection: Connection) -> str:
    """The migration the file stands at, "" for a new file."""
    if not _has_table(connection, "alembic_version"):
        return ""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def migrate(path: Path, key: bytes) -> None:
    """Bring the file to ``HEAD``.

    Args:
        path: journal.db; created when missing.
        key: 32 raw bytes.

    Raises:
        EnvironmentFault: ``database.*``; ``database.newer_than_program`` for a file a later version
            wrote.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database_faults(path.name), engine_for(path, key).begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise EnvironmentFault(
                "database.newer_than_program", {"file": path.name}, retry=False, hint=str(error)
            ) from error


def prepare_read_models(connection: Connection, entries: Iterator[Entry], file_name: str) -> bool:
    """Rebuild the read models when their rules changed since this file was last opened.

    Args:
        connection: writing connection on a migrated file.
        entries: all entries in order; read only when needed.
        file_name: for messages.

    Returns:
        Whether they were rebuilt.
    """
    row = connection.execute("SELECT value FROM preferences WHERE key = ?", (_TOLD_IN,)).fetchone()
    if row and row[0] == str(projections.VERSION):
        return False
    with write_transaction(connection, file_name):
        projections.rebuild(connection, entries)
        connection.execute(
            "INSERT OR REPLACE INTO preferences VALUES (?, ?)", (_TOLD_IN, str(projections.VERSION))
        )
    return True


def _has_table(connection: Connection, name: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,)
    ).fetchone()
    return found is not None
