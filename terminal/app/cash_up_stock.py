"""Stock of a till in its cash-up and its surprise check: asked for blind, compared afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from terminal.app.context import Context
from terminal.app.stock_items import numbered_items
from terminal.domain import stock
from terminal.domain.cash_up import DISPUTED, CashUp
from terminal.domain.stock import Movement
from terminal.domain.stock_count import (
    Stock,
    StockLine,
    booking_movements,
    compared,
    count_movements,
    read_stock,
    still_disputed,
    without_counts,
)
from terminal.ports.cash_ups import Span


@dataclass(frozen=True, slots=True)
class AskedStock:
    """An item to count; how much of it there should be is not said.

    Args:
        item: stock-keeping unit.
        numbered: whether it is counted by number range.
    """

    item: str
    name_zh: str
    name_en: str
    numbered: bool


@dataclass(frozen=True, slots=True)
class CountedStockView:
    """An item as it was counted, and as it should be."""

    item: str
    name_zh: str
    name_en: str
    line: StockLine


class StockCounts:
    """Counts stock of the tills at this terminal. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def asked(self, till_id: str, after_seq: int) -> tuple[AskedStock, ...]:
        """What has to be counted: what the till has, and what it had since an entry.

        Args:
            till_id: the till.
            after_seq: what ran out before this entry is not asked for any more.
        """
        reading, place = self._context.books.stock, stock.till(till_id)
        moved = {*reading.pieces(place), *reading.moved_after(place, after_seq)}
        known = numbered_items(self._context)
        in_order = (*(item for item in known if item in moved), *sorted(moved - set(known)))
        return tuple(
            self.named(item, known.get(item, bool(reading.ranges(place, item))))
            for item in in_order
        )

    def read(self, asked: Sequence[AskedStock], typed: Mapping[str, str]) -> tuple[Stock, ...]:
        """What was typed for everything that was asked.

        Raises:
            UserError: ``stock_count.not_counted`` with ``item``, ``cash_count.*``.
        """
        return tuple(
            read_stock(row.item, typed.get(row.item, ""), numbered=row.numbered) for row in asked
        )

    def booked(self, till_id: str, item: str) -> Stock:
        """What the books say a till has of an item."""
        reading, place = self._context.books.stock, stock.till(till_id)
        return Stock(item, reading.pieces(place).get(item, 0), reading.ranges(place, item))

    def compared(self, cash_up: CashUp, found: Sequence[Stock]) -> tuple[StockLine, ...]:
        """What a period should end with, beside what was found."""
        place, before = stock.till(cash_up.till_id), cash_up.first_seq - 1
        lines = []
        for one in found:
            rows = self._context.books.stock.movements(place, one.item, before)
            counted = [row.movement for row in rows if row.by_count]
            should = without_counts(self.booked(cash_up.till_id, one.item), counted)
            lines.append(compared(should, one))
        return tuple(lines)

    def counted(self, till_id: str, found: Sequence[Stock]) -> tuple[Movement, ...]:
        """The till becomes what was found."""
        place, aside = stock.till(till_id), stock.in_suspense(till_id)
        return tuple(
            row
            for one in found
            for row in count_movements(place, aside, self.booked(till_id, one.item), one)
        )

    def taken_over(self, cash_up: CashUp, span: Span) -> tuple[Movement, ...]:
        """What this period left in suspense becomes over or short; what is disputed stays."""
        books, place = self._context.books, stock.in_suspense(cash_up.till_id)
        disputes = books.cash_ups.of_kinds((DISPUTED,), span)
        mine = [entry.seq for entry in disputes if entry.body["till_id"] == cash_up.till_id]
        until = max(mine, default=0)
        rows = [
            row
            for item in sorted(books.stock.issued(place))
            for row in books.stock.movements(place, item, cash_up.first_seq - 1)
        ]
        lies = [row.movement for row in rows]
        frozen = still_disputed((row.movement for row in rows if row.seq <= until), lies)
        return booking_movements(cash_up.till_id, (*lies, *stock.negate(frozen)))

    def views(self, body: Mapping[str, Any]) -> tuple[CountedStockView, ...]:
        """What the entry of a count says of stock."""
        views = []
        for line in stock_lines(body):
            name_zh, name_en = self._names(line.item)
            views.append(CountedStockView(line.item, name_zh, name_en, line))
        return tuple(views)

    def named(self, item: str, numbered: bool) -> AskedStock:
        """An item to count, with its names."""
        return AskedStock(item, *self._names(item), numbered)

    def _names(self, item: str) -> tuple[str, str]:
        record = self._context.catalogue.by_code(item)
        return (record.name_zh, record.name_en) if record else (item, item)


def stock_body(lines: Sequence[StockLine]) -> dict[str, Any]:
    """What the entry of a count says of stock; nothing when none was asked for."""
    if not lines:
        return {}
    return {
        "pieces": [
            {"item": line.item, "expected": line.expected, "counted": line.counted}
            for line in lines
        ],
        "papers_missing": [
            {"item": line.item, "lo": lo, "hi": hi} for line in lines for lo, hi in line.missing
        ],
        "papers_extra": [
            {"item": line.item, "lo": lo, "hi": hi} for line in lines for lo, hi in line.extra
        ],
        "stock_off": sum(line.off for line in lines),
    }


def stock_lines(body: Mapping[str, Any]) -> tuple[StockLine, ...]:
    """The lines that ``stock_body`` wrote."""
    return tuple(
        StockLine(
            row["item"],
            row["expected"],
            row["counted"],
            _ranges(body["papers_missing"], row["item"]),
            _ranges(body["papers_extra"], row["item"]),
        )
        for row in body.get("pieces", ())
    )


def _ranges(rows: Sequence[Mapping[str, Any]], item: str) -> tuple[tuple[int, int], ...]:
    return tuple((row["lo"], row["hi"]) for row in rows if row["item"] == item)
