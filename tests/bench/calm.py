"""Ten minutes of selling at a real desk, with its agent and its housekeeping: the slowest commit.

What is timed is what a clerk waits for: the tender on its way through the store thread, behind
whatever that thread is doing, to the disk. Beside it, turn by turn, the same number of bytes
written and flushed: what the machine and its disk do to anybody.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Final

from terminal.app.desk import Desk
from terminal.app.usecases import UseCases
from terminal.bootstrap import make_desk
from terminal.commands.soak import PIN
from terminal.domain.money import Money
from tests.bench.counters import codes_of, outlet
from tests.bench.figures import Row, p50, p99

CALM_MS: Final = 16.0
_GOODS: Final = 6
_BEAT_S: Final = 0.1
"""From one sale to the next: ten times as fast as the quickest clerk."""
_LASTS_S, _QUICK_S = 600.0, 20.0
_SALE_BYTES: Final = 48 * 1024
_OPEN_S: Final = 60.0


def run(*, quick: bool) -> list[Row]:
    """Sell for so long, and flush beside it."""
    ours: list[float] = []
    bare: list[float] = []
    with outlet("calm", 0) as place:
        codes = codes_of(place.home, 20)
        desk = _opened(place.home)
        flushed = os.open(place.home.parent / "flushed", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            ends = time.monotonic() + (_QUICK_S if quick else _LASTS_S)
            while time.monotonic() < ends:
                next_one = time.monotonic() + _BEAT_S
                ours.append(_sell(desk, codes, len(ours)))
                bare.append(_flush(flushed))
                time.sleep(max(0.0, next_one - time.monotonic()))
        finally:
            os.close(flushed)
            desk.stop()
    return [_row(ours, bare)]


def _opened(home: Path) -> Desk:
    ready = threading.Event()
    desk = make_desk(home)
    desk.on_event(lambda event: ready.set() if event.kind == "ready" else None)
    desk.start()
    if not ready.wait(_OPEN_S):
        raise TimeoutError("the desk did not open")
    desk.ask(lambda cases: cases.session.unlock(PIN))
    return desk


def _sell(desk: Desk, codes: list[str], number: int) -> float:
    """One sale; milliseconds the clerk waits from the tender until it is durable."""

    def scan(cases: UseCases) -> tuple[str, str]:
        for place in range(_GOODS):
            cases.scanning.scan(codes[(number + place) % len(codes)], "wedge")
        form = cases.paying.begin()
        owed = Money.parse(form.cash_remaining_text)
        return form.form_id, Money(-(-max(owed.fen, 1) // 1000) * 1000).text

    form_id, given = desk.ask(scan)
    started = time.perf_counter()
    desk.ask(lambda cases: cases.paying.tender_cash(form_id, given))
    return (time.perf_counter() - started) * 1000


def _flush(file: int) -> float:
    data = os.urandom(_SALE_BYTES)
    started = time.perf_counter()
    os.pwrite(file, data, 0)
    os.fdatasync(file)
    return (time.perf_counter() - started) * 1000


def _row(ours: list[float], bare: list[float]) -> Row:
    late, stalls = (sum(spent > CALM_MS for spent in times) for times in (ours, bare))
    return Row(
        "the slowest commit while a desk sells",
        max(ours),
        p99(ours),
        bare=f"{_SALE_BYTES // 1024} KiB written and flushed, as often",
        bare_p50=p50(bare),
        bare_p99=p99(bare),
        ratio=max(ours) / max(bare),
        bar=f"≤ {CALM_MS:g} ms",
        passed=late == 0,
        note=f"{len(ours)} sales; median {p50(ours):.2f} ms, {late} above {CALM_MS:g} ms;"
        f" of the flushes {stalls}, slowest {max(bare):.1f} ms",
    )
