"""Stock in journal.db, see ``terminal.ports.stock``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terminal.domain.stock import Ranges
from terminal.ports.stock import StockRow
from terminal.store.database import Connection


class StockTable:
    """Implements ``terminal.ports.stock.StockReading`` over one connection; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pieces(self, place: str) -> Mapping[str, int]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT item, pieces FROM stock WHERE place = ? AND pieces <> 0 ORDER BY item", (place,)
        )
        return dict(rows.fetchall())

    def issued(self, place: str) -> frozenset[str]:
        """See the port."""
        rows = self._connection.execute("SELECT item FROM stock WHERE place = ?", (place,))
        return frozenset(str(item) for (item,) in rows)

    def ranges(self, place: str, item: str) -> Ranges:
        """See the port."""
        rows = self._connection.execute(
            "SELECT lo, hi FROM stock_ranges WHERE place = ? AND item = ? ORDER BY lo",
            (place, item),
        )
        return tuple((int(lo), int(hi)) for lo, hi in rows)

    def places_of(self, item: str, lo: int, hi: int) -> Sequence[str]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT DISTINCT place FROM stock_ranges WHERE item = ? AND lo <= ? AND hi >= ?"
            " ORDER BY place",
            (item, hi, lo),
        )
        return tuple(str(place) for (place,) in rows)

    def movements(self, place: str, item: str, after_seq: int = 0) -> Sequence[StockRow]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT seq, place, item, pieces, lo, hi, business_date, kind FROM stock_movements "
            "WHERE place = ? AND item = ? AND seq > ? ORDER BY seq, pos",
            (place, item, after_seq),
        )
        return tuple(StockRow(*row) for row in rows)

    def moved_after(self, place: str, seq: int, *, besides: str = "") -> frozenset[str]:
        """See the port."""
        rows = self._connection.execute(
            "SELECT DISTINCT s.item FROM stock s JOIN stock_movements m "
            "ON m.place = s.place AND m.item = s.item "
            "WHERE s.place = ? AND m.seq > ? AND m.kind NOT LIKE 'cash_up.%' AND m.kind <> ?",
            (place, seq, besides),
        )
        return frozenset(str(item) for (item,) in rows)
