"""Tills in journal.db, see ``terminal.ports.tills``."""

from __future__ import annotations

from collections.abc import Sequence

from terminal.ports.tills import MovementRow, MovementSum, PouchRow
from terminal.store.database import Connection

_POUCH = (
    "SELECT p.number, p.from_till, p.to_till, p.fen, p.purpose, p.seq, p.sent_at "
    "FROM pouches p LEFT JOIN pouch_receipts r USING (number)"
)


class TillTable:
    """Implements ``terminal.ports.tills.TillReading`` over one connection; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def receipt(self, number: str) -> tuple[int, str] | None:
        """See the port."""
        row = self._connection.execute(
            "SELECT seq, received_at FROM pouch_receipts WHERE number = ?", (number,)
        ).fetchone()
        return (int(row[0]), str(row[1])) if row else None

    def pouch(self, number: str) -> PouchRow | None:
        """See the port."""
        found = self._pouches("WHERE p.number = ?", number)
        return found[0] if found else None

    def pouches_on_the_way(self) -> Sequence[PouchRow]:
        """See the port."""
        return self._pouches("WHERE r.seq IS NULL ORDER BY p.seq")

    def before(self, account: str, business_date: str) -> int:
        """See the port."""
        row = self._connection.execute(
            "SELECT coalesce(sum(fen), 0) FROM postings WHERE account = ? AND business_date < ?",
            (account, business_date),
        ).fetchone()
        return int(row[0])

    def sums(self, account: str, business_date: str) -> Sequence[MovementSum]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT kind, count(DISTINCT seq), sum(fen) FROM postings "
            "WHERE account = ? AND business_date = ? GROUP BY kind ORDER BY min(seq)",
            (account, business_date),
        )
        return tuple(MovementSum(*row) for row in rows)

    def movements(self, account: str, business_date: str, kind: str) -> Sequence[MovementRow]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT p.seq, p.business_date, p.kind, p.clerk_id, j.recorded_at, sum(p.fen) "
            "FROM postings p JOIN journal j USING (seq) "
            "WHERE p.account = ? AND p.business_date = ? AND p.kind = ? "
            "GROUP BY p.seq ORDER BY p.seq",
            (account, business_date, kind),
        )
        return tuple(MovementRow(*row) for row in rows)

    def earlier_days(self, account: str, business_date: str) -> Sequence[MovementRow]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT max(seq), business_date, '', '', '', sum(fen) FROM postings "
            "WHERE account = ? AND business_date < ? "
            "GROUP BY business_date ORDER BY business_date",
            (account, business_date),
        )
        return tuple(MovementRow(*row) for row in rows)

    def _pouches(self, where: str, *values: object) -> Sequence[PouchRow]:
        rows = self._connection.execute(f"{_POUCH} {where}", values)
        return tuple(PouchRow(*row) for row in rows)
