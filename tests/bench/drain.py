"""From the counter's journal to a verified, idempotent commit in PostgreSQL, and the bare database.

The client is the agent's own session and the platform a process of its own; PostgreSQL flushes what
it commits. Beside them, on the same server, the same rows by COPY into a staging table and from
there with ON CONFLICT: what the database alone can do.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from sync.central.database import Database
from sync.client.session import Session
from terminal.bootstrap import HomeSite, open_keys
from terminal.commands.soak import CLERK, MANAGER, MANAGER_PIN, PIN
from tests.bench import peers
from tests.bench.counters import at_work
from tests.bench.figures import Row, p50, p99, skip
from tests.bench.orders import OrderBook, floor_bytes, plain_bytes, sell_samples
from tests.helpers.central import Central
from tests.helpers.counting_road import counting_road
from tests.helpers.environment import postgres_programs, running_postgres

LIMIT_BAR, WIRE_BAR, ACK_BAR, DRAIN_BAR_S = 0.45, 2.0, 6.0, 2.0
BATCH: Final = 500
_NAME = "orders drained into PostgreSQL"
_STAGING = (
    "CREATE TEMPORARY TABLE bare_staged (LIKE entries) ON COMMIT DELETE ROWS;"
    "CREATE TABLE bare_single (LIKE entries INCLUDING ALL)"
)
_COPY = "COPY bare_staged FROM STDIN (FORMAT BINARY)"
_MOVE = "INSERT INTO entries SELECT * FROM bare_staged ON CONFLICT DO NOTHING"
_POSTINGS = "COPY postings (terminal_id, seq, line, account, fen) FROM STDIN (FORMAT BINARY)"


@dataclass(frozen=True)
class Stand:
    """A counter with orders to come, its platform, and an empty database beside it."""

    home: Path
    url: str
    bare_url: str
    book: OrderBook
    samples: list[dict[str, Any]]


def run(*, quick: bool) -> list[Row]:
    """Drain orders, then the same rows by hand; then single orders, turn by turn."""
    programs = postgres_programs()
    if programs is None:
        return [skip(_NAME, "no PostgreSQL server programs here (dev.py setup installs them)")]
    orders, singles = (2_000, 60) if quick else (10_000, 300)
    with _stand(programs) as stand:
        with counting_road(stand.url) as road:
            _drain(stand, 200, road.url)
            road.forget()
            _drain(stand, 1_000, road.url)
            wire = road.sent_bytes / 1_000
        rounds = [_drain(stand, orders, stand.url) for _ in range(3)]
        bare = [_bare_copy(stand, orders * 3, part) for part in range(3)]
        acks, inserts = _singles(stand, singles)
        plain = plain_bytes(stand.home, 100)
    return [
        _limit_row(orders, rounds, bare),
        _drain_row(orders, rounds),
        _wire_row(wire, floor_bytes(stand.samples), plain),
        _ack_row(acks, inserts),
    ]


@contextmanager
def _stand(programs: Path) -> Iterator[Stand]:
    folder = peers.fresh("drain")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = stack.enter_context(running_postgres(programs, durable=True))
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as server:
            server.execute("CREATE DATABASE bare")
        bare_url = url.rpartition("/")[0] + "/bare"
        Database(bare_url).close()
        platform = Central(folder / "platform", db_url=url, demo=True)
        stack.callback(platform.close)
        platform.start()
        home = folder / "home"
        HomeSite(home).enrol(platform.url, "DEMO-2026")
        with at_work(home) as cases:
            cases.session.open_outlet(MANAGER, MANAGER_PIN)
            cases.session.sign_on(CLERK, PIN)
        samples = sell_samples(home)
        book = OrderBook(home, samples)
        stack.callback(book.close)
        yield Stand(home, platform.url, bare_url, book, samples)


def _session(stand: Stand, url: str) -> Session:
    session = Session(stand.home, open_keys(stand.home))
    session.line._url = url
    return session


def _drain(stand: Stand, count: int, url: str) -> float:
    """Seconds from orders that wait to the stored receipt for the last one."""
    stand.book.append(count)
    session = _session(stand, url)
    started = time.perf_counter()
    report = session.uploader.run()
    spent = time.perf_counter() - started
    session.close()
    if report.pending or report.uploaded < count:
        raise AssertionError(f"{report.uploaded} of {count} uploaded: {report.code}")
    return spent


def _bare_copy(stand: Stand, count: int, part: int) -> float:
    """Seconds for a third of what the platform stored last, in batches, nothing checked."""
    with _connect(stand.url, stand) as source, _connect(stand.bare_url, stand) as target:
        wanted = count // 3
        entries = source.execute(
            "SELECT * FROM entries ORDER BY seq DESC LIMIT %s OFFSET %s", (wanted, part * wanted)
        ).fetchall()[::-1]
        first, last = entries[0][1], entries[-1][1]
        postings = source.execute(
            "SELECT terminal_id, seq, line, account, fen FROM postings"
            " WHERE seq BETWEEN %s AND %s ORDER BY seq, line",
            (first, last),
        ).fetchall()
        if part == 0:
            target.execute("DROP TABLE IF EXISTS bare_single")
        target.execute(_STAGING if part == 0 else _STAGING.partition(";")[0])
        target.commit()
        started = time.perf_counter()
        for begin in range(first, last + 1, BATCH):
            here = range(begin, begin + BATCH)
            _copy(target, _COPY, _ENTRY_TYPES, [row for row in entries if row[1] in here])
            target.execute(_MOVE)
            _copy(target, _POSTINGS, _POSTING_TYPES, [row for row in postings if row[1] in here])
            target.commit()
        return time.perf_counter() - started


_ENTRY_TYPES = ("varchar", "int8", "varchar", "varchar", "bytea")
_POSTING_TYPES = ("varchar", "int8", "int4", "text", "int8")


def _copy(
    target: psycopg.Connection[Any], statement: str, types: Sequence[str], rows: list[Any]
) -> None:
    with target.cursor() as cursor, cursor.copy(statement.encode()) as to:
        to.set_types(types)
        for row in rows:
            to.write_row(row)


def _connect(url: str, stand: Stand, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    server = stand.bare_url.rpartition("/")[0].replace("+psycopg", "")
    name = "bare" if url == stand.bare_url else "postgres"
    return psycopg.connect(f"{server}/{name}", autocommit=autocommit)


def _singles(stand: Stand, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from one order in the journal to its receipt, and of one bare insert."""
    acks: list[float] = []
    inserts: list[float] = []
    session = _session(stand, stand.url)
    session.uploader.run()
    with _connect(stand.bare_url, stand, autocommit=True) as target:
        sample = target.execute("SELECT * FROM entries LIMIT 1").fetchone()
        for number in range(count):
            stand.book.append(1)
            started = time.perf_counter()
            session.uploader.run()
            between = time.perf_counter()
            target.execute(
                "INSERT INTO bare_single VALUES (%s, %s, %s, %s, %s)",
                (sample[0], number, *sample[2:]),  # type: ignore[index]
            )
            inserts.append((time.perf_counter() - between) * 1000)
            acks.append((between - started) * 1000)
    session.close()
    return acks, inserts


