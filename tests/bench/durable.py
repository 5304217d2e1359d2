"""One order of six lines made durable, beside raw SQLite with the same cipher writing its rows.

What the counter's own connection executes for a sale is taken down and replayed, statement by
statement, into a copy of the same file: same tables, triggers, key and pragmas, and nothing of ours
around it. Nobody listens to the sales that are timed. Beside both, the disk alone: the bytes a sale
adds to the log, written and flushed.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from terminal.app.usecases import UseCases
from terminal.bootstrap import open_keys
from terminal.commands.soak import PIN
from terminal.domain.money import Money
from terminal.store.database import open_database
from tests.bench.counters import at_work, codes_of, outlet
from tests.bench.figures import Row, p50, p99

RATIO_BAR, TAIL_BAR = 0.6, 3.0
GOODS: Final = 6
CALM_MS: Final = 16.0
_BLOCK: Final = 10
_LITERAL: Final = re.compile(r"[xX]'([0-9a-fA-F]*)'|'((?:[^']|'')*)'|(?<![\w.])(\d+)(?![\w.])")
Statement = tuple[str, tuple[Any, ...]]


def run(*, quick: bool) -> list[Row]:
    """Book orders, replay their rows and flush their bytes, turn by turn in blocks."""
    blocks = 6 if quick else 50
    ours: list[float] = []
    bare: list[float] = []
    flushes: list[float] = []
    with outlet("durable", 0) as place, at_work(place.home) as cases:
        cases.session.unlock(PIN)
        cases.context.books.checkpoint()  # type: ignore[attr-defined]
        folder = place.home.parent / "bare"
        counter = _Counter(cases, codes_of(place.home, 20))
        beside = _Beside(place.home, folder)
        log = place.home / "journal.db-wal"
        for _ in range(blocks):
            before = log.stat().st_size
            ours += [counter.sell() for _ in range(_BLOCK)]
            grown = max(4096, (log.stat().st_size - before) // _BLOCK)
            cases.context.books.checkpoint()  # type: ignore[attr-defined]
            beside.catch_up()
            bare += beside.replay(counter.listened_to(_BLOCK))
            cases.context.books.checkpoint()  # type: ignore[attr-defined]
            flushes += _flushes(folder / "flushed", grown)
        beside.close()
    return _rows(ours, bare, flushes)


class _Beside:
    """A copy of the file, written by hand."""

    def __init__(self, home: Path, folder: Path) -> None:
        key = open_keys(home).db_key
        folder.mkdir()
        shutil.copyfile(home / "journal.db", folder / "journal.db")
        self._raw = open_database(folder / "journal.db", key, autocheckpoint_pages=0)
        source = (str(home / "journal.db"), f"x'{key.hex()}'")
        self._raw.execute("ATTACH DATABASE ? AS ours KEY ?", source)

    def catch_up(self) -> None:
        """Hold what the counter's file holds; what was replayed last is the same already."""
        tables = "SELECT name FROM ours.sqlite_schema WHERE type = 'table' AND name <> 'journal'"
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute(
            "INSERT INTO main.journal SELECT * FROM ours.journal"
            " WHERE seq > (SELECT max(seq) FROM main.journal) ORDER BY seq"
        )
        for (table,) in self._raw.execute(tables).fetchall():
            if not table.startswith("sqlite_"):
                self._raw.execute(f"DELETE FROM main.{table}")
                self._raw.execute(f"INSERT INTO main.{table} SELECT * FROM ours.{table}")
        self._raw.execute("COMMIT")
        self._raw.execute("PRAGMA main.wal_checkpoint(PASSIVE)").fetchone()

    def replay(self, recorded: list[_Transaction]) -> list[float]:
        """The same rows, a transaction each; milliseconds of those that booked an order."""
        spent = [(self._write(one.statements), one.timed) for one in recorded]
        return [took for took, timed in spent if timed]

    def close(self) -> None:
        """Close the copy."""
        self._raw.close()

    def _write(self, statements: list[Statement]) -> float:
        raw = self._raw
        started = time.perf_counter()
        raw.execute("BEGIN IMMEDIATE")
        for text, values in statements:
            raw.execute(text, values)
        raw.execute("COMMIT")
        return (time.perf_counter() - started) * 1000


