"""The platform's signed receipts for personal data and attachments, in ``sync.db``.

A receipt holds for one life of the platform's database: after a restore from a backup it may have
signed for what it lost, so what is still here is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terminal.store.awaited_file import AwaitedFile
from terminal.store.sync_file import SyncFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deposits(
    lane TEXT NOT NULL, item TEXT NOT NULL, server_epoch TEXT NOT NULL, receipt TEXT NOT NULL,
    PRIMARY KEY (lane, item, server_epoch));
CREATE TRIGGER IF NOT EXISTS deposits_are_evidence BEFORE DELETE ON deposits
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
"""
_READY = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'deposits'"


class DepositReceipts:
    """The writing side, owned by the sync agent; thread-safe.

    Args:
        file: sync.db; whoever opened it closes it.

    Raises:
        EnvironmentFault: see `terminal.store.database.database_faults`.
    """

    def __init__(self, file: SyncFile) -> None:
        self._file = file
        file.prepare(_SCHEMA)

    def keep(self, receipt: Mapping[str, Any]) -> None:
        """Keep a receipt whose signature was verified; the first one stays.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self._file.write() as connection:
            connection.execute(
                "INSERT INTO deposits VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    receipt["lane"],
                    receipt["item"],
                    receipt["server_epoch"],
                    json.dumps(dict(receipt)),
                ),
            )

    def items(self, lane: str, server_epoch: str) -> frozenset[str]:
        """What of a lane the platform signed for in its present life."""
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT item FROM deposits WHERE lane = ? AND server_epoch = ?",
                (lane, server_epoch),
            ).fetchall()
        return frozenset(row[0] for row in rows)


class DepositReceiptReader:
    """Implements ``terminal.ports.vault.Receipts``; one thread at a time.

    Args:
        path: sync.db; may not exist yet.
        key: 32 raw bytes.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = AwaitedFile(path, key, ready=_READY)

    def close(self) -> None:
        """Close the file; the next look opens it again."""
        self._file.close()

    def receipt(self, lane: str, item: str) -> dict[str, Any] | None:
        """The newest receipt for an item; None while there is none.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        rows = self._file.rows(
            "SELECT receipt FROM deposits WHERE lane = ? AND item = ? ORDER BY rowid DESC LIMIT 1",
            (lane, item),
        )
        return dict(json.loads(rows[0][0])) if rows else None

    def count(self) -> int:
        """How many receipts there are.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        rows = self._file.rows("SELECT count(*) FROM deposits")
        return int(rows[0][0]) if rows else 0
