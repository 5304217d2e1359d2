"""The reading side of ``sync.db``, for the face and for commands: what the platform said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from terminal.domain.journal import ChainHead, Entry
from terminal.ports.sync_state import PlatformWord, Received
from terminal.store import inbox, lease_rows, receipts, recovery_plan
from terminal.store.awaited_file import AwaitedFile
from terminal.store.database import database_faults
from terminal.store.recovery_plan import RecoveryPlan
from terminal.store.settings_rows import SettingsReader
from terminal.store.sync_records import LineState, NumberRange, ParkedItem


class SyncReader:
    """A file that is not there yet reads as "nothing said yet".

    Thread rule: one thread at a time; every call is one short read.

    Args:
        path: sync.db.
        key: 32 raw bytes.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = AwaitedFile(path, key, ready="PRAGMA user_version")
        self._settings = SettingsReader(self._rows)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._file.close()

    def confirmed_head(self) -> ChainHead:
        """Return the head the platform holds, as far as its last signed receipt says.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        return receipts.confirmed(self._state())

    def platform_word(self) -> PlatformWord:
        """Return when the platform last signed what it holds of us, and how much that was.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        state = self._state()
        return PlatformWord(receipts.confirmed(state).seq, state.get("platform_time", ""))

    def receipt_for(self, epoch: int, seq: int) -> dict[str, Any] | None:
        """Find the platform's signed receipt that covers an entry.

        A receipt names the platform's head; through the chain it covers every entry up to it.

        Args:
            epoch: of the entry, from 1.
            seq: of the entry, from 1.

        Returns:
            The oldest receipt at or after the entry, or None while the platform has not confirmed
            it.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        rows = self._rows(
            # Numbers go on over all epochs: a later life's receipt covers what it joined.
            "SELECT receipt FROM acks WHERE epoch >= ? AND seq >= ? ORDER BY seq LIMIT 1",
            (epoch, seq),
        )
        return dict(json.loads(rows[0][0])) if rows else None

    def line_state(self) -> LineState:
        """Return what was last measured about the line.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        state = self._state()
        return LineState(
            online=state.get("online") == "1",
            held=state.get("held") == "1",
            rtt_ms=_whole(state.get("rtt_ms", "")),
            clock_offset_ms=_whole(state.get("clock_offset_ms", "")),
            last_contact=state.get("last_contact", ""),
            last_error=state.get("last_error", ""),
            server_epoch=state.get("server_epoch", ""),
        )

    def parked(self) -> list[ParkedItem]:
        """Return what waits for a person, oldest first.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        rows = self._rows(
            "SELECT lane, code, item, params, at FROM parked WHERE solved_at = '' ORDER BY id"
        )
        if self._file.damage:
            return [ParkedItem("receipts", "sync.damaged", self._file.name, {}, "")]
        return [ParkedItem(row[0], row[1], row[2], json.loads(row[3]), row[4]) for row in rows]

    def received(self) -> tuple[Received, ...]:
        """Return what the centre sent to this counter, oldest first; nobody judged it yet.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        return inbox.received(self._rows)

    def inbox_next(self) -> tuple[str, dict[str, int]]:
        """Return the platform's life as last seen, and from which numbers on its inbox is wanted.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        epoch = self._state().get("server_epoch", "")
        return epoch, inbox.next_numbers(self._rows, epoch)

    def setting(self, key: str) -> str:
        """Return the kept record of a setting as text, "" for none; nobody judged it just now.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        return self._settings.text(key)

    def setting_keys(self) -> tuple[str, ...]:
        """Return the keys of all settings that are kept.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        return self._settings.keys()

    def ranges(self, kind: str) -> list[NumberRange]:
        """Return the leased numbers of a kind, lowest first.

        Args:
            kind: ``order`` …

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        rows = self._rows(lease_rows.OF_KIND, (kind,))
        return lease_rows.with_ends(rows, self._state()) if rows else []

    def recovery(self) -> RecoveryPlan | None:
        """Return how the books are to be brought up to date, None when they need not.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        return recovery_plan.plan_from(self._state().get(recovery_plan.KEY, ""))

    def recovered_entries(self) -> Iterator[Entry]:
        """Return the platform's entries that the books do not have, in order, as they are read.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        connection = self._file.connection()
        if connection is not None:
            with database_faults(self._file.name):
                yield from recovery_plan.entries(connection)

    def _state(self) -> dict[str, str]:
        return dict(self._rows("SELECT key, value FROM state"))

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        return self._file.rows(statement, values)


def _whole(text: str) -> int | None:
    return int(text) if text else None
