"""From process start to the first frame on the screen, and what all processes hold in memory."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.bench import peers
from tests.bench.counters import Outlet, counter_command, outlet, unlock
from tests.bench.display import Area, Prober, missing, virtual_screen
from tests.bench.figures import Row, p50, p99, skip

COLOURED_PAGE = peers.EMPTY_PAGE + "<body bgcolor=teal>"
IMPORT_BAR, CHROMIUM_BAR, MEMORY_BAR, CATALOGUE_BAR = 1.5, 0.6, 0.4, 1.1
FEW, MANY = 50, 1_000_000
_MIDDLE = Area(683, 300, 16, 16)
_POLL_S, _QUIET_S = 0.001, 0.5
_IMPORT = "import PySide6.QtWidgets, os; os.write(1, b'.')"
_NAMES = {
    "import": "first usable frame against the bare import",
    "chromium": "first usable frame against Chromium",
    "catalogue": "start-up with 1,000,000 items against 50",
    "memory": "memory of all our processes",
}
_READY = """
import pathlib, sys, threading, os
from terminal.bootstrap import make_desk
ready = threading.Event()
desk = make_desk(pathlib.Path(sys.argv[1]))
desk.on_event(lambda event: ready.set() if event.kind == "ready" else None)
desk.start()
ready.wait(30) and os.write(1, b".")
os._exit(0)
"""


def run(*, quick: bool, items: int = MANY) -> list[Row]:
    """All figures of starting; processes are started in turn, one at a time."""
    if why := missing():
        return [skip(name, why) for name in _NAMES.values()]
    rounds = 5 if quick else 15
    with outlet("few", FEW) as few, virtual_screen() as screen:
        rows = _first_frames(few, screen, rounds)
        rows.append(_memory(few, screen))
        with outlet("many", items) as many:
            rows += _catalogue(few, many, screen, rounds)
    return rows


def _first_frames(place: Outlet, screen: str, rounds: int) -> list[Row]:
    profile = peers.fresh("chromium")
    ways: dict[str, Callable[[], float]] = {
        "import": lambda: bare_import(screen),
        "ours": lambda: first_frame(counter_command(place.home), screen),
    }
    if not peers.chromium_missing():
        ways["chromium"] = lambda: first_frame(peers.chromium(profile), screen, lasting=True)
        ways["page"] = lambda: first_frame(
            peers.chromium(profile, COLOURED_PAGE), screen, lasting=True
        )
    times = _in_turn(ways, rounds)
    ours = times["ours"]
    note = f"{rounds} starts of each in turn, the first dropped"
    row = Row(
        _NAMES["import"],
        p50(ours),
        p99(ours),
        bare="python -c 'import PySide6.QtWidgets', start to end of the import",
        bare_p50=p50(times["import"]),
        bare_p99=p99(times["import"]),
        ratio=p50(ours) / p50(times["import"]),
        bar=f"≤ {IMPORT_BAR:g} × bare",
        passed=p50(ours) <= IMPORT_BAR * p50(times["import"]),
        note=note,
    )
    if why := peers.chromium_missing():
        return [row, skip(_NAMES["chromium"], why)]
    theirs = times["chromium"]
    beside = replace(
        row,
        name=_NAMES["chromium"],
        bare="Chromium --app with an empty page, start to its lasting look",
        bare_p50=p50(theirs),
        bare_p99=p99(theirs),
        ratio=p50(ours) / p50(theirs),
        bar=f"≤ {CHROMIUM_BAR:g} × Chromium",
        passed=p50(ours) <= CHROMIUM_BAR * p50(theirs),
    )
    page = times["page"]
    shown = replace(
        beside,
        name="first usable frame against a page that paints itself",
        bare="the same Chromium with a page that has a colour of its own",
        bare_p50=p50(page),
        bare_p99=p99(page),
        ratio=p50(ours) / p50(page),
        bar="",
        passed=None,
    )
    return [row, beside, shown]


def bare_import(screen: str = "") -> float:
    """Milliseconds from the start of a bare Python to the end of the toolkit's import.

    Args:
        screen: the display where the eye looks on meanwhile, as often as it does at a first frame:
            it and the X server take their part of the processors from both.
    """
    words = [sys.executable, "-c", _IMPORT]
    if not screen:
        return _until_byte(words)
    prober = Prober(screen)
    try:
        return _until_byte(words, lambda: prober.look(_MIDDLE))
    finally:
        prober.close()


def first_frame(words: Sequence[str], screen: str, *, lasting: bool = False) -> float:
    """Milliseconds from the start of a program to its picture in the middle of the screen.

    Args:
        words: the command.
        screen: the display.
        lasting: until the middle looks as it stays, for a program that shows a blank window first.
            Our first frame is the whole sign-on card; it changes again when the core is open.
    """
    prober = Prober(screen)
    try:
        empty = prober.look(_MIDDLE)
        started = time.perf_counter()
        with peers.running(words, screen):
            seen = prober.wait_change(_MIDDLE, empty, 30.0, _POLL_S)
            if seen is None:
                raise TimeoutError(f"nothing on the screen: {words[0]}")
            if lasting:
                seen, _ = prober.wait_final(_MIDDLE, 5.0, _QUIET_S, _POLL_S)
        _wait_empty(prober, empty)
        return (seen - started) * 1000
    finally:
        prober.close()


def _wait_empty(prober: Prober, empty: bytes) -> None:
    """The window of the killed program must be gone before the next one starts."""
    deadline = time.monotonic() + 10
    while prober.look(_MIDDLE) != empty:
        if time.monotonic() > deadline:
            raise TimeoutError("the window stayed after its process was killed")
        time.sleep(0.02)


def _memory(place: Outlet, screen: str) -> Row:
    with peers.running(counter_command(place.home), screen) as process:
        prober = Prober(screen)
        unlock(prober)
        prober.close()
        peers.wait_quiet(process)
        ours = peers.memory_mib(process)
    if why := peers.chromium_missing():
        return skip(_NAMES["memory"], why)
    with peers.running(peers.chromium(peers.fresh("chromium")), screen) as process:
        time.sleep(1.0)
        peers.wait_quiet(process)
        theirs = peers.memory_mib(process)
    return Row(
        _NAMES["memory"],
        ours,
        unit="MiB",
        bare="all Chromium processes showing an empty page",
        bare_p50=theirs,
        ratio=ours / theirs,
        bar=f"≤ {MEMORY_BAR:g} × Chromium",
        passed=ours <= MEMORY_BAR * theirs,
        note="proportional set size, face and sync agent, clerk signed on",
    )


def _catalogue(few: Outlet, many: Outlet, screen: str, rounds: int) -> list[Row]:
    ways: dict[str, Callable[[], float]] = {
        "few": lambda: first_frame(counter_command(few.home), screen),
        "many": lambda: first_frame(counter_command(many.home), screen),
        "few ready": lambda: desk_ready(few),
        "many ready": lambda: desk_ready(many),
    }
    times = _in_turn(ways, rounds)
    rows = []
    for name, kind in (("first frame", ""), ("core ready to sell", " ready")):
        ours, bare = times[f"many{kind}"], times[f"few{kind}"]
        # Two equal things differ by noise; the fastest of each start is the least disturbed.
        ratio = min(ours) / min(bare)
        rows.append(
            Row(
                f"{name} with {many.items:,} items",
                p50(ours),
                p99(ours),
                bare=f"the same with {few.items} items",
                bare_p50=p50(bare),
                bare_p99=p99(bare),
                ratio=ratio,
                bar=f"≤ {CATALOGUE_BAR:g} × (same)",
                passed=ratio <= CATALOGUE_BAR,
                note=f"ratio of the fastest of {rounds} each",
            )
        )
    return rows


def desk_ready(place: Outlet) -> float:
    """Milliseconds from process start to a core that can sell, without a face."""
    return _until_byte([sys.executable, "-c", _READY, str(place.home)])


def _in_turn(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, measure in ways.items():
            value = measure()
            if number:
                times[name].append(value)
    return times


def _until_byte(words: Sequence[str], look: Callable[[], object] | None = None) -> float:
    started = time.perf_counter()
    with peers.running(words, output=subprocess.PIPE) as process:
        assert process.stdout is not None
        while look is not None and not select.select([process.stdout], [], [], _POLL_S)[0]:
            look()
        answer = os.read(process.stdout.fileno(), 1)
        spent = (time.perf_counter() - started) * 1000
        process.stdout.close()
    if not answer:
        raise RuntimeError(f"no answer from {words[:2]}")
    return spent
