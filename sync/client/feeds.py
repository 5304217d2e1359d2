"""Download: the first load (see ``first_load``), then what changed, page by page.

A page and its cursor are one transaction of ``reference.db``, so a cut at any moment repeats at
most one page. What the platform's key did not sign is never stored: a clerk's record decides who
may sign on, a setting what she may do.

Source: architecture.md §4 "Download feeds".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sync.client.first_load import FirstLoad
from sync.client.http import PlatformLine
from sync.client.settings import FEED as SETTINGS
from sync.client.settings import Settings
from sync.wire.messages import Change, FeedPage
from sync.wire.refusal import STRANGER, Refusal
from sync.wire.signing import record_is_signed
from terminal.domain.canonical import JsonObject
from terminal.store.reference_apply import AppliedPage, ReferenceWriter
from terminal.store.reference_schema import current_generation
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

PAGE_LIMIT = 500
LANE = "feeds"
ALL_FLAGS = frozenset({"catalogue", "clerks", "settings"})
_EXPIRED = "feed.cursor_expired"


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
        self._settings = Settings(store, platform_key, now)
        self._first_load = FirstLoad(
            line, home, platform_key=platform_key, now=now, settings=self._settings.take_all
        )

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
        # A sync.db that was made anew, or by an earlier version, has no settings yet.
        if not current_generation(self._home) or not self._settings.taken:
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
                    trusted, taken = self._trusted(page.changes)
                    applied = writer.apply_changes(trusted, page.cursor, at_utc=self._now())
                    self._park_refused(applied)
                    flags |= applied.flags | taken
                if not page.more:
                    return flags, ""
                if page.cursor == cursor:
                    return flags, "feed.no_progress"

    def _trusted(self, changes: Iterable[JsonObject]) -> tuple[list[JsonObject], frozenset[str]]:
        """The changes we understand and believe; the others are parked and stop nobody.

        Returns:
            What goes with the catalogue; settings have a place of their own, a flag says that some
            changed.
        """
        kept: list[JsonObject] = []
        flags: set[str] = set()
        for item in changes:
            try:
                change = Change.parse(item)
            except Refusal as refusal:
                self._park(refusal.code, item)
                continue
            if change.feed == SETTINGS:
                flags |= {SETTINGS} if self._settings.take(str(change.key), change.data) else set()
                continue
            if change.feed == "clerks" and change.data is not None:
                if not record_is_signed(change.data, self._platform_key):
                    self._park_clerk(str(change.key))
                    continue
                self._store.solve_parked("clerks", self._now(), item=str(change.key))
            kept.append(item)
        return kept, frozenset(flags)

    def _park_clerk(self, clerk_id: str) -> None:
        self._store.park(ParkedItem("clerks", "clerk.bad_signature", clerk_id, {}, self._now()))

    def _park_refused(self, page: AppliedPage) -> None:
        for change, reason in page.refused:
            self._park(reason, change)

    def _park(self, reason: str, change: Mapping[str, Any]) -> None:
        item = f"{change.get('feed')}:{json.dumps(change.get('key'), ensure_ascii=False)}"
        self._store.park(ParkedItem(LANE, reason, item, {}, self._now()))

    def _snapshot(self) -> tuple[frozenset[str], str]:
        taken = self._first_load.take()
        for clerk_id in taken.forged:
            self._park_clerk(clerk_id)
        return (frozenset() if taken.code else ALL_FLAGS), taken.code
