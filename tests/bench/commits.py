"""One cash sale into the books, and the journal read back and verified."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from terminal.app.usecases import UseCases
from terminal.bootstrap import open_keys
from terminal.commands.soak import PIN
from terminal.domain.journal import verify_chain
from terminal.domain.money import Money
from tests.bench.counters import at_work, codes_of, outlet
from tests.bench.figures import Row, p50, p99

_SCHEMA = """
CREATE TABLE orders(id INTEGER PRIMARY KEY, no TEXT, fen INTEGER, body TEXT);
CREATE TABLE order_lines(id INTEGER PRIMARY KEY, order_id INTEGER, sku TEXT, fen INTEGER);
CREATE TABLE tenders(id INTEGER PRIMARY KEY, order_id INTEGER, kind TEXT, fen INTEGER);
CREATE TABLE outbox(id INTEGER PRIMARY KEY, order_id INTEGER, body TEXT);
"""


def run(*, quick: bool) -> list[Row]:
    """Commit sales, beside the same number of bare six-row transactions on the same disk."""
    count = 100 if quick else 500
    with outlet("commits", 0) as place, at_work(place.home) as cases:
        cases.session.unlock(PIN)
        sell = _seller(cases, codes_of(place.home, 20))
        bare_commit = _bare_seller(place.home / "bare.sqlite")
        ours: list[float] = []
        bare: list[float] = []
        for number in range(count):
            ours.append(sell(number))
            bare.append(_timed(partial(bare_commit, number)))
        rows = [_commit_row(ours, bare)]
        rows.append(_verify_row(cases, open_keys(place.home).seed))
    return rows


def _seller(cases: UseCases, codes: list[str]) -> Callable[[int], float]:
    def sell(number: int) -> float:
        """One sale of five goods; only the tender, which books it, is timed."""
        for place in range(5):
            cases.scanning.scan(codes[(number + place) % len(codes)], "wedge")
        form = cases.paying.begin()
        owed = Money.parse(form.cash_remaining_text)
        text = Money(-(-max(owed.fen, 1) // 1000) * 1000).text
        spent = _timed(lambda: cases.paying.tender_cash(form.form_id, text))
        if number % 100 == 99:
            cases.context.books.checkpoint()  # type: ignore[attr-defined]
        return spent

    return sell


def _bare_seller(path: Path) -> Callable[[int], None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
    connection.executescript(_SCHEMA)
    body = "x" * 400

    def commit(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO orders VALUES(?, ?, 1234, ?)", (number, f"{number}", body))
        for _ in range(3):
            connection.execute("INSERT INTO order_lines VALUES(NULL, ?, 'sku', 411)", (number,))
        connection.execute("INSERT INTO tenders VALUES(NULL, ?, 'cash', 1234)", (number,))
        connection.execute("INSERT INTO outbox VALUES(NULL, ?, ?)", (number, body))
        connection.execute("COMMIT")

    return commit


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _commit_row(ours: list[float], bare: list[float]) -> Row:
    return Row(
        "cash sale of 5 goods booked (tender → durable)",
        p50(ours),
        p99(ours),
        bare="six plain rows in one stdlib SQLite transaction, WAL FULL",
        bare_p50=p50(bare),
        bare_p99=p99(bare),
        ratio=p50(ours) / p50(bare),
        note=f"encrypted, chained, signed, read models and print job included; {len(ours)} sales",
    )


def _verify_row(cases: UseCases, seed: bytes) -> Row:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key()
    message = os.urandom(32)
    signature = key.sign(message)
    started = time.perf_counter()
    report = verify_chain(cases.context.books.all_entries(), public.public_bytes_raw())  # type: ignore[attr-defined]
    between = time.perf_counter()
    for _ in range(report.count):
        public.verify(signature, message)
    bare_s = time.perf_counter() - between
    ours_s = between - started
    if not report.sound:
        raise AssertionError(report.reason)
    return Row(
        "journal verified, entries a second",
        report.count / ours_s,
        unit="/s",
        bare="the Ed25519 check of as many signatures alone",
        bare_p50=report.count / bare_s,
        ratio=bare_s and ours_s / bare_s,
        note=f"{report.count} entries; ratio of the times",
    )