def _limit_row(orders: int, rounds: list[float], bare: list[float]) -> Row:
    ours, limit = orders / min(rounds), orders / min(bare)
    return Row(
        "journal → verified, idempotent commit in PostgreSQL, orders a second",
        ours,
        unit="/s",
        bare=f"the same rows by COPY and ON CONFLICT, {BATCH} at a time, nothing checked",
        bare_p50=limit,
        ratio=ours / limit,
        bar=f"≥ {LIMIT_BAR:g} × bare",
        passed=ours / limit >= LIMIT_BAR,
        note=f"best of {len(rounds)} runs of {orders} orders of six lines",
    )


def _drain_row(orders: int, rounds: list[float]) -> Row:
    scaled = [spent * 10_000 / orders for spent in rounds]
    return Row(
        "10,000 orders drained on loopback",
        p50(scaled) * 1000,
        max(scaled) * 1000,
        bar=f"≤ {DRAIN_BAR_S:g} s",
        passed=p50(scaled) <= DRAIN_BAR_S,
        note=f"{len(rounds)} runs of {orders}, scaled" if orders != 10_000 else "",
    )


def _wire_row(wire: float, floor: float, plain: float) -> Row:
    return Row(
        "bytes on the wire for an order",
        wire,
        unit="B",
        bare="what nobody can know beforehand: signature, identifiers, goods, times",
        bare_p50=floor,
        ratio=wire / floor,
        bar=f"≤ {WIRE_BAR:g} × floor",
        passed=wire / floor <= WIRE_BAR,
        note=f"with HTTP, in pieces of {BATCH}; {plain:.0f} B as JSON;"
        f" 10,000 orders take {wire * 10_000 * 8 / 512_000:.0f} s of a line of 512 kbit/s",
    )


def _ack_row(acks: list[float], inserts: list[float]) -> Row:
    ratio = p50(acks) / p50(inserts)
    return Row(
        "one order in the journal to its receipt",
        p50(acks),
        p99(acks),
        bare="one row inserted and committed",
        bare_p50=p50(inserts),
        bare_p99=p99(inserts),
        ratio=ratio,
        bar=f"≤ {ACK_BAR:g} × bare",
        passed=ratio <= ACK_BAR,
        note=f"{len(acks)} orders",
    )
