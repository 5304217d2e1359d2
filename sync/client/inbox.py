"""The inbox: fetches what the centre tells this counter and keeps it, unread.

The agent carries and does not judge: a forged directive is kept too, so that the clerk sees that
somebody tried. Source: architecture.md §5 "inbox of tasks and directives".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from sync.client.feeds import FeedReport
from sync.client.http import PlatformLine
from sync.wire.inbox import InboxPage
from sync.wire.refusal import STRANGER, Refusal
from terminal.store.inbox import InboxStore

ARRIVED: Final = "inbox"
"""Flag of a pull that brought something."""
_OLDER: Final = "platform.no_such_path"
"""A platform of an earlier version has no inbox: nothing is wrong with the line."""
_PAGES: Final = 200
"""Pages of one pull at most, so that no platform can keep the lane for itself."""


class InboxLane:
    """Pulls what came. Thread rule: one thread at a time.

    Args:
        line: the line to the platform.
        store: where it is kept.
        terminal_id: ours.
        now: UTC time.
    """

    def __init__(
        self, line: PlatformLine, store: InboxStore, terminal_id: str, now: Callable[[], str]
    ) -> None:
        self._line = line
        self._store = store
        self._path = f"/v1/terminals/{terminal_id}/inbox"
        self._now = now

    def pull(self) -> FeedReport:
        """Take every page after what is here.

        Returns:
            How it ended; what was kept before a failure stays kept.

        Raises:
            EnvironmentFault: our own disk is in trouble.
        """
        flags: frozenset[str] = frozenset()
        epoch = self._line.connectivity.reading().server_epoch
        for _ in range(_PAGES):
            numbers = self._store.next_numbers(epoch)
            reply = self._line.get(f"{self._path}?{urlencode(numbers)}")
            if reply.code == _OLDER:
                return FeedReport(flags)
            if reply.outcome != "ok":
                return FeedReport(flags, reply.code)
            try:
                page = InboxPage.parse(reply.body)
            except Refusal:
                return FeedReport(flags, STRANGER)
            if page.server_epoch != epoch:
                # Another life counts anew; what is here already is known by its content.
                epoch = page.server_epoch
                if numbers != self._store.next_numbers(epoch):
                    continue
            if keep_page(self._store, page, self._now()):
                flags = frozenset({ARRIVED})
            reached = self._store.next_numbers(epoch)
            if not page.more or reached == numbers:
                return FeedReport(flags)
        return FeedReport(flags)


def keep_page(store: InboxStore, page: InboxPage, at: str) -> int:
    """Keep what a page has and how far it went, however it came.

    Args:
        store: where it is kept.
        page: from the line, or from a file that somebody carried.
        at: UTC time.

    Returns:
        How many records were not here before.

    Raises:
        EnvironmentFault: our own disk is in trouble.
    """
    reached = store.next_numbers(page.server_epoch)
    for lane, items in (("item", page.items), ("task", page.tasks)):
        reached[lane] = max([reached[lane], *(item.number + 1 for item in items)])
    records = [item.record for item in (*page.items, *page.tasks, *page.pouches)]
    return store.keep(records, page.server_epoch, reached, at)
