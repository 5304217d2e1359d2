"""What the centre sent to this counter, in ``sync.db``, exactly as it came and never deleted.

The agent writes it and believes nothing of it; what a record means, and whether the platform signed
it, is judged where the books are. The same record is kept once, however often it comes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from terminal.domain.canonical import JsonObject, canonical_bytes
from terminal.domain.errors import BugError
from terminal.ports.sync_state import Received
from terminal.store.database import Connection
from terminal.store.sync_file import SyncFile

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS inbox(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, record TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS inbox_next(
    server_epoch TEXT NOT NULL, lane TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (server_epoch, lane));
CREATE TRIGGER IF NOT EXISTS inbox_is_evidence BEFORE DELETE ON inbox
BEGIN SELECT RAISE(ABORT, 'what the centre said is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS inbox_is_fixed BEFORE UPDATE ON inbox
BEGIN SELECT RAISE(ABORT, 'what the centre said is never changed'); END;
"""
_NEXT: Final = "SELECT lane, number FROM inbox_next WHERE server_epoch = ?"
_READY: Final = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'inbox'"


class InboxStore:
    """The writing side, owned by the sync agent; thread-safe.

    Args:
        file: sync.db; whoever opened it closes it.

    Raises:
        EnvironmentFault: see `terminal.store.database.database_faults`.
    """

    def __init__(self, file: SyncFile) -> None:
        self._file = file
        file.prepare(_SCHEMA)

    def next_numbers(self, server_epoch: str) -> dict[str, int]:
        """From which numbers on to ask in this life of the platform, by lane; 1 when unknown."""
        with self._file.read() as connection:
            return next_numbers(
                lambda statement, values=(): connection.execute(statement, values).fetchall(),
                server_epoch,
            )

    def keep(
        self,
        records: Sequence[Mapping[str, Any]],
        server_epoch: str,
        numbers: Mapping[str, int],
        at: str,
    ) -> int:
        """Keep a page and how far it went, both or neither.

        Args:
            records: as they came.
            server_epoch: the life of the platform that said them.
            numbers: from which on to ask next, by lane.
            at: UTC time.

        Returns:
            How many were not here before.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self._file.write() as connection:
            fresh = sum(_keep(connection, record, at) for record in records)
            connection.executemany(
                "INSERT INTO inbox_next VALUES (?, ?, ?)"
                " ON CONFLICT (server_epoch, lane) DO UPDATE SET number = excluded.number",
                [(server_epoch, lane, number) for lane, number in numbers.items()],
            )
        return fresh


def _keep(connection: Connection, record: Mapping[str, Any], at: str) -> int:
    try:
        digest = hashlib.sha256(canonical_bytes(dict(record))).hexdigest()
    except BugError:
        # Without a canonical form nobody can have signed it; it is kept to be shown as refused.
        text = json.dumps(record, sort_keys=True)
        digest = "no form " + hashlib.sha256(text.encode()).hexdigest()
    row = (str(record.get("kind", ""))[:16], digest, json.dumps(record), at)
    kept = connection.execute(
        "INSERT INTO inbox (kind, digest, record, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        row,
    )
    return int(kept.rowcount)


def next_numbers(rows: Callable[..., list[Any]], server_epoch: str) -> dict[str, int]:
    """From which numbers on to ask in this life of the platform, by lane; 1 when unknown.

    Args:
        rows: runs a statement with its values in ``sync.db``; nothing is found without the file.
        server_epoch: which life.
    """
    there = rows(_READY)
    found = rows(_NEXT, (server_epoch,)) if there and there[0][0] else []
    return {"item": 1, "task": 1} | dict(found)


def received(rows: Callable[[str], list[Any]]) -> tuple[Received, ...]:
    """Everything that came, oldest first.

    Args:
        rows: runs a statement in ``sync.db``; nothing is found while the file is not there.
    """
    there = rows(_READY)
    found = rows("SELECT id, record, at FROM inbox ORDER BY id") if there and there[0][0] else []
    return tuple(Received(row[0], _record(row[1]), row[2]) for row in found)


def _record(text: str) -> JsonObject:
    record: JsonObject = json.loads(text)
    return record
