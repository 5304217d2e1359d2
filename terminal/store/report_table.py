"""Days, their entries and their sums in journal.db, see ``terminal.ports.reports``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from terminal.domain.journal import Entry
from terminal.ports.reports import DayRow
from terminal.store import journal_table
from terminal.store.database import Connection


class ReportTable:
    """Implements ``terminal.ports.reports.ReportReading``; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def days(self) -> Sequence[DayRow]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT business_date, first_seq, last_seq, entries FROM days ORDER BY 1 DESC"
        )
        return tuple(DayRow(*row) for row in rows)

    def entries_on(self, business_date: str) -> Iterator[Entry]:
        """See the port."""
        row = self._connection.execute(
            "SELECT first_seq, last_seq FROM days WHERE business_date = ?", (business_date,)
        ).fetchone()
        if row is not None:
            where = "WHERE seq BETWEEN ? AND ? AND business_date = ? ORDER BY seq"
            yield from journal_table.select(self._connection, where, (*row, business_date))

    def posted_by_account(self) -> Mapping[str, int]:
        """See the port."""
        rows = self._connection.execute("SELECT account, sum(fen) FROM postings GROUP BY account")
        return dict(rows.fetchall())
