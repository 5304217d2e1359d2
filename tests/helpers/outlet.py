"""A real outlet for tests: enrolled once at the real platform, then copied for each test.

The fixtures over it are in ``tests.helpers.outlet_fixtures``.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from terminal.app.context import Context
from terminal.app.desk import Desk, DeskEvent
from terminal.app.usecases import UseCases, make_use_cases
from terminal.bootstrap import HomeSite, known_books, open_keys
from terminal.domain.china_time import CHINA
from terminal.domain.lockout import RunningTime
from terminal.domain.profile import Profile
from terminal.store.books import SqlBooks
from terminal.store.credentials import ArgonCheck
from terminal.store.identity import read_identity, write_identity
from terminal.store.reference import ReferenceReader
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.central import Central, running_central
from tests.helpers.quick_verifiers import cheapen_verifiers

CLERK, PIN = "0312", "246810"
SENIOR, SENIOR_PIN = "0315", "135790"
MANAGER, MANAGER_PIN = "0301", "112233"
SECRETS = {CLERK: PIN, SENIOR: SENIOR_PIN, MANAGER: MANAGER_PIN}
STAMP, RICE = "P0001", "L0101"
TILL = "cash:T02"
QUICK_PACE = {"idle_s": 0.5, "feeds_s": 1.0, "held_s": 0.5, "base_s": 0.05, "cap_s": 0.3}
DEADLINE_S = 30.0


class OutletClock:
    """A clock that a test turns. Starts tomorrow at ten in the outlet: after the enrolment.

    Args:
        tick_ms: how far reading the time moves it, so that no two records share a stamp.
    """

    def __init__(self, tick_ms: int = 1) -> None:
        tomorrow = datetime.now(CHINA) + timedelta(days=1)
        self._wall = tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)
        self._tick = timedelta(milliseconds=tick_ms)
        self._up = timedelta(hours=1)
        self._boot = 1
        self.dies_at_next_reading = False

    def now_utc(self) -> str:
        if self.dies_at_next_reading:
            # Entries are stamped inside their transaction: the process ends before the commit.
            self.dies_at_next_reading = False
            raise SystemExit
        self.advance(self._tick)
        return self._wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def local_date(self) -> str:
        return self._wall.astimezone(CHINA).strftime("%Y-%m-%d")

    def running(self) -> RunningTime:
        return RunningTime(f"boot-{self._boot}", int(self._up.total_seconds() * 1000))

    def advance(self, passed: timedelta) -> None:
        """Time passes on a running machine."""
        self._wall += passed
        self._up += passed

    def set_wall(self, change: timedelta) -> None:
        """Somebody sets the wall clock; the machine's running time does not care."""
        self._wall += change

    def reboot(self) -> None:
        """The machine starts again: a new boot id, running time from zero."""
        self._boot += 1
        self._up = timedelta(seconds=20)


@dataclass(frozen=True)
class Template:
    """An enrolled home and the platform's state beside it; copied, never used."""

    home: Path
    platform: Path

    def copy_home(self, target: Path) -> Path:
        """A home of its own for one test."""
        shutil.copytree(self.home, target, symlinks=True)
        return target

    @contextmanager
    def running_platform(self, target: Path) -> Iterator[Central]:
        """The platform the home is enrolled at, on a copy of its state."""
        shutil.copytree(self.platform, target)
        with running_central(target, demo=True) as central:
            yield central


