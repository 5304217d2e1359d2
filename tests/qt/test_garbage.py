"""Garbage is collected at rest, and what the start brought is not looked through again."""

from __future__ import annotations

import ctypes
import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from ui.common.garbage import GarbageAtRest, give_back

pytestmark = pytest.mark.usefixtures("qapp")
REST_MS = 40


def _comes(condition: Callable[[], bool]) -> bool:
    for _ in range(50):
        if condition():
            return True
        QTest.qWait(REST_MS)
    return False


class Knot:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def garbage() -> Iterator[GarbageAtRest]:
    """Nothing but what the test does collects, and nothing stays aside."""
    gc.disable()
    parent = QObject()
    yield GarbageAtRest(parent, REST_MS)
    parent.deleteLater()
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_while_somebody_is_at_work(garbage: GarbageAtRest) -> None:
    knot = weakref.ref(Knot())
    for _ in range(10):
        garbage.touched()
        QTest.qWait(REST_MS // 4)
    assert knot() is not None
    assert _comes(lambda: knot() is None)


def test_what_the_start_brought_is_set_aside_once(garbage: GarbageAtRest) -> None:
    aside = gc.get_freeze_count()
    knot = weakref.ref(Knot())
    garbage.set_aside("the counter")
    assert _comes(lambda: gc.get_freeze_count() > aside + 1000)
    assert knot() is None
    gc.unfreeze()
    garbage.set_aside("the counter")
    garbage.touched()
    later = weakref.ref(Knot())
    assert _comes(lambda: later() is None)
    assert gc.get_freeze_count() == 0


def test_what_was_set_aside_may_go_when_the_window_is_closed(garbage: GarbageAtRest) -> None:
    knots = [Knot()]
    later = weakref.ref(knots[0])
    garbage.set_aside("the counter")
    assert _comes(lambda: gc.get_freeze_count() > 0)
    knots.clear()
    garbage.end()
    gc.collect()
    assert later() is None


def _private_kib() -> int:
    """What this process alone holds, KiB."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library")
def test_memory_that_was_freed_goes_back_to_the_machine() -> None:
    keep = []
    for _ in range(20_000):
        # Blocks of the C library's heap, below what it takes from the machine one by one.
        keep.append((ctypes.create_string_buffer(1000), ctypes.create_string_buffer(1000)))
    kept = [last for _, last in keep[::1000]]
    full = _private_kib()
    keep.clear()
    give_back()
    assert _private_kib() < full - 20_000
    assert kept
