"""From the scanner's last byte to the painted basket line, on the real counter."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from devices.simulators.virtual_scanner import VirtualScanner
from tests.bench import peers
from tests.bench.counters import (
    Outlet,
    codes_of,
    counter_command,
    fill_basket,
    install_devices,
    outlet,
    unlock,
)
from tests.bench.display import Area, Prober, missing, virtual_screen
from tests.bench.figures import Row, p50, p99, skip
from tests.bench.load import FLAT_OUT, full_load

BAR_MS, BASKET_LINES, MANY = 16.7, 200, 1_000_000
LAST_LINE = Area(1015, 468, 150, 54)
"""Name and price of the lowest line of a basket that is longer than its list, at 1366 × 768."""
_WEDGE = "scan to painted line, wedge, sync at full load"
_SERIAL = "scan to painted line, serial, sync at full load"
_IDLE = "scan to painted line, wedge, sync at rest"
_REST_S, _DROPPED = 0.12, 3
_AGENT = "sync.client.agent"
_BARE = "SELECT * FROM items WHERE gtin = ? AND gtin <> ''"


@dataclass(frozen=True)
class Waits:
    """Milliseconds of each scan, and how many were never painted.

    Args:
        settled: until the line looked as it stays.
        first: until its place changed at all.
        lost: scans without a line.
    """

    settled: list[float]
    first: list[float]
    lost: int


def run(*, quick: bool, items: int = MANY) -> list[Row]:
    """Wedge at rest and at full load, serial at full load."""
    if why := missing():
        return [skip(name, why) for name in (_WEDGE, _SERIAL, _IDLE)]
    count = 40 if quick else 120  # a basket holds 500 lines
    rows = []
    with outlet("scans", items) as place, virtual_screen() as screen:
        codes = codes_of(place.home, BASKET_LINES + 2 * count + 50)
        fill_basket(place.home, codes[:BASKET_LINES])
        fresh = iter(codes[BASKET_LINES:])
        bare = _bare_lookups(place, codes)
        with counter(place, screen) as prober:
            waits = scan_all(prober, prober.scan, _take(fresh, 20 if quick else 40), LAST_LINE)
            rows.append(_row(_IDLE, waits, bare, ""))
        with ExitStack() as stack:
            scanner = stack.enter_context(VirtualScanner(place.home / "scanner"))
            table = {"scanners": [{"name": "scanner", "port": scanner.url}]}
            install_devices(place.home, table)
            prober = stack.enter_context(counter(place, screen, flat_out=True))
            stack.enter_context(full_load(place))
            time.sleep(3.0)  # the second terminal has enrolled and everything runs flat out
            codes_left = _take(fresh, 2 * count)
            with _agent_share() as share:
                waits = scan_all(prober, prober.scan, codes_left[:count], LAST_LINE)
            rows.append(_row(_WEDGE, waits, bare, f"p99 ≤ {BAR_MS:g} ms", share))
            with _agent_share() as share:
                waits = scan_all(prober, _serial(scanner), codes_left[count:], LAST_LINE)
            rows.append(_row(_SERIAL, waits, bare, f"p99 ≤ {BAR_MS:g} ms", share))
    return rows


@contextmanager
def counter(place: Outlet, screen: str, *, flat_out: bool = False) -> Iterator[Prober]:
    """The counter, unlocked and at rest."""
    command = counter_command(place.home, FLAT_OUT if flat_out else None)
    prober = Prober(screen)
    try:
        with peers.running(command, screen):
            unlock(prober)
            yield prober
    finally:
        prober.close()


def scan_all(
    prober: Prober, scan: Callable[[str], float], codes: Sequence[str], area: Area
) -> Waits:
    """Scan one code after the other, each when the line of the one before has come to rest.

    Args:
        prober: eye at the counter.
        scan: sends a code; returns the moment its last byte left.
        codes: of goods that are not in the basket yet.
        area: where the new line will stand.
    """
    waits = Waits([], [], 0)
    lost = 0
    # A full collection of the eye's own would be read as a slow line.
    gc.collect()
    gc.freeze()
    for number, code in enumerate(codes):
        before = prober.look(area)
        started = scan(code)
        first = prober.wait_change(area, before, 1.0)
        if first is None:
            lost += number >= _DROPPED
            continue
        settled, picture = prober.wait_final(area, 2.0, _REST_S)
        if number >= _DROPPED and picture != before:
            waits.first.append((first - started) * 1000)
            waits.settled.append((max(first, settled) - started) * 1000)
        time.sleep(0.05)
    return Waits(waits.settled, waits.first, lost)


@contextmanager
def _agent_share() -> Iterator[list[float]]:
    """How much of a processor the counter's sync agent uses in the block; filled at its end."""
    share: list[float] = []
    before, started = peers.busy_s(_AGENT), time.monotonic()
    yield share
    share.append((peers.busy_s(_AGENT) - before) / (time.monotonic() - started))


def _serial(scanner: VirtualScanner) -> Callable[[str], float]:
    def send(code: str) -> float:
        started = time.perf_counter()
        scanner.send(code)
        return started

    return send


def _bare_lookups(place: Outlet, codes: Sequence[str]) -> list[float]:
    """The look-up of the same codes in the same file by plain SQLite."""
    from terminal.store.database import open_database

    connection = open_database(Path(place.home) / "reference.db", None, read_only=True)
    times = []
    for code in codes:
        started = time.perf_counter()
        connection.execute(_BARE, (code,)).fetchone()
        times.append((time.perf_counter() - started) * 1000)
    connection.close()
    return times


def _take(codes: Iterator[str], count: int) -> list[str]:
    return [next(codes) for _ in range(count)]


def _row(
    name: str, waits: Waits, bare: Sequence[float], bar: str, share: Sequence[float] = ()
) -> Row:
    ours = waits.settled
    if not ours:
        return skip(name, f"no line was painted, {waits.lost} scans lost")
    passed = p99(ours) <= BAR_MS and not waits.lost
    first = f"first change of the place {p50(waits.first):.1f} / {p99(waits.first):.1f} ms"
    scans = f"{len(ours)} scans into {BASKET_LINES} lines and more, {waits.lost} lost"
    busy = [f"the agent used {of:.0%} of a processor" for of in share]
    return Row(
        name,
        p50(ours),
        p99(ours),
        bare="the bare look-up of the code in the catalogue",
        bare_p50=p50(bare),
        bare_p99=p99(bare),
        ratio=p50(ours) / p50(bare),
        bar=bar,
        passed=passed if bar else None,
        note="; ".join([scans, first, *busy]),
    )
