"""Looking things up in journal.db, on whatever connection is handed in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from terminal.domain.attempt import TERMINAL, Attempt
from terminal.domain.basket import Basket
from terminal.domain.journal import GENESIS_HASH, Entry
from terminal.domain.leases import Lease
from terminal.domain.lockout import Lockout, RunningTime
from terminal.ports.books import DayState, OrderRow, ParkedBasket, PrintJob, TenderRow
from terminal.store import journal_table
from terminal.store.basket_table import BasketTable
from terminal.store.cash_up_table import CashUpTable
from terminal.store.database import Connection
from terminal.store.ledger_table import LedgerTable
from terminal.store.refund_table import RefundTable
from terminal.store.report_table import ReportTable
from terminal.store.stock_table import StockTable
from terminal.store.till_table import TillTable
from terminal.store.vault_table import VaultTable

_ORDER = (
    "SELECT order_no, seq, intent_id, business_date, recorded_at, clerk_id, total_fen, "
    "rounding_fen, received_fen, change_fen FROM orders"
)
_ATTEMPT = (
    "SELECT a.out_trade_no, a.intent_id, a.basket_id, a.scheme, a.amount_fen, a.state, "
    "coalesce(c.queries, 0), coalesce(c.reversals, 0), a.code, a.refunding, "
    "a.kind, a.reference, a.shown_code, a.goods "
    "FROM attempts a LEFT JOIN attempt_counts c USING (out_trade_no)"
)
_JOB = "SELECT job_id, order_no, kind, document, state, reason, created_at, copy FROM print_jobs"


class SqlReading:
    """Implements ``terminal.ports.books.Reading`` over one connection; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._baskets = BasketTable(connection)
        self.vault = VaultTable(connection)
        self.ledger = LedgerTable(connection)
        self.reports = ReportTable(connection)
        self.stock = StockTable(connection)
        self.cash_ups = CashUpTable(connection)
        self.tills = TillTable(connection)
        self.refunds = RefundTable(connection)

    def head(self) -> tuple[int, str]:
        row = self._one("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        return (row[0], row[1]) if row else (0, GENESIS_HASH)

    def entry(self, seq: int) -> Entry | None:
        return self._entry("WHERE seq = ?", seq)

    def entry_for_intent(self, intent_id: str) -> Entry | None:
        return self._entry("WHERE intent_id = ?", intent_id)

    def entries(self, *, limit: int, before_seq: int | None = None) -> Sequence[Entry]:
        before = 2**62 if before_seq is None else before_seq
        tail = "WHERE seq < ? ORDER BY seq DESC LIMIT ?"
        return tuple(journal_table.select(self._connection, tail, (before, limit)))

    def recorded_since(self, seq: int) -> tuple[int, str]:
        row = self._connection.execute(
            "SELECT coalesce(max(seq), ?1), coalesce(max(recorded_at), '') FROM journal "
            "WHERE seq > ?1",
            (seq,),
        ).fetchone()
        return int(row[0]), str(row[1])

    def day(self) -> DayState:
        row = self._one("SELECT business_date, outlet_open, clerk_id FROM day")
        return DayState(row[0], bool(row[1]), row[2]) if row else DayState()

    def order(self, order_no: str) -> OrderRow | None:
        row = self._one(f"{_ORDER} WHERE order_no = ?", order_no)
        return OrderRow(*row) if row else None

    def last_order(self) -> OrderRow | None:
        row = self._one(f"{_ORDER} ORDER BY seq DESC LIMIT 1")
        return OrderRow(*row) if row else None

    def tenders(self, order_no: str) -> Sequence[TenderRow]:
        rows = self._connection.execute(
            "SELECT kind, scheme, fen, out_trade_no FROM order_tenders WHERE order_no = ? "
            "ORDER BY pos",
            (order_no,),
        )
        return tuple(TenderRow(*row) for row in rows)

    def balances(self) -> Mapping[str, int]:
        return dict(self._connection.execute("SELECT account, fen FROM balances").fetchall())

    def attempt(self, out_trade_no: str) -> Attempt | None:
        found = self._attempts("WHERE a.out_trade_no = ?", out_trade_no)
        return found[0] if found else None

    def attempts_of(self, basket_id: str) -> Sequence[Attempt]:
        return self._attempts("WHERE a.basket_id = ? ORDER BY a.seq", basket_id)

    def open_attempts(self) -> Sequence[Attempt]:
        marks = ", ".join("?" for _ in TERMINAL)
        return self._attempts(f"WHERE a.state NOT IN ({marks}) ORDER BY a.seq", *sorted(TERMINAL))

    def current_basket(self) -> Basket | None:
        return self._baskets.current()

    def parked(self) -> Sequence[ParkedBasket]:
        return tuple(ParkedBasket(*row) for row in self._baskets.parked())

    def parked_count(self) -> int:
        row = self._one("SELECT count(*) FROM baskets WHERE state = 'parked'")
        return int(row[0]) if row else 0

    def lockout(self, clerk_id: str) -> Lockout:
        row = self._one(
            "SELECT fails, remaining_ms, boot_id, up_ms FROM lockouts WHERE clerk_id = ?", clerk_id
        )
        return Lockout(row[0], row[1], RunningTime(row[2], row[3])) if row else Lockout()

    def print_jobs(self, *, limit: int) -> Sequence[PrintJob]:
        return self._jobs("ORDER BY number DESC LIMIT ?", limit)

    def print_job(self, job_id: str) -> PrintJob | None:
        found = self._jobs("WHERE job_id = ?", job_id)
        return found[0] if found else None

    def next_print_job(self) -> PrintJob | None:
        found = self._jobs("WHERE state IN ('queued', 'waiting') ORDER BY number LIMIT 1")
        return found[0] if found else None

    def copies_of(self, order_no: str) -> int:
        row = self._one("SELECT copies FROM reprints WHERE order_no = ?", order_no)
        return int(row[0]) if row else 0

    def preference(self, key: str) -> str | None:
        row = self._one("SELECT value FROM preferences WHERE key = ?", key)
        return str(row[0]) if row else None

    def numbers_left(self, kind: str, now: str = "") -> int:
        return sum(lease.left for lease in self.leases(kind) if not lease.is_over(now))

    def leases(self, kind: str) -> Sequence[Lease]:
        rows = self._connection.execute(
            "SELECT kind, lo, hi, next, expires_at FROM ranges WHERE kind = ? ORDER BY lo", (kind,)
        )
        return tuple(Lease(*row) for row in rows)

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return row

    def _entry(self, where: str, value: object) -> Entry | None:
        return next(journal_table.select(self._connection, where, (value,)), None)

    def _attempts(self, where: str, *values: object) -> tuple[Attempt, ...]:
        rows = self._connection.execute(f"{_ATTEMPT} {where}", values)
        return tuple(_attempt(row) for row in rows)

    def _jobs(self, where: str, *values: object) -> tuple[PrintJob, ...]:
        rows = self._connection.execute(f"{_JOB} {where}", values)
        return tuple(
            PrintJob(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5], row[6], row[7])
            for row in rows
        )


def _attempt(row: tuple[Any, ...]) -> Attempt:
    number, intent, basket, scheme, fen, state, queries, reversals, code, refunding, *means = row
    return Attempt(
        *(number, intent, basket, scheme, fen, state, queries, reversals, code),
        bool(refunding),
        *means,
    )
