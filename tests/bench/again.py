"""A counter full of orders is killed while it sells, again and again: how soon it sells again.

From the start of the process to the first sale that is durable, the sign-on included. Beside it the
same on a counter that has sold next to nothing: what a start costs whatever the books hold.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Final

from terminal.bootstrap import open_keys
from terminal.store import journal_table, projections
from terminal.store.database import open_database, write_transaction
from tests.bench.counters import outlet
from tests.bench.figures import Row, p50, p99
from tests.bench.orders import OrderBook, sell_samples
from tests.helpers.soak_run import SoakRun

ORDERS, READY_BAR_MS = 100_000, 3_000.0
_PIECE: Final = 5_000
_SELLS_ON_S: Final = 0.3


def run(*, quick: bool) -> list[Row]:
    """Kill both counters in turn, each while it sells."""
    orders, kills = (5_000, 10) if quick else (ORDERS, 150)
    with outlet("again", 0) as place:
        samples = sell_samples(place.home)
        young = place.home.parent / "young"
        shutil.copytree(place.home, young, symlinks=True)
        _fill(OrderBook(place.home, samples), orders)
        _derive(place.home)
        dice = random.Random(9)
        full, fresh = SoakRun(place.home), SoakRun(young)
        for number in range(kills + 1):
            for counter in (full, fresh):
                delay_s = dice.uniform(0.0, _SELLS_ON_S)
                counter.kill_after(delay_s, seed=number, after_first_ack=True)
    return [_row(orders, *([1000 * s for s in run.started_s[1:]] for run in (full, fresh)))]


def _fill(book: OrderBook, orders: int) -> None:
    for _ in range(orders // _PIECE):
        book.append(_PIECE)
    book.close()


def _derive(home: Path) -> None:
    """The read models of what was put into the journal without a counter."""
    connection = open_database(home / "journal.db", open_keys(home).db_key)
    with write_transaction(connection, "journal.db"):
        projections.rebuild(connection, journal_table.all_entries(connection))
    connection.close()


def _row(orders: int, ours: list[float], bare: list[float]) -> Row:
    return Row(
        f"sells again after a kill, with {orders:,} orders",
        p50(ours),
        p99(ours),
        bare="the same counter with a handful of orders",
        bare_p50=p50(bare),
        bare_p99=p99(bare),
        ratio=p50(ours) / p50(bare),
        bar=f"p99 ≤ {READY_BAR_MS:g} ms",
        passed=p99(ours) <= READY_BAR_MS,
        note=f"{len(ours)} kills of each; process start to the first durable sale",
    )
