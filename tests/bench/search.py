"""Catalogue search over a million items, beside the bare SQLite look-up that a search cannot beat.

Everything goes through the use case, prices of the rows included, at an enrolled terminal. The cold
figures come from a fresh process each, after the file was dropped from the page cache.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from terminal.domain.search_terms import fold
from terminal.store.database import open_database
from tests.bench.counters import at_work, outlet

Row = dict[str, Any]
WARM_BAR_MS, COLD_BAR_MS, GTIN_BAR_MS, SIZE_BAR = 5.0, 16.0, 0.2, 2.0
_COLD_RUNS = 30
_BARE = "SELECT name_zh FROM items WHERE id = ?"

COLD_PROGRAM = """
import sys, time
from pathlib import Path
from tests.bench.counters import at_work
with at_work(Path(sys.argv[1])) as cases:
    started = time.perf_counter()
    cases.search.find(sys.argv[2])
    print((time.perf_counter() - started) * 1000)
"""


def run(items: int = 1_000_000) -> list[Row]:
    """Measure everything.

    Args:
        items: size of the catalogue.

    Returns:
        Rows with name, ours_p50_ms, ours_p99_ms, bare_p50_ms, bare_p99_ms, ratio, bar and passed.
    """
    with outlet("search", items) as place:
        return [*_warm(place.home, items), *_cold_rows(place.home), _size(place.home)]


def _warm(home: Path, items: int) -> list[Row]:
    draw = random.Random(7)
    bare = _bare(home, items)
    rows = []
    everything: list[float] = []
    with at_work(home) as cases:
        for name, texts in questions(home, draw).items():
            ours = _times(cases.search.find, texts)
            everything += ours
            rows.append(_row(f"search {name}, warm", ours, bare, WARM_BAR_MS))
        rows.append(_row("search any, warm", everything, bare, WARM_BAR_MS))
        gtins = _times(cases.context.catalogue.by_gtin, _column(home, "gtin", draw, 2_000))
        rows.append(_row("item by GTIN", gtins, bare, GTIN_BAR_MS))
    return rows


def _cold_rows(home: Path) -> list[Row]:
    draw = random.Random(8)
    shapes = questions(home, draw).values()
    asked = [text for texts in shapes for text in draw.sample(texts, 6)]
    cold = [_cold(home, text) for text in draw.sample(asked, min(_COLD_RUNS, len(asked)))]
    bare = _bare(home, 1_000)
    return [_row("search any, cold file in a fresh process", cold, bare, COLD_BAR_MS)]


def questions(home: Path, draw: random.Random) -> dict[str, list[str]]:
    """Texts a clerk types, by shape, from real rows of the catalogue, and the nastiest ones."""
    names = [fold(name).split(" ")[0] for name in _column(home, "name_zh", draw, 1_500)]
    initials = _column(home, "initials", draw, 1_500)
    pinyin = [text.split() for text in _column(home, "pinyin", draw, 500)]
    hanzi = [name for name in names if not name.isascii()]

    def piece(text: str, size: int) -> str:
        start = draw.randrange(max(1, len(text) - size + 1))
        return text[start : start + size]

    frequent = ["0", "5", "50", "500", "25", "m", "ml", "g", "kg", "装", "味", "装 味", "500 ml"]
    return {
        "hanzi": [piece(name, draw.randint(1, 6)) for name in hanzi],
        "initials": [piece(text, draw.randint(1, 6)) for text in initials],
        "pinyin": ["".join(words[: draw.randint(1, 3)])[: draw.randint(1, 12)] for words in pinyin],
        "code": [gtin[: draw.randint(1, 8)] for gtin in _column(home, "gtin", draw, 500)],
        "mixed": [
            piece(name, 2) + piece(text, 1) + draw.choice(["5", "50", "250", "1"])
            for name, text in zip(hanzi, initials, strict=False)
        ][:500],
        "two words": [f"{piece(a, 2)} {piece(b, 2)}" for a, b in pairwise(hanzi)],
        "no hit": [piece(a, 1) + draw.choice("龘靐齉") for a in hanzi[:100]]
        + ["".join(draw.choices("qxzvkjw", k=draw.randint(3, 6))) for _ in range(200)],
        "frequent terms that never meet": [
            f"{a} {b} {c}"
            for a, b, c in (
                draw.sample(["可乐", "牛奶", "牙膏", "ml", "片", "kg", "白醋", "蓝色"], 3)
                for _ in range(100)
            )
        ],
        "frequent": frequent * 8,
    }


def _column(home: Path, column: str, draw: random.Random, count: int) -> list[str]:
    connection = open_database(home / "reference.db", None, read_only=True)
    top = connection.execute("SELECT max(id) FROM items").fetchone()[0]
    rows = [
        connection.execute(
            f"SELECT {column} FROM items WHERE id >= ? LIMIT 1", (draw.randint(1, top),)
        ).fetchone()
        for _ in range(count)
    ]
    connection.close()
    return [row[0] for row in rows]


def _bare(home: Path, items: int) -> list[float]:
    """The look-up of one row by its number in the same file by plain SQLite."""
    connection = open_database(home / "reference.db", None, read_only=True)
    draw = random.Random(9)
    numbers = [draw.randint(1, items) for _ in range(2_000)]
    times = _times(lambda number: connection.execute(_BARE, (number,)).fetchone(), numbers)
    connection.close()
    return times


def _times(call: Callable[[Any], Any], arguments: list[Any]) -> list[float]:
    for argument in arguments:
        call(argument)
    times = []
    for argument in arguments:
        started = time.perf_counter()
        call(argument)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _cold(home: Path, text: str) -> float:
    descriptor = os.open(home / "reference.db", os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
    done = subprocess.run(
        [sys.executable, "-c", COLD_PROGRAM, str(home), text],
        capture_output=True,
        check=True,
        text=True,
    )
    return float(done.stdout)


def _size(home: Path) -> Row:
    """Compare with a copy that holds the items and prices and nothing to find them by."""
    copy = home / "bare.sqlite"
    copy.unlink(missing_ok=True)
    connection = open_database(copy, None, synchronous="NORMAL")
    connection.execute("PRAGMA journal_mode = OFF").fetchone()
    connection.execute("ATTACH ? AS held KEY ''", (str(home / "reference.db"),))
    for table in ("items", "prices"):
        made = connection.execute(
            "SELECT sql FROM held.sqlite_schema WHERE name = ?", (table,)
        ).fetchone()[0]
        connection.execute(made)
        connection.execute(f"INSERT INTO {table} SELECT * FROM held.{table}")
    connection.close()
    bare = copy.stat().st_size
    copy.unlink()
    indexes = (home / "reference.db").stat().st_size - bare
    return {
        "name": f"indexes {indexes >> 20} MiB over bare tables {bare >> 20} MiB",
        "ratio": indexes / bare,
        "bar": SIZE_BAR,
        "passed": indexes <= SIZE_BAR * bare,
    }


def _row(name: str, ours: list[float], bare: list[float], bar_ms: float) -> Row:
    p50, p99 = statistics.median(ours), _p99(ours)
    return {
        "name": name,
        "ours_p50_ms": p50,
        "ours_p99_ms": p99,
        "bare_p50_ms": statistics.median(bare),
        "bare_p99_ms": _p99(bare),
        "ratio": p50 / statistics.median(bare),
        "bar": bar_ms,
        "passed": p99 <= bar_ms,
    }


def _p99(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]
