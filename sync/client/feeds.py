"""Download: the first load as a signed snapshot, then what changed, page by page.

A page and its cursor are one transaction of ``reference.db``, so a cut at any moment repeats at
most one page. What the platform's key did not sign is never stored: a clerk's record decides who
may sign on.

Source: architecture.md §4 "Download feeds".
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sync.client.http import PlatformLine, Reply
from sync.wire.messages import Change, FeedPage
from sync.wire.refusal import STRANGER, Refusal
from sync.wire.signing import is_signed, record_is_signed
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault
from terminal.store.atomic_file import write_atomically
from terminal.store.database import database_faults, open_database
from terminal.store.reference_apply import AppliedPage, ReferenceWriter
from terminal.store.reference_load import load_snapshot
from terminal.store.reference_schema import COLUMNS, current_generation
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

PAGE_LIMIT = 500
SNAPSHOT_TIMEOUT_S = 120.0
LANE = "feeds"
ALL_FLAGS = frozenset({"catalogue", "clerks", "settings"})
_EXPIRED = "feed.cursor_expired"
_DRAFT = ".snapshot.db"


@dataclass(frozen=True)
class FeedReport:
    """How one pull ended.

    Args:
        flags: what changed here: ``catalogue``, ``clerks``, ``settings``.
        code: dotted code of what stopped it, empty when we have everything.
    """

    flags: frozenset[str]
    code: str = ""


class Feeds:
    """The download lane. Thread rule: one thread at a time.

    Args:
        line: the line to the platform.
        store: where refused records are parked.
        home: the terminal's folder.
        platform_key: 32 bytes, checks snapshots and clerks.
        now: UTC time.
    """

    def __init__(
        self,
        line: PlatformLine,
        store: SyncStore,
        home: Path,
        *,
        platform_key: bytes,
        now: Callable[[], str],
    ) -> None:
        self._line = line
        self._store = store
        self._home = home
        self._platform_key = platform_key
        self._now = now

    def pull(self) -> FeedReport:
        """Take a snapshot when there is none, then every page of changes.

        Returns:
            How it ended; what was stored before a failure stays stored.

        Raises:
            EnvironmentFault: our own disk is in trouble, see
                `terminal.store.database.database_faults`.
        """
        flags: frozenset[str] = frozenset()
        code = ""
        if not current_generation(self._home):
            flags, code = self._snapshot()
        if code:
            return FeedReport(flags, code)
        changed, code = self._pages()
        flags |= changed
        if code == _EXPIRED:
            taken, code = self._snapshot()
            flags |= taken
            if not code:
                changed, code = self._pages()
                flags |= changed
        return FeedReport(flags, code)

    def _pages(self) -> tuple[frozenset[str], str]:
        flags: frozenset[str] = frozenset()
        with ReferenceWriter(self._home) as writer:
            while True:
                cursor = writer.cursor
                query = urlencode({"cursor": cursor, "limit": PAGE_LIMIT})
                reply = self._line.get(f"/v1/feeds?{query}")
                if reply.outcome != "ok":
                    return flags, reply.code
                try:
                    page = FeedPage.parse(reply.body)
                except Refusal:
                    return flags, STRANGER
                if page.changes or page.cursor != cursor:
                    applied = writer.apply_changes(
                        self._trusted(page.changes), page.cursor, at_utc=self._now()
                    )
                    self._park_refused(applied)
                    flags |= applied.flags
                if not page.more:
                    return flags, ""
                if page.cursor == cursor:
                    return flags, "feed.no_progress"

    def _trusted(self, changes: Iterable[JsonObject]) -> list[JsonObject]:
        """The changes we understand and believe; the others are parked and stop nobody."""
        kept: list[JsonObject] = []
        for item in changes:
            try:
                change = Change.parse(item)
            except Refusal as refusal:
                self._park(refusal.code, item)
                continue
            if change.feed == "clerks" and change.data is not None:
                if not record_is_signed(change.data, self._platform_key):
                    self._park_clerk(str(change.key))
                    continue
                self._store.solve_parked("clerks", self._now(), item=str(change.key))
            kept.append(item)
        return kept

    def _park_clerk(self, clerk_id: str) -> None:
        self._store.park(ParkedItem("clerks", "clerk.bad_signature", clerk_id, {}, self._now()))

    def _park_refused(self, page: AppliedPage) -> None:
        for change, reason in page.refused:
            self._park(reason, change)

    def _park(self, reason: str, change: Mapping[str, Any]) -> None:
        item = f"{change.get('feed')}:{json.dumps(change.get('key'), ensure_ascii=False)}"
        self._store.park(ParkedItem(LANE, reason, item, {}, self._now()))

    def _snapshot(self) -> tuple[frozenset[str], str]:
        reply = self._line.get("/v1/snapshot", raw=True, read_timeout_s=SNAPSHOT_TIMEOUT_S)
        if reply.outcome != "ok":
            return frozenset(), reply.code
        try:
            plain = self._verified(reply)
        except EnvironmentFault as error:
            return frozenset(), error.code
        draft = self._home / _DRAFT
        try:
            write_atomically(draft, plain)
            self._drop_unsigned_clerks(draft)
            load_snapshot(
                self._home,
                draft,
                reply.headers.get("X-Snapshot-Cursor", ""),
                reply.headers.get("X-Server-Epoch", ""),
                at_utc=self._now(),
            )
        finally:
            draft.unlink(missing_ok=True)
        return ALL_FLAGS, ""

    def _verified(self, reply: Reply) -> bytes:
        """The snapshot's plain bytes, only when they are whole and signed."""
        digest = hashlib.sha256(reply.content).digest()
        if digest.hex() != reply.headers.get("X-Snapshot-Sha256", "").lower():
            raise EnvironmentFault("snapshot.damaged")
        if not is_signed(digest, reply.headers.get("X-Snapshot-Signature"), self._platform_key):
            raise EnvironmentFault("snapshot.bad_signature")
        if not reply.headers.get("X-Snapshot-Cursor"):
            raise EnvironmentFault("snapshot.damaged", hint="no cursor")
        try:
            return gzip.decompress(reply.content)
        except (OSError, EOFError, zlib.error) as error:
            raise EnvironmentFault("snapshot.damaged", hint=str(error)) from error

    def _drop_unsigned_clerks(self, draft: Path) -> None:
        columns = COLUMNS["clerks"]
        query = f"SELECT {', '.join(columns)} FROM clerks"  # noqa: S608 - own names
        connection = open_database(draft, None, synchronous="NORMAL")
        try:
            with database_faults(draft.name):
                rows = connection.execute(query).fetchall()
                for row in rows:
                    record = dict(zip(columns, row, strict=True))
                    if not record_is_signed(record, self._platform_key):
                        self._park_clerk(str(record["clerk_id"]))
                        connection.execute(
                            "DELETE FROM clerks WHERE clerk_id = ?", (record["clerk_id"],)
                        )
                connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            connection.close()
