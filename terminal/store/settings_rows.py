"""The platform's settings in ``sync.db``: the newest signed record of each key, as it came.

They lie here and not with the catalogue: this file is encrypted, ``reference.db`` is not. Even so
nobody goes by a row whose signature was not checked just before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from terminal.domain.canonical import JsonObject
from terminal.domain.signed_setting import SignedSetting
from terminal.store.sync_file import SyncFile

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS settings(
    key TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS settings_stay BEFORE DELETE ON settings
BEGIN SELECT RAISE(ABORT, 'a setting is withdrawn by a newer record, never deleted'); END;
"""
_READY: Final = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'settings'"
_ONE: Final = "SELECT record FROM settings WHERE key = ?"


class SettingsStore:
    """The writing side, owned by the sync agent; thread-safe.

    Args:
        file: sync.db; whoever opened it closes it.

    Raises:
        EnvironmentFault: see `terminal.store.database.database_faults`.
    """

    def __init__(self, file: SyncFile) -> None:
        self._file = file
        file.prepare(_SCHEMA)

    def newest(self, key: str) -> JsonObject | None:
        """The record that counts of a key, None when there is none."""
        with self._file.read() as connection:
            row = connection.execute(_ONE, (key,)).fetchone()
        return _record(row[0]) if row else None

    def keep(self, setting: SignedSetting) -> None:
        """Let a newer record take the place of the one before.

        Args:
            setting: newer than what is kept, or in the place of what nobody signed.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with self._file.write() as connection:
            connection.execute(
                "INSERT INTO settings VALUES (?, ?, ?) ON CONFLICT (key)"
                " DO UPDATE SET version = excluded.version, record = excluded.record",
                (setting.key, setting.version, setting.text),
            )


class SettingsReader:
    """The reading side, for the counter.

    Args:
        rows: runs a statement with its values in ``sync.db``; nothing is found without the file.
    """

    def __init__(self, rows: Callable[..., list[Any]]) -> None:
        self._rows = rows

    def text(self, key: str) -> str:
        """The kept record of a key as it was written; "" for none."""
        found = self._rows(_ONE, (key,)) if self._is_there() else []
        return str(found[0][0]) if found else ""

    def keys(self) -> tuple[str, ...]:
        """Every key that is kept."""
        found = self._rows("SELECT key FROM settings ORDER BY key") if self._is_there() else []
        return tuple(str(row[0]) for row in found)

    def _is_there(self) -> bool:
        """Whether the table is there: an agent of an earlier version made none."""
        # Asked every time: the file may be damaged and made anew at any moment.
        found = self._rows(_READY)
        return bool(found and found[0][0])


def _record(text: str) -> JsonObject:
    record: JsonObject = json.loads(text)
    return record
