"""The writing connection to ``sync.db``: one, however many kinds of rows the agent keeps there.

Every connection of its own costs the pages it remembers and a key schedule; and two of one process
could only wait for one another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from terminal.store.database import (
    Connection,
    database_faults,
    open_database,
    write_transaction,
)

SYNC_FILE: Final = "sync.db"


class SyncFile:
    """Owned by the sync agent; thread-safe, one call after another.

    Args:
        path: sync.db; made when missing.
        key: 32 raw bytes.

    Raises:
        EnvironmentFault: see `terminal.store.database.database_faults`.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.name = path.name
        self._lock = threading.Lock()
        self._connection = open_database(path, key)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def prepare(self, schema: str) -> None:
        """Make the tables of one kind of rows where they are missing.

        Args:
            schema: statements that may be run again.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self.read() as connection:
            connection.executescript(schema)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One durable transaction, all or nothing.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self._lock, write_transaction(self._connection, self.name) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """The connection to look something up.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self._lock, database_faults(self.name):
            yield self._connection
