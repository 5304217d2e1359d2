"""A whole fleet signs on within a minute, and a machine gets 100,000 items ready to sell.

Two workers on one PostgreSQL, as a proxy would spread the terminals over them. Each terminal opens
its line, asks to speak, hands in two signed entries, asks for news and hangs up; entries, receipts
and requests carry the signatures of the real wire.

``python -m tests.bench.fleet TERMINALS SECONDS`` runs one burst of any size,
``python -m tests.bench.fleet day-end TERMINALS ORDERS`` lets each hand in a day's orders at once.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from installer.catalogue_generator import write_snapshot
from sync.central import schema, snapshots
from sync.central.database import Database, load
from sync.central.platform import Platform, Settings
from sync.client.session import Session
from terminal.bootstrap import HomeSite, open_keys
from tests.bench import peers
from tests.bench.figures import Row, p50, p99, skip, table
from tests.helpers.bare_terminal import Terminal
from tests.helpers.central import Central
from tests.helpers.environment import postgres_programs, running_postgres
from tests.helpers.light_terminal import LightTerminal, Refused, address, enlist, exchange

FLEET, BURST_S = 2_000, 50.0
ITEMS, READY_BAR_S = 100_000, 3.0
WORKERS: Final = 2


@dataclass
class Burst:
    """How a burst went: seconds each sign-on took, what went wrong, what else was measured."""

    seconds: float = 0.0
    sign_ons: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    worker_s: float = 0.0
    database_s: float = 0.0


def run(*, quick: bool) -> list[Row]:
    """The burst, and the catalogue."""
    programs = postgres_programs()
    if programs is None:
        why = "no PostgreSQL server programs here (dev.py setup installs them)"
        return [skip("terminals signing on", why)]
    fleet, burst_s = (200, 5.0) if quick else (FLEET, BURST_S)
    with _platform(programs) as (url, workers):
        rows = [_burst_row(fleet, sign_on_burst(url, workers, fleet, burst_s))]
    return [*rows, _ready_row(20_000 if quick else ITEMS)]


@contextmanager
def _platform(programs: Path) -> Iterator[tuple[str, list[Central]]]:
    folder = peers.fresh("fleet")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = stack.enter_context(running_postgres(programs, durable=True))
        workers = [Central(folder, db_url=url, demo=True) for _ in range(WORKERS)]
        for worker in workers:
            stack.callback(worker.close)
            worker.start()
        yield url, workers


def sign_on_burst(url: str, workers: list[Central], fleet: int, burst_s: float) -> Burst:
    """Let terminals come at random moments of a span of time.

    Args:
        url: of the database.
        workers: of the platform.
        fleet: how many terminals.
        burst_s: within how many seconds they begin.
    """
    witness = Terminal(workers[0], workers[0].code(terminal_no=9))
    cursor = witness.call("GET", "/v1/snapshot").headers["X-Snapshot-Cursor"]
    witness.session.close()
    terminals = enlist(url, fleet, witness.platform_key)
    before = _busy_s()
    found = asyncio.run(_burst(terminals, workers, cursor, burst_s))
    after = _busy_s()
    found.worker_s, found.database_s = (b - a for a, b in zip(before, after, strict=True))
    return found


async def _burst(
    terminals: list[LightTerminal], workers: list[Central], cursor: str, burst_s: float
) -> Burst:
    found = Burst()
    addresses = [address(worker.url) for worker in workers]
    dice = random.Random(3)

    async def one(number: int, terminal: LightTerminal) -> None:
        await asyncio.sleep(dice.uniform(0, burst_s))
        started = time.perf_counter()
        try:
            await terminal.sign_on(addresses[number % len(addresses)], cursor)
        except (Refused, OSError, TimeoutError, asyncio.IncompleteReadError) as problem:
            found.errors.append(f"{type(problem).__name__}: {problem}")
        found.sign_ons.append(time.perf_counter() - started)

    async def watch() -> None:
        """The bare request beside: no signature, no row written."""
        line = await asyncio.open_connection(*addresses[0])
        try:
            while True:
                started = time.perf_counter()
                await exchange(line, "GET", "/v1/health", {})
                found.health.append(time.perf_counter() - started)
                await asyncio.sleep(0.1)
        finally:
            line[1].close()

    watcher = asyncio.create_task(watch())
    started = time.perf_counter()
    await asyncio.gather(*(one(number, each) for number, each in enumerate(terminals)))
    found.seconds = time.perf_counter() - started
    watcher.cancel()
    return found


def _busy_s() -> tuple[float, float]:
    """Processor seconds so far of our workers and of our PostgreSQL."""
    workers = database = 0.0
    for process in psutil.Process().children(recursive=True):
        # What a process did that has ended since is kept by its parent.
        with suppress(psutil.NoSuchProcess):
            busy, name = sum(process.cpu_times()[:4]), process.name()
            if name.startswith("postgres"):
                database += busy
            else:
                workers += busy
    return workers, database


def _burst_row(fleet: int, burst: Burst) -> Row:
    done_s = burst.seconds
    return Row(
        f"{fleet} terminals signing on",
        p50(burst.sign_ons) * 1000,
        p99(burst.sign_ons) * 1000,
        bare="GET /v1/health meanwhile",
        bare_p50=p50(burst.health) * 1000,
        bare_p99=p99(burst.health) * 1000,
        ratio=p50(burst.sign_ons) / p50(burst.health),
        bar="≤ 60 s, 0 errors",
        passed=done_s <= 60 and not burst.errors,
        note=f"all within {done_s:.0f} s, {len(burst.errors)} errors {burst.errors[:1] or ''};"
        f" a sign-on costs {burst.worker_s / fleet * 1000:.1f} ms of a worker's processor"
        f" and {burst.database_s / fleet * 1000:.1f} ms of the database's",
    )


def _ready_row(items: int) -> Row:
    folder = peers.fresh("ready")
    platform = Central(folder / "platform", demo=True)
    try:
        platform.start()
        home = folder / "home"
        HomeSite(home).enrol(platform.url, "DEMO-2026")
        plain = folder / "catalogue.sqlite"
        write_snapshot(plain, items)
        _stock(f"sqlite:///{folder / 'platform' / 'platform.db'}", plain)
        platform.admin("POST", "/v1/admin/new-epoch")
        # Built once for the whole country: the first terminal waits for it, not this one.
        builder = Platform(Settings(folder / "platform"))
        while snapshots.INDEX_HEADER not in (served := snapshots.snapshot(builder))[1]:
            time.sleep(0.2)
        size = len(served[0]) + int(served[1][snapshots.INDEX_HEADER])
        builder.database.close()
        session = Session(home, open_keys(home))
        session.uploader.run()
        started = time.perf_counter()
        report = session.feeds.pull()
        ready_s = time.perf_counter() - started
        session.close()
        if report.code:
            raise AssertionError(report.code)
        bare_s = _bare_rows(plain, folder / "bare.sqlite")
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)
    return Row(
        f"snapshot of {items:,} items ready to sell",
        ready_s * 1000,
        bare="its rows written to a plain SQLite file",
        bare_p50=bare_s * 1000,
        ratio=ready_s / bare_s,
        bar=f"≤ {READY_BAR_S:g} s",
        passed=ready_s <= READY_BAR_S,
        note=f"downloaded ({size / 1e6:.1f} MB with the index of names), proven, loaded",
    )


def _stock(url: str, plain: Path) -> None:
    """Put a catalogue where the platform keeps its reference data."""
    source = sqlite3.connect(plain)
    source.row_factory = sqlite3.Row
    rows: list[tuple[str, str, str, str]] = []
    for feed in ("items", "prices"):
        for row in map(dict, source.execute(f"SELECT * FROM {feed}")):
            key = row["sku"]
            if feed == "prices":
                key = json.dumps([row["sku"], row["level"], row["effective_from"]])
            data = json.dumps(row, ensure_ascii=False)
            rows.append((feed, key, row["sku"] if feed == "prices" else "", data))
    source.close()
    database = Database(url)
    delete = schema.records.delete().where(schema.records.c.feed.in_(("items", "prices")))

    def fill(connection: Any) -> None:
        connection.execute(delete)
        load(connection, schema.records, rows)

    database.transaction(fill)
    database.close()


def _bare_rows(plain: Path, target: Path) -> float:
    """Seconds to write the rows of a catalogue into a plain file."""
    source = sqlite3.connect(plain)
    rows = {
        feed: source.execute(f"SELECT * FROM {feed}").fetchall() for feed in ("items", "prices")
    }
    tables = source.execute("SELECT sql FROM sqlite_master WHERE name IN ('items', 'prices')")
    book = sqlite3.connect(target)
    for (statement,) in tables.fetchall():
        book.execute(statement)
    source.close()
    started = time.perf_counter()
    for feed, held in rows.items():
        book.executemany(f"INSERT INTO {feed} VALUES ({','.join('?' * len(held[0]))})", held)
    book.commit()
    spent = time.perf_counter() - started
    book.close()
    return spent


def day_end_burst(url: str, workers: list[Central], fleet: int, orders: int) -> Burst:
    """Let terminals that were alone all day hand it in at once.

    Args:
        url: of the database.
        workers: of the platform.
        fleet: how many terminals.
        orders: of each, in pieces of at most 500.
    """
    witness = Terminal(workers[0], workers[0].code(terminal_no=9))
    witness.session.close()
    terminals = enlist(url, fleet, witness.platform_key)
    addresses = [address(worker.url) for worker in workers]
    lines = [{"account": "cash:T02", "fen": 500}, {"account": "sales:goods", "fen": -500}]
    # As large as an order of six lines.
    facts = [{"kind": "sale.completed", "body": {"postings": lines, "lines": ["x" * 500] * 6}}]
    found = Burst()

    async def all_at_once() -> None:
        await asyncio.gather(
            *(
                each.upload(addresses[number % len(addresses)], facts * orders)
                for number, each in enumerate(terminals)
            )
        )
        await asyncio.gather(*(each.hang_up() for each in terminals))

    before, started = _busy_s(), time.perf_counter()
    asyncio.run(all_at_once())
    found.seconds = time.perf_counter() - started
    after = _busy_s()
    found.worker_s, found.database_s = (b - a for a, b in zip(before, after, strict=True))
    return found


def main() -> None:
    """One burst of any size."""
    words = sys.argv[1:]
    day_end = words[0] == "day-end"
    fleet, burst_s = int(words[-2]), float(words[-1])
    programs = postgres_programs()
    if programs is None:
        raise SystemExit("no PostgreSQL server programs here")
    with _platform(programs) as (url, workers):
        if day_end:
            burst, entries = day_end_burst(url, workers, fleet, int(burst_s)), fleet * burst_s
            print(
                f"{entries:.0f} orders of {fleet} terminals in {burst.seconds:.1f} s:"
                f" {entries / burst.seconds:.0f} a second; one costs"
                f" {burst.worker_s / entries * 1000:.3f} ms of a worker's processor and"
                f" {burst.database_s / entries * 1000:.3f} ms of the database's"
            )
        else:
            print(table([_burst_row(fleet, sign_on_burst(url, workers, fleet, burst_s))]))


if __name__ == "__main__":
    main()
