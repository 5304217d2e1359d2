"""Accounts and postings in journal.db, see ``terminal.ports.ledger``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terminal.ports.ledger import PostingRow
from terminal.store.database import Connection

_ROW = "SELECT seq, account, fen, business_date, kind, clerk_id FROM postings"


class LedgerTable:
    """Implements ``terminal.ports.ledger.LedgerReading`` over one connection; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def balance(self, account: str) -> int:
        """See the port."""
        row = self._connection.execute(
            "SELECT fen FROM balances WHERE account = ?", (account,)
        ).fetchone()
        return int(row[0]) if row else 0

    def balances_of(self, kind: str) -> Mapping[str, int]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT account, fen FROM balances WHERE account >= ? AND account < ? ORDER BY account",
            # ';' is the character after ':'.
            (f"{kind}:", f"{kind};"),
        )
        return dict(rows.fetchall())

    def postings(self, account: str, *, after_seq: int = 0) -> Sequence[PostingRow]:
        """See the port."""
        return self._rows("WHERE account = ? AND seq > ? ORDER BY seq, pos", account, after_seq)

    def postings_on(self, business_date: str) -> Sequence[PostingRow]:
        """See the port."""
        return self._rows("WHERE business_date = ? ORDER BY seq, pos", business_date)

    def _rows(self, where: str, *values: object) -> Sequence[PostingRow]:
        rows = self._connection.execute(f"{_ROW} {where}", values)
        return tuple(PostingRow(*row) for row in rows)