@dataclass
class _Transaction:
    """What one transaction changed; ``timed`` when it booked an order."""

    timed: bool
    statements: list[Statement] = field(default_factory=list)


class _Counter:
    """Sells, and takes down what its connection executes when it is listened to."""

    def __init__(self, cases: UseCases, codes: list[str]) -> None:
        self._cases = cases
        self._codes = codes
        self._heard: list[str] = []
        self._recorded: list[_Transaction] = []
        self._sold = 0

    def listened_to(self, sales: int) -> list[_Transaction]:
        """What so many sales change, transaction by transaction."""
        connection: Any = self._cases.context.books._connection  # type: ignore[attr-defined]
        connection.set_trace_callback(self._heard.append)
        for _ in range(sales):
            self.sell()
        connection.set_trace_callback(None)
        recorded, self._recorded = self._recorded, []
        return recorded

    def sell(self) -> float:
        """One sale of six goods; only the tender, which books it, is timed. Milliseconds."""
        for place in range(GOODS):
            code = self._codes[(self._sold + place) % len(self._codes)]
            self._cases.scanning.scan(code, "wedge")
        self._sold += 1
        form = self._cases.paying.begin()
        owed = Money.parse(form.cash_remaining_text)
        given = Money(-(-max(owed.fen, 1) // 1000) * 1000).text
        self._write_down(timed=False)
        started = time.perf_counter()
        self._cases.paying.tender_cash(form.form_id, given)
        spent = (time.perf_counter() - started) * 1000
        self._write_down(timed=True)
        return spent

    def _write_down(self, *, timed: bool) -> None:
        """What changes something, transaction by transaction, with its values bound."""
        for before, text in pairwise(["", *self._heard]):
            if text == before:
                continue  # a trigger's turn is told under the name of its statement
            word = text.split(None, 1)[0].upper()
            if word == "BEGIN":
                self._recorded.append(_Transaction(timed))
            elif self._recorded and word in ("INSERT", "UPDATE", "DELETE", "REPLACE"):
                self._recorded[-1].statements.append(_bound(text))
        self._heard.clear()


def _bound(text: str) -> Statement:
    values: list[Any] = []

    def bind(match: re.Match[str]) -> str:
        blob, quoted, number = match.groups()
        if blob is not None:
            values.append(bytes.fromhex(blob))
        elif quoted is not None:
            values.append(quoted.replace("''", "'"))
        else:
            values.append(int(number))
        return "?"

    return _LITERAL.sub(bind, text), tuple(values)


def _flushes(path: Path, size: int) -> list[float]:
    """The same number of bytes appended and flushed, as often; milliseconds each."""
    data, spent = os.urandom(size), []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for _ in range(_BLOCK):
        started = time.perf_counter()
        os.write(file, data)
        os.fdatasync(file)
        spent.append((time.perf_counter() - started) * 1000)
    os.close(file)
    return spent


def _rows(ours: list[float], bare: list[float], flushes: list[float]) -> list[Row]:
    ratio = p50(bare) / p50(ours)
    tail = p99(ours) / p99(flushes)
    late = sum(1 for spent in ours if spent > CALM_MS)
    note = f"{len(ours)} orders; slowest {max(ours):.1f} ms, {late} above {CALM_MS:g} ms"
    return [
        Row(
            "order of six lines made durable (journal, signature, read models, print job)",
            p50(ours),
            p99(ours),
            bare="the same statements in raw SQLite, same cipher, WAL, FULL",
            bare_p50=p50(bare),
            bare_p99=p99(bare),
            ratio=ratio,
            bar=f"≥ {RATIO_BAR:g} × its speed",
            passed=ratio >= RATIO_BAR,
            note=f"{note}; mean {statistics.mean(ours):.2f} ms",
        ),
        Row(
            "the slowest of a hundred such orders",
            p50(ours),
            p99(ours),
            bare="write + fdatasync of the bytes it adds to the log",
            bare_p50=p50(flushes),
            bare_p99=p99(flushes),
            ratio=tail,
            bar=f"≤ {TAIL_BAR:g} × its p99",
            passed=tail <= TAIL_BAR,
        ),
    ]
