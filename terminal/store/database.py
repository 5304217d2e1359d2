"""Opening the terminal's SQLite files, always with SQLCipher's own SQLite.

One copy of SQLite per file is the rule: mixing the standard library's ``sqlite3`` with
``sqlcipher3`` on the same file drops POSIX locks on close and can destroy it, so nothing in the
product imports ``sqlite3``.

Source: reliability reference §0 decisions 1, 3 and 4, §2 "howtocorrupt".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlcipher3 import dbapi2

from terminal.domain.errors import BugError, EnvironmentFault

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

KEY_BYTES = 32
BUSY_TIMEOUT_MS = 5_000

# sqlcipher3 carries no type information; the name still tells a reader what is passed around.
Connection = Any

_FAULTS = {
    "SQLITE_BUSY": "database.locked",
    "SQLITE_LOCKED": "database.locked",
    "SQLITE_PROTOCOL": "database.locked",
    "SQLITE_NOTADB": "database.wrong_key",
    "SQLITE_FULL": "database.full",
    "SQLITE_CORRUPT": "database.corrupt",
    "SQLITE_READONLY": "database.read_only",
    "SQLITE_PERM": "database.read_only",
    "SQLITE_CANTOPEN": "database.cannot_open",
    "SQLITE_IOERR": "database.io_error",
    "SQLITE_NOMEM": "database.no_memory",
}
_RETRIABLE = frozenset({"database.locked", "database.full", "database.io_error"})


@contextmanager
def database_faults(file_name: str) -> Iterator[None]:
    """Turn SQLite's environment errors inside the block into `EnvironmentFault`.

    Errors of ours (a wrong statement, a broken constraint) pass unchanged: they are not the
    environment's fault.

    Args:
        file_name: base name of the file, for the message; never a full path.

    Raises:
        EnvironmentFault: ``database.locked``, ``database.wrong_key``, ``database.full``,
            ``database.corrupt``, ``database.read_only``, ``database.cannot_open``,
            ``database.io_error`` or ``database.no_memory``.
    """
    try:
        yield
    except dbapi2.Error as error:
        fault = _fault(error, file_name)
        if fault is None:
            raise
        raise fault from error


def _fault(error: Exception, file_name: str) -> EnvironmentFault | None:
    code = fault_code(error)
    if code is None:
        return None
    retry = code in _RETRIABLE
    return EnvironmentFault(code, {"file": file_name}, retry=retry, hint=str(error))


def _told(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of SQLite's cursor whose errors of the environment are told as ours."""

    def call(cursor: Any, *arguments: Any) -> Any:
        try:
            return method(cursor, *arguments)
        except dbapi2.Error as error:
            fault = _fault(error, cursor.connection.file_name)
            if fault is None:
                raise
            raise fault from error

    return call


class _FileCursor(dbapi2.Cursor):  # type: ignore[misc,unused-ignore]
    """A page may turn out damaged at any row, long after the statement went well."""

    execute = _told(dbapi2.Cursor.execute)
    executemany = _told(dbapi2.Cursor.executemany)
    executescript = _told(dbapi2.Cursor.executescript)
    fetchone = _told(dbapi2.Cursor.fetchone)
    fetchmany = _told(dbapi2.Cursor.fetchmany)
    fetchall = _told(dbapi2.Cursor.fetchall)
    __next__ = _told(dbapi2.Cursor.__next__)


class _FileConnection(dbapi2.Connection):  # type: ignore[misc,unused-ignore]
    """Tells faults of the environment as `EnvironmentFault`, wherever its rows are read."""

    file_name = ""

    def cursor(self) -> Any:
        """A cursor of the kind that every statement of this connection runs on."""
        return super().cursor(_FileCursor)


def fault_code(error: Exception) -> str | None:
    """Name the environment fault behind an SQLite error.

    Args:
        error: an exception raised by ``sqlcipher3``.

    Returns:
        The dotted code, or None when the error is not the environment's.
    """
    name = str(getattr(error, "sqlite_errorname", ""))
    # Extended names add a suffix to the primary one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
    return _FAULTS.get("_".join(name.split("_")[:2]))


