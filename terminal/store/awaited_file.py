"""A database file that another process makes and writes, and this one only reads."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from terminal.domain.errors import EnvironmentFault
from terminal.store.database import Connection, database_faults, open_database

DAMAGE = frozenset({"database.corrupt", "database.wrong_key"})
"""Faults of a file that is not what its writer wrote."""

_log = logging.getLogger(__name__)


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
        self._opened: tuple[int, int] | None = None
        self.damage = ""
        """Code of what made the last look in vain, "" when it was not."""

    def connection(self) -> Connection | None:
        """The open file; None while its writer has not made it.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        there = self._identity()
        if self._connection is not None and there != self._opened:
            # Its writer has put another file in its place.
            self.close()
        if self._connection is None and there is not None:
            opened = open_database(self._path, self._key, read_only=True)
            if self._is_ready(opened):
                self._connection, self._opened = opened, there
        return self._connection

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """What a statement finds: nothing while the file is not there, or is damaged.

        Its writer makes a damaged one anew; until then work goes on as if nothing were said.

        Args:
            statement: SQL that reads.
            values: its parameters.

        Raises:
            EnvironmentFault: any other trouble, see `terminal.store.database.database_faults`.
        """
        try:
            connection = self.connection()
            with database_faults(self.name):
                found = connection.execute(statement, values).fetchall() if connection else []
        except EnvironmentFault as fault:
            if fault.code not in DAMAGE:
                raise
            if not self.damage:
                _log.error("%s is damaged and read as empty: %s", self.name, fault)
            self.damage = fault.code
            self.close()
            return []
        self.damage = ""
        return list(found)

    def _identity(self) -> tuple[int, int] | None:
        """Which file the name stands for; None for none."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

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
