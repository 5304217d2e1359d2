"""A database file that another process makes and writes, and this one only reads."""

from __future__ import annotations

from pathlib import Path

from terminal.store.database import Connection, database_faults, open_database


class AwaitedFile:
    """Opened when it is there and ready; until then there is nothing to read.

    Thread rule: one thread at a time.

    Args:
        path: the file; may not exist yet.
        key: 32 raw bytes.
        ready: a statement whose first value is true once the writer has made all tables.
    """

    def __init__(self, path: Path, key: bytes, *, ready: str) -> None:
        self.name = path.name
        self._path = path
        self._key = key
        self._ready = ready
        self._connection: Connection | None = None

    def connection(self) -> Connection | None:
        """The open file; None while its writer has not made it.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        if self._connection is None and self._path.exists():
            opened = open_database(self._path, self._key, read_only=True)
            if self._is_ready(opened):
                self._connection = opened
        return self._connection

    def _is_ready(self, opened: Connection) -> bool:
        ready = False
        try:
            with database_faults(self.name):
                ready = bool(opened.execute(self._ready).fetchone()[0])
        finally:
            if not ready:
                opened.close()
        return ready

    def close(self) -> None:
        """Close the file; the next look opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
