"""Counting stock: what is asked for, and what was typed; what there should be is not in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from terminal.domain.errors import OutletError
from terminal.domain.stock_count import read_stock
from ui.common.figures import moment
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.cash_up_stock import AskedStock


@dataclass(frozen=True, slots=True)
class CountedItemRow:
    """One item to count; ``hint`` says how: in pieces or by number range."""

    item: str
    label: str
    hint: str


@view_model
class StockCounting(QObject):
    """A count of stock under way. The page decides what it is for; nothing is booked here."""

    def __init__(self, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._asked: tuple[AskedStock, ...] = ()
        self._typed: dict[str, str] = {}
        self._rows = RowsModel(CountedItemRow, "item", self)
        words.changed.connect(self._write)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The items to count."""
        return self._rows

    @property
    def typed(self) -> Mapping[str, str]:
        """Item → what was typed."""
        return self._typed

    def error(self) -> OutletError | None:
        """What is missing or cannot be read, None for nothing."""
        try:
            for row in self._asked:
                read_stock(row.item, self._typed.get(row.item, ""), numbered=row.numbered)
        except OutletError as error:
            return error
        return None

    def message(self, error: OutletError) -> str:
        """Why something was refused; an item is called what the clerk calls it."""
        params = dict(error.params)
        for row in self._asked:
            if params.get("item") == row.item:
                params["item"] = self._words.named(row.name_zh, row.name_en)
        if "at" in params:
            params["at"] = moment(str(params["at"]))
        return self._words.error(error.code, params)

    def begin(self, asked: Sequence[AskedStock]) -> None:
        """An empty count."""
        self._asked, self._typed = tuple(asked), {}
        # Fields that hold what was typed before must not stay.
        self._rows.show([])
        self._write()

    @Slot(int, str)
    def type(self, place: int, text: str) -> None:
        """Pieces, or ranges of numbers separated by blanks."""
        self._typed[self._asked[place].item] = text

    def _write(self) -> None:
        words = self._words
        self._rows.show(
            [
                CountedItemRow(
                    row.item,
                    words.named(row.name_zh, row.name_en),
                    words.text("stock_count.range" if row.numbered else "stock_count.pieces"),
                )
                for row in self._asked
            ]
        )
