"""Catalogue search over a million items, beside the bare SQLite look-up that a search cannot beat.

``python -m tests.bench.search [--items N] [--home DIR]`` prints one row per figure; ``run`` gives
the rows to the runner.
The cold figures come from a fresh process each, after the file was dropped from the page cache.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from installer.catalogue_generator import write_snapshot
from terminal.store.database import open_database
from terminal.store.reference import ReferenceReader
from terminal.store.reference_load import load_snapshot
from terminal.store.reference_terms import fold

Row = dict[str, Any]
WARM_BAR_MS, COLD_BAR_MS, GTIN_BAR_MS, SIZE_BAR = 5.0, 16.0, 0.2, 2.0
_COLD_RUNS = 30
_BARE = "SELECT name_zh FROM items WHERE id = ?"

COLD_PROGRAM = """
import sys, time
from pathlib import Path
from terminal.store.reference import ReferenceReader
reader = ReferenceReader(Path(sys.argv[1]))
reader.state()
started = time.perf_counter()
reader.search(sys.argv[2])
print((time.perf_counter() - started) * 1000)
"""


def run(items: int = 1_000_000, home: Path | None = None) -> list[Row]:
    """Measure everything; builds the catalogue when the home holds none.

    Args:
        items: size of the catalogue.
        home: a folder to keep it in; a temporary one when omitted.

    Returns:
        Rows with name, ours_p50_ms, ours_p99_ms, bare_p50_ms, bare_p99_ms, ratio, bar and passed.
    """
    if home is not None:
        return _measure(items, home)
    with tempfile.TemporaryDirectory() as folder:
        return _measure(items, Path(folder))


def _measure(items: int, home: Path) -> list[Row]:
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "reference.db").exists():
        snapshot = home / "snapshot.sqlite"
        write_snapshot(snapshot, items)
        load_snapshot(home, snapshot, "c", "e")
        snapshot.unlink()
    reader = ReferenceReader(home)
    draw = random.Random(7)
    shapes = questions(home, draw)
    bare = _times(_bare_lookup(home), [draw.randint(1, items) for _ in range(2_000)])
    rows = []
    everything: list[float] = []
    for name, texts in shapes.items():
        ours = _times(reader.search, texts)
        everything += ours
        rows.append(_row(f"search {name}, warm", ours, bare, WARM_BAR_MS))
    rows.append(_row("search any, warm", everything, bare, WARM_BAR_MS))
    gtins = _times(reader.by_gtin, _column(home, "gtin", draw, 2_000))
    rows.append(_row("item by GTIN", gtins, bare, GTIN_BAR_MS))
    asked = [text for texts in shapes.values() for text in draw.sample(texts, 6)]
    cold = [_cold(home, text) for text in draw.sample(asked, min(_COLD_RUNS, len(asked)))]
    rows.append(_row("search any, cold file in a fresh process", cold, bare, COLD_BAR_MS))
    rows.append(_size(home))
    reader.close()
    return rows


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


def _bare_lookup(home: Path) -> Callable[[int], Any]:
    connection = open_database(home / "reference.db", None, read_only=True)
    return lambda number: connection.execute(_BARE, (number,)).fetchone()


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


def main() -> int:
    """Print the rows; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description="Measure the catalogue search.")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    rows = run(chosen.items, chosen.home)
    for row in rows:
        print(
            "  ".join(
                f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()
            )
        )
    return 0 if all(row["passed"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