def open_database(
    path: str | os.PathLike[str],
    key: bytes | None,
    *,
    read_only: bool = False,
    synchronous: str = "FULL",
    autocheckpoint_pages: int = 1_000,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
) -> Connection:
    """Open one database file and prove that the key fits.

    The connection is in autocommit mode: a writer says ``BEGIN IMMEDIATE`` itself. It may be handed
    to another thread, but only one thread may use it at a time.

    Args:
        path: the file; a writer creates it, a reader does not.
        key: 32 raw bytes, or None for a plain file.
        read_only: refuse every write on this connection.
        synchronous: ``FULL`` for anything a person answers for, ``NORMAL`` for what the platform
            can send again.
        autocheckpoint_pages: pages in the WAL after which a commit also checkpoints; 0 leaves it to
            the owner.
        busy_timeout_ms: how long to wait for another process's lock, 0 or more.

    Returns:
        A ``sqlcipher3`` connection in WAL mode. Its statements and rows raise what
        `database_faults` would.

    Raises:
        EnvironmentFault: see `database_faults`.
        BugError: ``database.bad_key_length`` when the key is not 32 bytes, and
            ``database.bad_synchronous``.
    """
    file = Path(path)
    statements = _first_statements(key, read_only, synchronous, autocheckpoint_pages)
    with database_faults(file.name):
        if not read_only:
            _make_private(file)
        return _connect(file, read_only, busy_timeout_ms, statements)


def _connect(
    file: Path, read_only: bool, busy_timeout_ms: int, statements: Sequence[str]
) -> Connection:
    connection = dbapi2.connect(
        f"file:{quote(str(file.absolute()))}?mode={'ro' if read_only else 'rwc'}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=busy_timeout_ms / 1_000,
        factory=_FileConnection,
    )
    connection.file_name = file.name
    try:
        for statement in statements:
            connection.execute(statement).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(file: Path) -> None:
    """Make a new file readable for its owner alone; SQLite gives its log the same rights."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        # It is there already, or cannot be made: SQLite says which.
        return


def _first_statements(
    key: bytes | None, read_only: bool, synchronous: str, pages: int
) -> list[str]:
    """What a connection says first, in this order; it is built before the file is touched."""
    if key is not None and len(key) != KEY_BYTES:
        raise BugError("database.bad_key_length", {"bytes": len(key)})
    if synchronous not in ("FULL", "NORMAL", "EXTRA", "OFF"):
        raise BugError("database.bad_synchronous", {"value": synchronous})
    # SQLCipher writes to stderr by itself otherwise; the fault is reported by its code.
    statements = ["PRAGMA cipher_log_level = NONE"]
    if key is not None:
        statements.append(f"PRAGMA key = \"x'{key.hex()}'\"")
    # The first read is where a wrong key shows.
    statements.append("SELECT count(*) FROM sqlite_schema")
    if not read_only:
        statements.append("PRAGMA journal_mode = WAL")
        statements.append(f"PRAGMA wal_autocheckpoint = {int(pages)}")
    statements.append(f"PRAGMA synchronous = {synchronous}")
    statements.append("PRAGMA foreign_keys = ON")
    statements.append("PRAGMA cell_size_check = ON")
    return statements


@contextmanager
def write_transaction(connection: Connection, file_name: str) -> Iterator[Connection]:
    """Run the block as one durable transaction: all of it or nothing.

    Args:
        connection: a writing connection with no open transaction.
        file_name: base name of the file, for messages.

    Raises:
        EnvironmentFault: see `database_faults`; the transaction is rolled back.
    """
    with database_faults(file_name):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def engine_for(path: str | os.PathLike[str], key: bytes | None) -> Engine:
    """Make an SQLAlchemy engine on one file, for migrations only.

    SQLAlchemy is imported here, not at the top: the counter's start must not pay for it.

    Args:
        path: the file; created when missing.
        key: 32 raw bytes, or None for a plain file.

    Returns:
        An engine that keeps no connection open and runs DDL inside its transactions.

    Raises:
        EnvironmentFault: when a connection is made, see `database_faults`.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: open_database(path, key),
        poolclass=NullPool,
    )

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "begin", begin)
    return engine
