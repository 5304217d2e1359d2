"""New entries and postings on their way into the tables, the fastest way each database has.

PostgreSQL takes a batch by COPY into a table of the connection's own and from there with ON
CONFLICT DO NOTHING: half the time of row by row, and a second delivery still changes nothing. For a
few rows the detour costs more than it saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text

EntryRow = tuple[str, int, str, str, bytes]
"""A row of ``schema.entries``: terminal, number, hash, intent, wire bytes."""
PostingRow = tuple[str, int, int, str, int]
"""A row of ``schema.postings``: terminal, number, line, account, fen."""

_BATCH: Final = 24
"""From so many rows on the detour over the staging table pays."""
_STAGING: Final = """
CREATE TEMPORARY TABLE staged_entries (
    terminal_id text, seq bigint, hash text, intent_id text, wire bytea
) ON COMMIT DELETE ROWS
"""
_ENTRY_COLUMNS: Final = "terminal_id, seq, hash, intent_id, wire"
_POSTING_COLUMNS: Final = "terminal_id, seq, line, account, fen"
_ENTRY_TYPES: Final = ("text", "int8", "text", "text", "bytea")
_POSTING_TYPES: Final = ("text", "int8", "int4", "text", "int8")
_FROM_STAGING: Final = (
    f"INSERT INTO entries ({_ENTRY_COLUMNS})"  # noqa: S608 - own names
    f" SELECT {_ENTRY_COLUMNS} FROM staged_entries ON CONFLICT DO NOTHING"
)
_ENTRY: Final = text(
    f"INSERT INTO entries ({_ENTRY_COLUMNS})"  # noqa: S608 - own names
    " VALUES (:a, :b, :c, :d, :e) ON CONFLICT DO NOTHING"
)
_POSTING: Final = text(
    f"INSERT INTO postings ({_POSTING_COLUMNS})"  # noqa: S608 - own names
    " VALUES (:a, :b, :c, :d, :e) ON CONFLICT DO NOTHING"
)


def prepare(engine: Engine) -> None:
    """Give every new connection to PostgreSQL its staging table."""

    @event.listens_for(engine, "connect")
    def create(connection: Any, _record: object) -> None:
        connection.execute(_STAGING)
        connection.commit()


def store_entries(connection: Connection, rows: Sequence[EntryRow]) -> int:
    """Store entries that are not there yet.

    Args:
        connection: of the transaction.
        rows: at least one.

    Returns:
        How many were new.
    """
    if connection.dialect.name != "postgresql" or len(rows) < _BATCH:
        return connection.execute(_ENTRY, _named(rows)).rowcount
    _copy(connection, f"staged_entries ({_ENTRY_COLUMNS})", _ENTRY_TYPES, rows)
    return connection.exec_driver_sql(_FROM_STAGING).rowcount


def store_postings(connection: Connection, rows: Sequence[PostingRow], *, fresh: bool) -> None:
    """Store the postings of entries.

    Args:
        connection: of the transaction.
        rows: any number.
        fresh: none of them can be there yet.
    """
    if not rows:
        return
    if fresh and connection.dialect.name == "postgresql" and len(rows) >= _BATCH:
        _copy(connection, f"postings ({_POSTING_COLUMNS})", _POSTING_TYPES, rows)
    else:
        connection.execute(_POSTING, _named(rows))


def _copy(
    connection: Connection, target: str, types: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as to,
    ):
        to.set_types(types)
        for row in rows:
            to.write_row(row)


def _named(rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip("abcde", row, strict=True)) for row in rows]
