"""The spooler with a real driver, a real socket and the simulated machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from devices.printer.escpos import EscposEncoder
from terminal.app.context import Context
from terminal.app.spooler import Spooler
from terminal.domain.errors import EnvironmentFault
from terminal.ports.books import PrintJob
from tests.helpers.journal_writer import until
from tests.helpers.outlet import Outlet
from tests.helpers.printers import printer_pair

pytest_plugins = ["tests.helpers.outlet_fixtures"]

T = TypeVar("T")


class _StoreDoor:
    """One at a time to the books, as the store thread is; a full disk now and then."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._lock = threading.Lock()
        self.disk_is_full = False

    def __call__(self, work: Callable[[Context], T], /) -> T:
        with self._lock:
            if self.disk_is_full:
                raise EnvironmentFault("database.full")
            return work(self._outlet.cases.context)


class _Rig:
    def __init__(self, outlet: Outlet, spooler: Spooler, door: _StoreDoor) -> None:
        self.outlet, self.spooler, self.door = outlet, spooler, door
        self.told: list[tuple[str, str]] = []

    def states(self) -> list[str]:
        return [job.state for job in self.door(lambda core: core.books.print_jobs(limit=9))]


@pytest.fixture
def rig(counter: Outlet) -> Iterator[_Rig]:
    with printer_pair() as (printer, _machine):
        door = _StoreDoor(counter)
        told: list[tuple[str, str]] = []

        def tell(_job: PrintJob, state: str, reason: str) -> None:
            told.append((state, reason))

        spooler = Spooler(door, printer, EscposEncoder(), tell)
        made = _Rig(counter, spooler, door)
        made.told = told
        spooler.start()
        yield made
        spooler.stop()


def test_what_is_sold_is_printed_in_order(rig: _Rig) -> None:
    for _ in range(3):
        with rig.door._lock:
            rig.outlet.sell()
        rig.spooler.wake()
    until(lambda: rig.states() == ["printed"] * 3, "three slips on paper")
    assert rig.told == [("printed", "")] * 3


def test_a_full_disk_for_a_moment_does_not_end_printing(rig: _Rig) -> None:
    with rig.door._lock:
        rig.outlet.sell()
    rig.door.disk_is_full = True
    rig.spooler.wake()
    until(lambda: not rig.spooler._wake.is_set(), "the spooler tried")
    rig.door.disk_is_full = False
    rig.spooler.wake()
    until(lambda: rig.states() == ["printed"], "the slip on paper")
