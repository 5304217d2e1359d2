"""Records as the centre would sign them, put where the agent would put them."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.settings import Settings
from sync.wire.signing import sign_record
from terminal.bootstrap import open_keys
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.store.inbox import InboxStore
from terminal.store.sync_file import SYNC_FILE, SyncFile
from terminal.store.sync_store import SyncStore
from tests.helpers.outlet import Outlet

LAST_DAY = "2999-01-01T00:00:00.000Z"
FUTURE_VERSION = 4 * 10**12
"""Of a setting that is newer than all the demonstration has."""


class Centre:
    """Somebody who holds the platform's key, without the platform.

    Args:
        platform: folder of the platform the outlet is enrolled at.
    """

    def __init__(self, platform: Path) -> None:
        seed = (platform / "platform.key").read_bytes()
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """What terminals know it by."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with the platform's signature."""
        return sign_record(record, self._key.sign)

    def directive(self, about: Entry, fen: int = 120, **changes: Any) -> dict[str, Any]:
        """A correction that takes an amount out of the till and out of the sales again."""
        return self.sign(
            {
                "kind": "directive",
                "directive_id": new_uuid7(),
                "terminal_id": about.terminal_id,
                "issuer": "演示市局会计科",
                "reason": "重复入账，予以冲销",
                "about_seq": about.seq,
                "about_hash": about.hash,
                "amount_fen": fen,
                "postings": [
                    {"account": "cash:T02", "fen": -fen},
                    {"account": "postage:postage", "fen": fen},
                ],
                "issued_at": "2026-11-21T01:00:00.000Z",
                "expires_at": LAST_DAY,
                **changes,
            }
        )

    def setting(self, key: str, value: Any, version: int) -> dict[str, Any]:
        """A setting as the platform signs it."""
        return self.sign({"key": key, "value": json.dumps(value), "version": version})

    def task(self, about: Entry, code: str = "journal.unknown_kind") -> dict[str, Any]:
        """What the platform could not apply."""
        told = {"kind": "task", "task_id": new_uuid7(), "terminal_id": about.terminal_id}
        at = "2026-11-21T01:00:00.000Z"
        return self.sign({**told, "about_seq": about.seq, "code": code, "at": at})

    def notice(self) -> dict[str, Any]:
        """A known fault."""
        return self.sign(
            {
                "kind": "notice",
                "notice_id": new_uuid7(),
                "issuer": "演示省公司",
                "title_zh": "抹零后屏幕合计可能差一分",
                "title_en": "After rounding the total on screen may be one fen off",
                "text_zh": "账目正确，只有屏幕显示有误。短款一分时请注明本通知，不用补款。",
                "text_en": "The books are right, only the screen is not. "
                "When one fen is short, name this notice; nobody has to make it good.",
                "issued_at": "2026-11-21T01:00:00.000Z",
            }
        )


def deliver(outlet: Outlet, *records: dict[str, Any]) -> None:
    """Write records into an outlet's sync.db as the agent does."""
    put_into(outlet.home, *records)


def put_into(home: Path, *records: dict[str, Any]) -> None:
    """Write records into a home's sync.db as the agent does."""
    with closing(SyncFile(home / SYNC_FILE, open_keys(home).db_key)) as file:
        InboxStore(file).keep(records, "a life", {}, "2026-11-21T01:00:05.000Z")


def tell_setting(home: Path, platform: Path, key: str, value: Any) -> None:
    """Bring a newer setting to a home as the agent does, signed with the platform's key."""
    centre, keys = Centre(platform), open_keys(home)
    with closing(SyncStore(home / SYNC_FILE, keys.db_key)) as store:
        settings = Settings(store, centre.public_key, lambda: "2026-11-21T01:00:05.000Z")
        assert settings.take(key, centre.setting(key, value, FUTURE_VERSION))
