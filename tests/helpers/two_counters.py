"""Two counters and one platform that lease numbers over a bad line, days and crashes apart.

Everything is real but the line: books, use cases, sync.db, the platform's store and intake. Time is
one for all and moves when a test says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sync.central import intake, ranges
from sync.central.platform import Platform, Settings
from sync.client.http import PlatformLine, Reply
from sync.client.ranges import refill
from sync.wire.messages import RangeAnswer, RangeRequest
from terminal.app.ranges import PAUSE_MS
from terminal.bootstrap import HomeSite, open_keys
from terminal.domain.leases import KINDS
from terminal.domain.outlet_time import utc_text
from terminal.store.identity import read_identity
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.central import running_central
from tests.helpers.outlet import Outlet, OutletClock

POOLED = ("waybill", "voucher")


def make_two(folder: Path) -> None:
    """Enrol two counters at one platform; ``folder`` is copied for each run."""
    with running_central(folder / "platform", demo=True) as central:
        for name in ("a", "b"):
            HomeSite(folder / name).enrol(central.url, "DEMO-2026")


@dataclass
class LossyRoad:
    """Where a request or its answer may be lost; the platform's rule is the real one."""

    platform: Platform
    terminal_id: str
    now_ms: int
    loses: str

    def post(self, _path: str, body: dict[str, Any]) -> Reply:
        """Answer as the platform's route does."""
        request = RangeRequest.parse(body)
        if self.loses == "request":
            return Reply("unknown", "platform.timeout", sent=True)
        leased = self.platform.database.transaction(
            lambda connection: ranges.lease(connection, self.terminal_id, request, self.now_ms)
        )
        if self.loses == "answer":
            return Reply("unknown", "platform.timeout", sent=True)
        return Reply("ok", "", 200, RangeAnswer((leased,)).format(), sent=True)


@dataclass
class Counter:
    """One terminal; ``taken`` is what stands on paper."""

    outlet: Outlet
    platform: Platform
    terminal_id: str
    taken: list[tuple[str, int]] = field(default_factory=list)

    def use(self, kind: str, count: int, *, dies: bool) -> None:
        """Take numbers as a sale does; printed is what was committed."""
        for number in range(count):
            context = self.outlet.cases.context
            now = context.time.sure()
            try:
                with self.outlet.books.transaction() as tx:
                    got = tx.next_number(kind, now)
                    if dies and number == count - 1:
                        raise KeyboardInterrupt
            except KeyboardInterrupt:
                self.outlet.crash()
                return
            self.taken.append((kind, got))

    def squander(self, kind: str, left: int) -> None:
        """As after months of work: only so many are left of each lease."""
        self.outlet.books._connection.execute(
            "UPDATE ranges SET next = max(next, hi - ? + 1) WHERE kind = ?", (left, kind)
        )

    def look(self, now: datetime, loses: str) -> None:
        """The agent's and the housekeeping's work: hear the time, ask, take over."""
        keys = open_keys(self.outlet.home)
        # Nobody asks for the same again at once.
        self.outlet.clock.advance(timedelta(milliseconds=PAUSE_MS))
        with closing(SyncStore(self.outlet.home / SYNC_FILE, keys.db_key)) as store:
            store.put_state({"platform_time": utc_text(now), "online": "1"})
            road = LossyRoad(self.platform, self.terminal_id, int(now.timestamp() * 1000), loses)
            for wanted in self.outlet.cases.ranges.take_over():
                refill(cast(PlatformLine, road), store, wanted, lambda: utc_text(now))
        self.outlet.cases.ranges.take_over()

    def upload(self) -> None:
        """Everything the journal has, through the platform's own intake."""
        held = intake.head(self.platform, self.terminal_id).seq
        rows = [e.to_wire() for e in self.outlet.books.all_entries() if e.seq > held]
        for at in range(0, len(rows), 500):
            intake.store(self.platform, self.terminal_id, rows[at : at + 500])


@dataclass
class Town:
    """Both counters, the platform and the time."""

    counters: tuple[Counter, ...]
    platform: Platform
    clock_start: datetime
    passed: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        """The one true time."""
        return self.clock_start + self.passed

    def wait(self, days: int) -> None:
        """Time passes, for machines that run and for the platform."""
        self.passed += timedelta(days=days)
        for counter in self.counters:
            counter.outlet.clock.advance(timedelta(days=days))

    def twice(self) -> list[tuple[str, int]]:
        """Numbers of a pool that stand on two papers, and a counter's own that do."""
        pooled = [one for c in self.counters for one in c.taken if one[0] in POOLED]
        own = [[one for one in c.taken if one[0] not in POOLED] for c in self.counters]
        return [
            one for group in (pooled, *own) for one in sorted(set(group)) if group.count(one) > 1
        ]


@contextmanager
def town(template: Path, folder: Path) -> Iterator[Town]:
    """A copy of both counters and their platform."""
    shutil.copytree(template, folder, symlinks=True)
    platform = Platform(Settings(folder / "platform", demo=True))
    outlets = [Outlet(folder / name, clock=OutletClock()) for name in ("a", "b")]
    start = datetime.fromisoformat(outlets[0].clock.now_utc())
    try:
        for outlet in outlets:
            outlet.open()
        yield Town(
            tuple(
                Counter(outlet, platform, read_identity(outlet.home).terminal_id)
                for outlet in outlets
            ),
            platform,
            start,
        )
    finally:
        for outlet in outlets:
            outlet.close()
        platform.database.close()


assert set(POOLED) < set(KINDS)
