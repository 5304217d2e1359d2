"""Two programs that want the same till, again and again; each race is started by a gun.

Each process gets a lock of the folder or is told that it is in use; who got it holds on until the
other has tried. Every so often the winner opens the books and sells.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from terminal.bootstrap import LOCK_FILE
from terminal.domain.errors import EnvironmentFault
from terminal.store.process_lock import ProcessLock
from tests.helpers.outlet import PIN, Outlet

SELLS_EVERY = 40
PROGRAMS = 2
DEADLINE_S = 60.0


def races(home: Path, number: int, folder: Path, *, guarded: bool = True) -> list[int]:
    """How many programs had the till in each race.

    Args:
        home: with its day open and nobody in it.
        number: how many races.
        folder: where the programs note which races they won.
        guarded: False lets each program take a lock of its own (a control).
    """
    start = multiprocessing.get_context("spawn")
    gun = start.Barrier(PROGRAMS)
    notes = [folder / f"program-{which}" for which in range(PROGRAMS)]
    programs = [
        start.Process(target=_program, args=(home, number, gun, note, guarded)) for note in notes
    ]
    for program in programs:
        program.start()
    for program in programs:
        program.join(DEADLINE_S)
        assert program.exitcode == 0, f"a program ended with {program.exitcode}"
    won = [note.read_text("ascii") for note in notes]
    return [sum(race == "1" for race in programs) for programs in zip(*won, strict=True)]


def _program(home: Path, number: int, gun: Barrier, note: Path, guarded: bool) -> None:
    file = home / (LOCK_FILE if guarded else f"{note.name}.lock")
    won = []
    for race in range(number):
        gun.wait(DEADLINE_S)
        lock = _tried(lambda: ProcessLock(file, "home.in_use", patience_s=0.0))
        won.append("1" if lock else "0")
        if lock and guarded and race % SELLS_EVERY == 0:
            _sell(home, race)
        gun.wait(DEADLINE_S)
        if lock:
            lock.release()
    note.write_text("".join(won), "ascii")


def _tried(take: Callable[[], ProcessLock]) -> ProcessLock | None:
    with suppress(EnvironmentFault):
        return take()
    return None


def _sell(home: Path, race: int) -> None:
    outlet = Outlet(home)
    outlet.clock.advance(timedelta(hours=1, minutes=race))
    outlet.cases.session.unlock(PIN)
    outlet.sell()
    outlet.close()
