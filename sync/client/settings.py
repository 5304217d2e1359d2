"""Settings that came: taken when the platform signed them and they are newer than what we have.

What is refused changes nothing: the older good setting goes on to count, a person is told, and the
rest of the page flows. Source: postal-domain.md §2.22, "signed platform data".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sync.wire.signing import record_is_signed
from terminal.domain.signed_setting import FORGED, SignedSetting, judged
from terminal.store.settings_rows import SettingsStore
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

LANE: Final = "settings"
FEED: Final = "settings"
_TAKEN: Final = "settings_taken"


class Settings:
    """Takes settings. Thread rule: one thread at a time.

    Args:
        store: where refused ones are parked.
        platform_key: 32 bytes.
        now: UTC time.
    """

    def __init__(self, store: SyncStore, platform_key: bytes, now: Callable[[], str]) -> None:
        self._store = store
        self._kept = SettingsStore(store.file)
        self._platform_key = platform_key
        self._now = now

    @property
    def taken(self) -> bool:
        """Whether a snapshot's settings were ever looked at since this ``sync.db`` was made."""
        return self._store.state(_TAKEN) == "1"

    def take_all(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take what a snapshot has."""
        for record in records:
            self.take(str(record.get("key", "")), record)
        self._store.put_state({_TAKEN: "1"})

    def take(self, key: str, record: Mapping[str, Any] | None) -> bool:
        """Take one record.

        Args:
            key: the key it travelled under.
            record: None for a removal, which nobody can sign: a setting is withdrawn by a record.

        Returns:
            Whether something else counts now.
        """
        kept = self._kept.newest(key)
        newest = judged(kept, self._is_genuine) if kept else None
        held = newest if isinstance(newest, SignedSetting) else None
        found = judged(record, self._is_genuine, held) if record is not None else FORGED
        if isinstance(found, SignedSetting) and found.key != key:
            found = FORGED
        if isinstance(found, str):
            self._store.park(ParkedItem(LANE, found, key, {}, self._now()))
            return False
        self._store.solve_parked(LANE, self._now(), item=key)
        if found == held:
            return False
        self._kept.keep(found)
        return True

    def _is_genuine(self, record: Mapping[str, Any]) -> bool:
        return record_is_signed(dict(record), self._platform_key)