@dataclass
class Outlet:
    """One terminal's home and the use cases over it; ``crash`` forgets everything but the disk."""

    home: Path
    clock: OutletClock = field(default_factory=OutletClock)
    payment_speed: float = 0.01
    _parts: list[Any] = field(default_factory=list)
    _cases: UseCases | None = None
    _books: SqlBooks | None = None

    @property
    def cases(self) -> UseCases:
        """The use cases, opened when first asked for."""
        return self._cases or self.open()

    @property
    def books(self) -> SqlBooks:
        """The books under the use cases."""
        self.cases  # noqa: B018 - opens them
        assert self._books is not None
        return self._books

    def open(self) -> UseCases:
        """Open as the composition root does, only with this clock and without an agent."""
        identity, keys = read_identity(self.home), open_keys(self.home)
        books = known_books(self.home, identity, keys, self.clock)
        catalogue = ReferenceReader(self.home)
        sync = SyncReader(self.home / SYNC_FILE, keys.db_key)
        context = Context(
            books=books,
            catalogue=catalogue,
            clock=self.clock,
            secrets=ArgonCheck(bytes.fromhex(identity.platform_key)),
            sync=sync,
            profile=Profile.from_json(identity.profile),
            public_keys=identity.public_keys,
        )
        self._books, self._parts = books, [catalogue, sync]
        self._cases = make_use_cases(context, speed=self.payment_speed)
        self._cases.ranges.take_over()
        return self._cases

    def crash(self) -> UseCases:
        """The process ends without a word; another one opens the same folder."""
        if self._books is not None:
            # Closing rolls back what was not committed and tidies nothing.
            self._books._connection.close()
        self._let_go()
        return self.open()

    def close(self) -> None:
        """Close properly; whatever was open may be opened again."""
        if self._books is not None:
            self._books.close()
        self._let_go()

    def open_day(self, clerk: str = CLERK, pin: str = PIN) -> None:
        """Open the outlet's day, also one that was closed already, and sign a clerk on."""
        self.cases.session.open_outlet(MANAGER, MANAGER_PIN, (SENIOR, SENIOR_PIN))
        self.cases.session.sign_on(clerk, pin)

    def sell(self, sku: str = STAMP, quantity: int = 1) -> str:
        """Sell one line for cash; the order number."""
        self.cases.ordering.add_item(sku, quantity)
        form = self.cases.paying.begin()
        done = self.cases.paying.tender_cash(form.form_id, form.cash_remaining_text).done
        assert done is not None
        return done.order_no

    def _let_go(self) -> None:
        for part in self._parts:
            part.close()
        self._parts, self._cases, self._books = [], None, None


class LiveDesk:
    """A running desk and what it said."""

    def __init__(self, home: Path, *, payment_speed: float = 0.01) -> None:
        site = HomeSite(home, payment_speed=payment_speed, sync_pace=QUICK_PACE)
        self.desk = Desk(site)
        self.events: list[DeskEvent] = []
        self._heard = threading.Condition()
        self.desk.on_event(self._hear)

    def start(self) -> None:
        """Start and wait until it is ready."""
        self.desk.start()
        self.await_event("ready")

    def await_event(
        self, kind: str, matches: Callable[[DeskEvent], bool] = lambda _event: True
    ) -> DeskEvent:
        """The first event of a kind that matches, waited for with a deadline."""

        def found() -> DeskEvent | None:
            return next((e for e in self.events if e.kind == kind and matches(e)), None)

        with self._heard:
            self._heard.wait_for(found, timeout=DEADLINE_S)
            event = found()
        assert event is not None, f"no {kind!r} among {[(e.kind, e.data) for e in self.events]}"
        return event

    def _hear(self, event: DeskEvent) -> None:
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()


def connect(home: Path, platform: Central) -> None:
    """Let a copied home talk to the platform's copy at its new address."""
    write_identity(home, replace(read_identity(home), platform_url=platform.url))


@contextmanager
def made_template() -> Iterator[Template]:
    """Enrol a terminal at the real platform and load the demo data."""
    folder = Path(tempfile.mkdtemp(prefix="postal-outlet-"))
    template = Template(folder / "home", folder / "platform")
    try:
        with running_central(template.platform, demo=True) as central:
            HomeSite(template.home).enrol(central.url, "DEMO-2026")
        cheapen_verifiers(template.home, template.platform, SECRETS)
        yield template
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copied_outlet(template: Template, folder: Path) -> Iterator[Outlet]:
    """An outlet of its own, closed at the end."""
    outlet = Outlet(template.copy_home(folder / "home"))
    try:
        yield outlet
    finally:
        outlet.close()
