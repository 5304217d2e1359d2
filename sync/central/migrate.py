"""The platform's schema: brought to ``HEAD`` at every start, without cost when it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from terminal.domain.errors import EnvironmentFault

HEAD: Final = "0012"
"""Newest migration.

A test keeps it equal to the scripts, so that a start need not import Alembic to know.
"""

_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_ONE_AT_A_TIME: Final = 0x706F7374616C
"""Key of PostgreSQL's advisory lock; on SQLite the transaction itself is the lock."""


def revision(connection: Connection) -> str:
    """The migration the database stands at, "" for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def migrate(connection: Connection) -> None:
    """Bring the database to ``HEAD`` within the connection's transaction.

    Workers that start together take turns; all but the first find nothing to do.

    Raises:
        EnvironmentFault: ``database.newer_than_program`` for a database a later version wrote.
    """
    if revision(connection) == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise EnvironmentFault(
            "database.newer_than_program", {"file": "platform"}, retry=False, hint=str(error)
        ) from error
