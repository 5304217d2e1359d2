"""The platform's settings as this counter goes by them.

The agent leaves the newest record of each key in ``sync.db``. The counter checks the platform's
signature before it goes by a record, and copies it into its own books: a ``sync.db`` that somebody
put back to an older day, or changed, takes nothing back. ``reference.db`` has no say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from terminal.domain.errors import BugError
from terminal.domain.signed_setting import SignedSetting, judged
from terminal.ports.books import Books
from terminal.ports.secrets import SecretCheck
from terminal.ports.sync_state import SyncState

CHANGED_HERE: Final = "setting.changed_here"
"""A record on this machine is not what the platform signed, or older than what counted before."""

LANE: Final = "settings"
_KEPT: Final = "setting:"


class SignedSettings:
    """Reads settings. Store thread only."""

    def __init__(self, books: Books, sync: SyncState, secrets: SecretCheck) -> None:
        self._books = books
        self._sync = sync
        self._secrets = secrets
        self._judged: dict[tuple[str, str], SignedSetting | None] = {}
        self._refused: set[str] = set()

    def value(self, key: str) -> Any:
        """What the platform says; None when it said nothing, or withdrew it."""
        found = self._newest(key)
        return None if found is None else found.value

    def take_over(self) -> None:
        """Copy what is newer in ``sync.db`` into the books."""
        newer = [
            found
            for key in self._sync.setting_keys()
            if (found := self._newest(key)) is not None
            and found.text != self._books.preference(_KEPT + key)
        ]
        if newer:
            with self._books.transaction() as tx:
                for setting in newer:
                    tx.set_preference(_KEPT + setting.key, setting.text)

    def refused(self) -> tuple[str, ...]:
        """Keys whose record in ``sync.db`` or in the books does not count."""
        for key in self._sync.setting_keys():
            self._newest(key)
        return tuple(sorted(self._refused))

    def _newest(self, key: str) -> SignedSetting | None:
        own_text = self._books.preference(_KEPT + key) or ""
        told_text = self._sync.setting(key)
        own, told = self._read(key, own_text), self._read(key, told_text)
        behind = own is not None and told is not None and told.version < own.version
        if behind or (own_text and own is None) or (told_text and told is None):
            self._refused.add(key)
        else:
            self._refused.discard(key)
        known = [one for one in (own, told) if one is not None]
        return max(known, key=lambda one: one.version, default=None)

    def _read(self, key: str, text: str) -> SignedSetting | None:
        """A record that is what it says; judged anew whenever a character of it is another."""
        if not text:
            return None
        if (key, text) not in self._judged:
            self._judged[key, text] = self._judge(key, text)
        return self._judged[key, text]

    def _judge(self, key: str, text: str) -> SignedSetting | None:
        try:
            record = json.loads(text)
        except ValueError:
            return None
        found = judged(record, self._genuine) if isinstance(record, dict) else ""
        return found if isinstance(found, SignedSetting) and found.key == key else None

    def _genuine(self, record: Mapping[str, Any]) -> bool:
        try:
            return self._secrets.genuine(record)
        except BugError:
            # What has no canonical form was never signed.
            return False
