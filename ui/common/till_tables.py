"""Every list of the till page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from terminal.domain.till import NO_SALE_REASONS
from ui.common import till_form
from ui.common.rows import RowsModel
from ui.common.till_rows import (
    ChoiceOfTill,
    TillFigureRow,
    TillLineRow,
    TillRow,
    TillStockRow,
    figure_row,
    line_row,
    stock_row,
    till_row,
    yuan_or_blind,
)
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.till_views import ListingView, TillsView, TillView


@view_model
class TillTables(QObject):
    """What the page lists, in words."""

    changed = Signal()

    def __init__(self, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._tills = RowsModel(TillRow, "till", self)
        self._figures = RowsModel(TillFigureRow, "kind", self)
        self._lines = RowsModel(TillLineRow, "seq", self)
        self._stock = RowsModel(TillStockRow, "item", self)
        self._choices = RowsModel(ChoiceOfTill, "code", self)
        self._till: TillView | None = None

    @Property(str, notify=changed)
    def cash(self) -> str:
        """What the chosen till holds: the sum of its figures."""
        return yuan_or_blind(self._words, self._till.cash_text) if self._till else ""

    @Property(bool, notify=changed)
    def blind(self) -> bool:
        """Whether the chosen till has to be counted before it is told what it should hold."""
        return bool(self._till and self._till.blind)

    @Property(RowsModel, constant=True)
    def tills(self) -> RowsModel:
        """The tills of this terminal."""
        return self._tills

    @Property(RowsModel, constant=True)
    def figures(self) -> RowsModel:
        """The sums of the chosen till's day."""
        return self._figures

    @Property(RowsModel, constant=True)
    def lines(self) -> RowsModel:
        """The entries behind the open figure."""
        return self._lines

    @Property(RowsModel, constant=True)
    def stock(self) -> RowsModel:
        """Stamps and numbered pieces of the chosen till."""
        return self._stock

    @Property(RowsModel, constant=True)
    def choices(self) -> RowsModel:
        """Whom the chosen till can deal with, or the reasons for opening the drawer."""
        return self._choices

    def show(
        self, view: TillsView, till: TillView, form: str, partner: str, typed: Mapping[str, str]
    ) -> None:
        """Write the tills, and what the chosen one holds and can do."""
        words, self._till = self._words, till
        self._tills.show([till_row(words, row, till.till_id) for row in view.tills])
        self._stock.show([stock_row(words, row, typed.get(row.item, "")) for row in till.stock])
        if form == "drawer":
            reasons = [(reason, words.text(f"till.reason.{reason}")) for reason in NO_SALE_REASONS]
            rows = [ChoiceOfTill(code, name, code == partner) for code, name in reasons]
        else:
            rows = till_form.partners(words, view, till, partner)
        self._choices.show(rows)
        self.changed.emit()

    def open(self, till: TillView, listing: ListingView | None) -> None:
        """Write the figures and the entries behind the open one."""
        opened = listing.kind if listing else None
        self._figures.show([figure_row(self._words, row, opened) for row in till.figures])
        self._lines.show([line_row(self._words, line) for line in listing.lines] if listing else [])
