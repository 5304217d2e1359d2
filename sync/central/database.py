"""One engine for SQLite or PostgreSQL, and one way to change anything: a whole transaction."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from sync.central import staging
from sync.central.migrate import migrate
from sync.wire.refusal import Refusal

T = TypeVar("T")

_log = logging.getLogger(__name__)
_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")

_TRIES: Final = 8
_WAIT_S: Final = 30
"""How long a worker waits for another one's turn on SQLite, seconds."""
_SERIALISATION: Final = frozenset({"40001", "40P01"})
_POOL: Final = 20
"""Connections of one worker to PostgreSQL; its default allows 100 in all."""


class Database:
    """The platform's store; workers keep nothing else.

    Thread rule: any thread; each transaction has a connection of its own.

    Args:
        url: SQLAlchemy URL, ``sqlite:///file`` or ``postgresql+psycopg://…``.

    Raises:
        EnvironmentFault: ``database.newer_than_program``.
    """

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite"):
            self._engine = create_engine(url, connect_args={"timeout": _WAIT_S})
            _make_durable(self._engine)
            self._reading = self._engine.execution_options(reads=True)
            self._ordered = self._engine
        else:
            # Kept open, not made anew for every burst: a connection is a process over there.
            self._engine = create_engine(
                url, isolation_level="SERIALIZABLE", pool_size=_POOL, max_overflow=0
            )
            staging.prepare(self._engine)
            self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            self._ordered = self._engine.execution_options(isolation_level="READ COMMITTED")
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    def _migrate(self) -> None:
        with self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Who waited for another worker must see what that one made.
                connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                migrate(connection)

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` so that all of it happens or nothing, again when another worker was faster.

        Args:
            work: reads and writes through the connection; must change nothing else.

        Returns:
            What ``work`` returned in the try that was committed.

        Raises:
            Refusal: ``platform.busy`` (503) when others kept winning; what ``work`` raises, undone.
        """
        return _until_it_wins(self._engine, work)

    def ordered(self, key: str, work: Callable[[Connection], T]) -> T:
        """Run ``work`` alone among all workers' works of the same key, beside those of others.

        Its reads see what was committed when its turn came, so nothing has to be tried again, as
        long as ``work`` decides by rows that belong to the key alone.

        Args:
            key: a terminal's id.
            work: see ``transaction``.

        Returns:
            What ``work`` returned.

        Raises:
            Refusal: see ``transaction``.
        """

        def in_turn(connection: Connection) -> T:
            turn(connection, key)
            return work(connection)

        return _until_it_wins(self._ordered, in_turn)

    def look(self, work: Callable[[Connection], T]) -> T:
        """Read what is committed, without a turn and without holding anybody up.

        Args:
            work: reads only; each of its statements sees the newest state.

        Returns:
            What ``work`` returned.
        """
        with self._reading.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def turn(connection: Connection, key: str) -> None:
    """Take a turn that lasts until the transaction ends; on SQLite every writer has it already.

    Args:
        connection: of a transaction of ``ordered``.
        key: what is decided about.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN, {"key": key})


def _until_it_wins(engine: Engine, work: Callable[[Connection], T]) -> T:
    for attempt in range(1, _TRIES + 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except DBAPIError as problem:
            # Another worker inserted the same row first, or won: the next try sees it.
            if not _lost_a_race(problem):
                raise
            _log.info("try %d of %d lost: %s", attempt, _TRIES, type(problem.orig).__name__)
    raise Refusal(503, "platform.busy", retry=True)


def _lost_a_race(problem: DBAPIError) -> bool:
    state = getattr(problem.orig, "sqlstate", None)
    return isinstance(problem, IntegrityError) or state in _SERIALISATION


def load(connection: Connection, table: Table, rows: Sequence[tuple[str, ...]]) -> None:
    """Insert many rows the fastest way the database has.

    Args:
        connection: of the transaction.
        table: where to.
        rows: a value for each column, in the table's order.
    """
    names = ", ".join(column.name for column in table.columns)
    driver = connection.connection.driver_connection
    if driver is not None and connection.dialect.name == "postgresql":
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as to,
        ):
            for row in rows:
                to.write_row(row)
        return
    marks = ", ".join("?" * len(table.columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - own names
    connection.exec_driver_sql(statement, list(rows))


def _make_durable(engine: Engine) -> None:
    """SQLite: committed means on disk, and a writer takes its turn before it reads."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; where another worker does so SQLite itself does not wait."""
    deadline = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
