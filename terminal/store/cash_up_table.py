"""Periods of tills in journal.db, see ``terminal.ports.cash_ups``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from terminal.domain.cash_up import CashUp, Control, Movement
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry
from terminal.ports.cash_ups import ClosedCashUp, FailedCode, SalesTotals, SoldRow, Span
from terminal.store import journal_table
from terminal.store.database import Connection

_ROW = (
    "SELECT till_id, period, first_seq, opening_fen, counts, counted_seq, counted_fen, "
    "expected_fen, booked_seq, disputed_seq, disputed_fen, verified_seq, verifier, closed_seq, "
    "stock_off, dispute_seq, closed_date, clerk_id, remaining_fen FROM cash_ups"
)
_CASH_UP_FIELDS = 16
_MOVED = (
    "SELECT 1 FROM postings WHERE account = ? AND business_date >= ? AND seq >= ? "
    "AND kind NOT LIKE 'cash_up.%' AND kind <> ? LIMIT 1"
)
_LEFT_BY_COUNTS = (
    "SELECT coalesce(sum(fen), 0) FROM postings "
    "WHERE account = ? AND business_date >= ? AND seq >= ? AND kind LIKE 'cash\\_up.%' ESCAPE '\\'"
)
_JOURNAL_CONTROLS = (
    "SELECT json_extract(p.value, '$.account'), sum(json_extract(p.value, '$.fen')), count(*), "
    "max(j.seq) FROM journal j, json_each(j.body, '$.postings') p WHERE j.seq >= ? GROUP BY 1"
)
_POSTING_CONTROLS = (
    "SELECT account, sum(fen), count(*), max(seq) FROM postings WHERE seq >= ? GROUP BY account"
)
_MOVED_CASH = (
    "p.kind, count(*), sum(p.fen), sum(coalesce(o.received_fen, 0)), "
    "sum(coalesce(o.change_fen, 0)), sum(coalesce(o.change_fen, 0) > 0) "
    "FROM postings p LEFT JOIN orders o ON o.seq = p.seq "
    "WHERE p.account = ? AND p.business_date >= ? AND p.seq >= ? "
)
_MOVEMENTS = f"SELECT {_MOVED_CASH}GROUP BY p.kind, p.fen > 0"
_BEHIND = f"SELECT p.seq, {_MOVED_CASH}AND p.kind = ? GROUP BY p.seq, p.fen > 0 ORDER BY p.seq DESC"


class CashUpTable:
    """Implements ``terminal.ports.cash_ups.CashUpReading`` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self, till_id: str) -> CashUp:
        """See the port."""
        row = self._connection.execute(
            f"{_ROW} WHERE till_id = ? ORDER BY period DESC LIMIT 1", (till_id,)
        ).fetchone()
        if row is None:
            return CashUp(till_id, 1, 1, 0)
        last = _closed(row)
        if not last.cash_up.closed_seq:
            return last.cash_up
        before = last.cash_up
        return CashUp(till_id, before.period + 1, before.closed_seq + 1, last.remaining_fen)

    def span(self, cash_up: CashUp) -> Span:
        """See the port."""
        # Days follow one another, but the day of a clock that ran ahead is corrected backwards.
        first = cash_up.first_seq
        # Days follow one another, but the day of a clock that ran ahead is corrected backwards.
        date = self._connection.execute(
            "SELECT min(business_date) FROM (SELECT business_date FROM journal WHERE seq = ? "
            "UNION SELECT business_date FROM day)",
            (first,),
        ).fetchone()[0]
        begun = self._connection.execute(
            "SELECT recorded_at FROM journal WHERE seq >= ? AND clerk_id <> '' "
            "ORDER BY seq LIMIT 1",
            (first,),
        ).fetchone()
        return Span(first, str(date or ""), begun[0] if begun else "")

    def last_dispute(self, till_id: str) -> int:
        """See the port."""
        row = self._connection.execute(
            "SELECT coalesce(max(dispute_seq), 0) FROM cash_ups WHERE till_id = ?", (till_id,)
        ).fetchone()
        return int(row[0])

    def closed_on(self, business_date: str) -> Sequence[ClosedCashUp]:
        """See the port."""
        rows = self._connection.execute(
            f"{_ROW} WHERE closed_date = ? ORDER BY closed_seq", (business_date,)
        )
        return tuple(_closed(row) for row in rows)

    def movements(self, till_id: str, span: Span) -> Sequence[Movement]:
        """See the port."""
        rows = self._connection.execute(_MOVEMENTS, _in(f"cash:{till_id}", span))
        return tuple(Movement(*row) for row in rows)

    def moved_after(self, till_id: str, seq: int, since_date: str, *, besides: str = "") -> bool:
        """See the port."""
        values = (f"cash:{till_id}", since_date, seq + 1, besides)
        row = self._connection.execute(_MOVED, values).fetchone()
        return row is not None

    def left_by_counts(self, account: str, span: Span) -> int:
        """See the port."""
        row = self._connection.execute(_LEFT_BY_COUNTS, _in(account, span)).fetchone()
        return int(row[0])

    def entries_behind(self, till_id: str, kind: str, span: Span) -> Iterator[tuple[int, Movement]]:
        """See the port."""
        values = (*_in(f"cash:{till_id}", span), kind)
        for seq, *moved in self._connection.execute(_BEHIND, values):
            yield seq, Movement(*moved)

    def controls(self, span: Span, opening: Iterable[Control]) -> Sequence[Sequence[Control]]:
        """See the port."""
        self._whole(span)
        before = tuple(opening)
        return (
            _added("journal", before, self._rows(_JOURNAL_CONTROLS, span.first_seq)),
            _added("postings", before, self._rows(_POSTING_CONTROLS, span.first_seq)),
            _added(
                "balances", (), self._rows("SELECT account, fen, entries, last_seq FROM balances")
            ),
        )

    def opening_controls(self, cash_up: CashUp) -> Sequence[Control]:
        """See the port."""
        closing = next(
            journal_table.select(self._connection, "WHERE seq = ?", (cash_up.first_seq - 1,)), None
        )
        body: Any = closing.body if closing else {}
        return tuple(
            Control("journal", row["account"], row["fen"], row["entries"], row["last_seq"])
            for row in body.get("controls", ())
        )

    def sold(self, span: Span) -> Sequence[SoldRow]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT o.seq, o.order_no, o.recorded_at, t.fen, "
            "CASE t.kind WHEN 'cash' THEN o.received_fen ELSE 0 END, "
            "CASE t.kind WHEN 'cash' THEN o.change_fen ELSE 0 END, t.kind = 'cash', o.intent_id "
            "FROM orders o JOIN order_tenders t USING (order_no) "
            "WHERE o.seq >= ? ORDER BY o.seq, t.pos",
            (span.first_seq,),
        )
        return tuple(
            SoldRow(seq, no, at, kept, received, change, bool(cash), intent)
            for seq, no, at, kept, received, change, cash, intent in rows
        )

    def failed_codes(self, span: Span) -> Sequence[FailedCode]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT a.seq, json_extract(j.body, '$.sale_intent'), a.amount_fen "
            "FROM attempts a JOIN journal j ON j.seq = a.seq "
            "WHERE a.seq >= ? AND a.state IN ('failed', 'reversed') ORDER BY a.seq",
            (span.first_seq,),
        )
        return tuple(FailedCode(*row) for row in rows)

    def with_voided_lines(self, span: Span) -> Sequence[Entry]:
        """See the port."""
        where = (
            "WHERE seq >= ? AND kind = 'sale.completed' "
            # Bodies are kept in canonical form, and inside a text the quotes would be escaped.
            "AND instr(body, '\"voided\":[{') > 0 ORDER BY seq"
        )
        return tuple(journal_table.select(self._connection, where, (span.first_seq,)))

    def sales(self, span: Span) -> SalesTotals:
        """See the port."""
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(total_fen), 0), coalesce(sum(rounding_fen), 0), "
            "coalesce(min(seq), 0), coalesce(max(seq), 0) FROM orders WHERE seq >= ?",
            (span.first_seq,),
        ).fetchone()
        ends = dict(
            self._connection.execute(
                "SELECT seq, order_no FROM orders WHERE seq IN (?, ?)", (row[3], row[4])
            ).fetchall()
        )
        tenders = self._connection.execute(
            "SELECT CASE WHEN t.kind = 'payer_code' AND t.scheme <> '' THEN t.scheme "
            "ELSE t.kind END, sum(t.fen) "
            "FROM order_tenders t JOIN orders o USING (order_no) WHERE o.seq >= ? "
            "GROUP BY 1 ORDER BY t.kind <> 'cash', 1",
            (span.first_seq,),
        ).fetchall()
        first, last = ends.get(row[3], ""), ends.get(row[4], "")
        return SalesTotals(row[0], row[1], row[2], first, last, tuple(tenders))

    def of_kinds(self, kinds: Iterable[str], span: Span) -> Sequence[Entry]:
        """See the port."""
        wanted = tuple(kinds)
        marks = ", ".join("?" for _ in wanted)
        where = f"WHERE seq >= ? AND kind IN ({marks}) ORDER BY seq"
        return tuple(journal_table.select(self._connection, where, (span.first_seq, *wanted)))

    def slice(self, first_seq: int, last_seq: int) -> Iterator[Entry]:
        """See the port."""
        where = "WHERE seq BETWEEN ? AND ? ORDER BY seq"
        return journal_table.select(self._connection, where, (first_seq, last_seq))

    def _whole(self, span: Span) -> None:
        """Every entry from the first of a period to the journal's last is there."""
        count, first, last = self._connection.execute(
            "SELECT count(*), min(seq), max(seq) FROM journal WHERE seq >= ?", (span.first_seq,)
        ).fetchone()
        if count and (first != span.first_seq or count != last - first + 1):
            params = {"first": span.first_seq, "last": last, "count": count}
            raise EnvironmentFault("cash_up.entries_missing", params, retry=False)

    def _rows(self, sql: str, *values: object) -> Iterable[tuple[str, int, int, int]]:
        rows: Iterable[tuple[str, int, int, int]] = self._connection.execute(sql, values).fetchall()
        return rows


def _in(account: str, span: Span) -> tuple[object, ...]:
    return account, span.since_date, span.first_seq


def _closed(row: tuple[Any, ...]) -> ClosedCashUp:
    return ClosedCashUp(CashUp(*row[:_CASH_UP_FIELDS]), *row[_CASH_UP_FIELDS:])


def _added(
    source: str, opening: Iterable[Control], rows: Iterable[tuple[str, int, int, int]]
) -> tuple[Control, ...]:
    """What accounts come to when a period is added to what they held before it."""
    totals = {control.account: control for control in opening}
    for account, fen, entries, last_seq in rows:
        before = totals.get(account, Control(source, account, 0, 0, 0))
        totals[account] = Control(
            source, account, before.fen + fen, before.entries + entries, last_seq
        )
    return tuple(totals[account] for account in sorted(totals))
