"""The agent's view of sealed records in ``journal.db``: boxes, never what is in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from terminal.store.awaited_file import AwaitedFile
from terminal.store.database import database_faults

_READY = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'vault'"


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """One record as it travels: its name, its salted hash and the box."""

    record_id: str
    digest: str
    sealed: bytes = field(repr=False)


class DepositReader:
    """Reads records for the vault lane; one thread at a time.

    Args:
        path: journal.db; may not exist yet.
        key: 32 raw bytes.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = AwaitedFile(path, key, ready=_READY)

    def close(self) -> None:
        """Close the file; the next read opens it again."""
        self._file.close()

    def waiting(self, received: Collection[str]) -> list[str]:
        """Names of records the platform has not signed for, oldest first.

        Args:
            received: names of those it has.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with database_faults(self._file.name):
            connection = self._file.connection()
            rows = (
                connection.execute("SELECT record_id FROM vault ORDER BY rowid").fetchall()
                if connection
                else []
            )
        return [row[0] for row in rows if row[0] not in received]

    def record(self, record_id: str) -> SealedRecord | None:
        """One record; None when it was erased a moment ago.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with database_faults(self._file.name):
            connection = self._file.connection()
            row = (
                connection
                and connection.execute(
                    "SELECT record_id, digest, sealed FROM vault WHERE record_id = ?", (record_id,)
                ).fetchone()
            )
        return SealedRecord(*row) if row else None
