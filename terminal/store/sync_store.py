"""``sync.db``: what the platform said. The sync agent writes it, the face reads it (`sync_reader`).

The file holds the signed receipts (proof that the platform has every entry), the state of the line,
the numbers it leased and the items that are parked for a person. No row is ever deleted
because of an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from terminal.domain.journal import ChainHead, Entry
from terminal.store import lease_rows, receipts, recovery_plan
from terminal.store.database import (
    Connection,
    database_faults,
)
from terminal.store.recovery_plan import RecoveryPlan
from terminal.store.sync_file import SyncFile
from terminal.store.sync_records import NumberRange, ParkedItem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS acks(
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, at TEXT NOT NULL, receipt TEXT
    NOT NULL, PRIMARY KEY (epoch, seq));
CREATE TABLE IF NOT EXISTS state(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parked(
    id INTEGER PRIMARY KEY, lane TEXT NOT NULL, code TEXT NOT NULL, item TEXT NOT NULL, params TEXT
    NOT NULL, at TEXT NOT NULL, solved_at TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX IF NOT EXISTS parked_open ON parked(lane, code, item) WHERE solved_at = '';
CREATE TRIGGER IF NOT EXISTS acks_are_evidence BEFORE DELETE ON acks
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
PRAGMA user_version = 1;
"""


class SyncStore:
    """The writing side, owned by the sync agent.

    Thread-safe: the lanes of the agent share it, one call after another.

    Args:
        path: sync.db; made when missing.
        key: 32 raw bytes.

    Attributes:
        file: the connection, for other kinds of rows in the same file.

    Raises:
        EnvironmentFault: see `terminal.store.database.database_faults`.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.file = SyncFile(path, key)
        self._name = path.name
        self.file.prepare(_SCHEMA + lease_rows.SCHEMA + recovery_plan.SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def store_ack(self, ack: Mapping[str, Any]) -> None:
        """Keep a receipt whose signature was verified, and take its head as the confirmed one.

        The first receipt for an entry stays: it is evidence.

        Args:
            ack: the platform's signed acknowledgement.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self.file.write() as connection:
            receipts.keep(connection, ack)
            _put_state(connection, receipts.as_state(ack))

    def store_carried_ack(self, ack: Mapping[str, Any]) -> bool:
        """Keep a verified receipt that travelled by hand and may be older than what came since.

        Args:
            ack: the platform's signed acknowledgement.

        Returns:
            Whether it is the platform's newest word and now counts; an older one is evidence only.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self.file.write() as connection:
            receipts.keep(connection, ack)
            counts = receipts.counts(ack, _state(connection, self._name))
            if counts:
                _put_state(connection, receipts.as_state(ack))
        return counts

    def hear_again(self, ack: Mapping[str, Any]) -> None:
        """Take the time of a verified receipt that confirms nothing new.

        Args:
            ack: the platform's signed acknowledgement of the confirmed head.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        self.put_state(receipts.spoken_at(ack))

    def put_state(self, values: Mapping[str, str]) -> None:
        """Write state keys, all or none.

        Args:
            values: key to text.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self.file.write() as connection:
            _put_state(connection, values)

    def state(self, key: str) -> str:
        """Read one state key.

        Args:
            key: its name.

        Returns:
            The text, empty when never written.
        """
        with self.file.read() as connection:
            return _state(connection, self._name).get(key, "")

    def confirmed(self) -> ChainHead:
        """Return the head the platform confirmed last."""
        with self.file.read() as connection:
            return receipts.confirmed(_state(connection, self._name))

    def park(self, item: ParkedItem) -> None:
        """Put an item aside for a person; the same open item is kept once.

        Args:
            item: what and why.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self.file.write() as connection:
            connection.execute(
                "INSERT INTO parked(lane, code, item, params, at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (item.lane, item.code, item.item, json.dumps(dict(item.params)), item.at),
            )

    def solve_parked(self, lane: str, at: str, *, item: str | None = None) -> None:
        """Mark the open items of a lane as solved; they stay on record.

        Args:
            lane: which lane flows again.
            at: UTC time.
            item: only this one; None for all of the lane.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self.file.write() as connection:
            connection.execute(
                "UPDATE parked SET solved_at = ?"
                " WHERE lane = ? AND solved_at = '' AND (? IS NULL OR item = ?)",
                (at, lane, item, item),
            )

    def add_ranges(self, ranges: Iterable[NumberRange], leased_at: str) -> None:
        """Keep leased numbers; a range already known is kept once, with its latest end.

        Args:
            ranges: from the platform.
            leased_at: UTC time.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        leased = list(ranges)
        with self.file.write() as connection:
            lease_rows.add(connection, leased, leased_at)
            known = dict(connection.execute("SELECT key, value FROM state").fetchall())
            _put_state(connection, lease_rows.later_ends(leased, known))

    def highest_lease(self, kind: str) -> int:
        """Return the highest number ever leased here, 0 for none.

        Args:
            kind: ``order`` …
        """
        with self.file.read() as connection:
            row = connection.execute(
                "SELECT coalesce(max(hi), 0) FROM ranges WHERE kind = ?", (kind,)
            ).fetchone()
        return int(row[0])

    def highest_receipt(self) -> int:
        """Return the highest entry the platform ever signed for, 0 for none."""
        with self.file.read() as connection:
            row = connection.execute("SELECT coalesce(max(seq), 0) FROM acks").fetchone()
        return int(row[0])

    def recovery(self) -> RecoveryPlan | None:
        """Return how the books are being brought up to date, None when they need not."""
        return recovery_plan.plan_from(self.state(recovery_plan.KEY))

    def plan_recovery(self, plan: RecoveryPlan | None) -> None:
        """Begin a recovery, or end it; what was prepared before is forgotten.

        Args:
            plan: the new one; None when there is nothing (more) to recover.
        """
        with self.file.write() as connection:
            recovery_plan.clear(connection)
            _put_state(connection, {recovery_plan.KEY: recovery_plan.plan_text(plan)})

    def go_on_recovering(self, plan: RecoveryPlan, entries: Iterable[Entry] = ()) -> None:
        """Keep the next checked entries and how far the plan has come, both or none.

        Args:
            plan: as it stands now.
            entries: the next ones in order.
        """
        with self.file.write() as connection:
            recovery_plan.add(connection, entries)
            _put_state(connection, {recovery_plan.KEY: recovery_plan.plan_text(plan)})

    def last_recovered(self) -> Entry | None:
        """Return the newest prepared entry."""
        with self.file.read() as connection:
            return recovery_plan.last(connection)


def _state(connection: Connection, name: str) -> dict[str, str]:
    with database_faults(name):
        return dict(connection.execute("SELECT key, value FROM state").fetchall())


def _put_state(connection: Connection, values: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )
