"""The one field for everything that is scanned or typed, its results, and the goods sold most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.basket_view import BasketView
    from terminal.app.scanning import ScanView
    from terminal.app.search import ItemRow, SearchView

SEARCH_AFTER_MS = 40
"""A key is painted before anything is looked up, and the first key of a scan looks up nothing."""

ECHOED = 40
"""So many characters of a scan are repeated in a notice."""


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One item as the result list and the favourites show it."""

    sku: str
    name: str
    code: str
    price: str
    unit: str
    weighed: bool
    sellable: bool


@view_model
class ScanField(Pane):
    """Search while typing, scan on Enter.

    Signals:
        scanned(ScanView): a typed or scanned text was classified; the counter decides where to go.
        cleared: the field must be emptied and gets the focus.
        written(str): the field must show this.
        basket_arrived(BasketView): an item went into the basket.
        weight_wanted(str, str): article number and name of loose goods whose weight has to be
        entered.
    """

    changed = Signal()
    scanned = Signal(object)
    cleared = Signal()
    written = Signal(str)
    basket_arrived = Signal(object)
    weight_wanted = Signal(str, str)
    reads = frozenset({"catalogue"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._text = ""
        self._items: tuple[ItemRow, ...] = ()
        self._favourite_items: tuple[ItemRow, ...] = ()
        self._searched = ""
        self._selected = 0
        self._ahead = ""
        self._results = RowsModel(GoodsRow, "sku", self)
        self._favourites = RowsModel(GoodsRow, "sku", self)
        self._search_soon = QTimer(self)
        self._search_soon.setSingleShot(True)
        self._search_soon.setInterval(SEARCH_AFTER_MS)
        self._search_soon.timeout.connect(self._search)

    @Property(RowsModel, constant=True)
    def results(self) -> RowsModel:
        """What fits the typed text, best first."""
        return self._results

    @Property(RowsModel, constant=True)
    def favourites(self) -> RowsModel:
        """The goods sold most at this terminal."""
        return self._favourites

    @Property(str, notify=changed)
    def text(self) -> str:
        """What is typed."""
        return self._text

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the chosen result."""
        return self._selected

    @Property(bool, notify=changed)
    def searching(self) -> bool:
        """Whether there is an answer to what is typed, or a scan found goods to choose from.

        Not before: a scan's first key must not turn the page over and back again.
        """
        return bool(self._searched or self._items)

    @Property(bool, notify=changed)
    def nothingFound(self) -> bool:
        """Whether the typed text was looked up and fits nothing."""
        return bool(self._text) and self._searched == self._text and not self._items

    def refresh(self) -> None:
        """Read the favourites and search again."""
        self.operations.run(lambda use: use.search.favourites(), self._show_favourites)
        if self._text:
            self.type(self._text)

    def reworded(self) -> None:
        """Name the goods in the chosen language."""
        self._results.show(self._rows(self._items))
        self._favourites.show(self._rows(self._favourite_items))
        self.changed.emit()

    @Slot(str)
    def type(self, text: str) -> None:
        """The field's text changed: search from the first letter."""
        if not text and not self._text and not self.searching:
            # A scan empties a field that nobody wrote into: nothing has to be looked at again.
            self._selected = 0
            return
        self._text, self._selected = text, 0
        wanted = text.strip()
        if wanted:
            self._search_soon.start()
        else:
            self._search_soon.stop()
            self._items, self._searched = (), ""
            self._results.show([])
        self.changed.emit()

    def _search(self) -> None:
        wanted = self._text.strip()
        if wanted:
            self.operations.run(lambda use: use.search.find(wanted), self._found)

    def type_ahead(self, text: str) -> None:
        """Begin with what was typed before the field had the keyboard."""
        self._ahead = text
        self.written.emit(text)
        self.type(text)

    def forget_typed_ahead(self) -> None:
        """What was typed ahead was the first character of a scan."""
        if self._ahead and self._ahead == self._text:
            self.clear()
        self._ahead = ""

    @Slot(int)
    def move(self, step: int) -> None:
        """Choose the next or the previous result."""
        self._selected = max(0, min(len(self._items) - 1, self._selected + step))
        self.changed.emit()

    @Slot()
    def confirm(self) -> None:
        """Enter: put the chosen result into the basket, or read the text as a code."""
        text = self._text.strip()
        fresh = self._searched == text
        if fresh and self._items and not looks_like_code(text):
            self.choose(self._items[self._selected].sku, "key")
        elif text:
            self.scan(text, "key")

    @Slot(str, str)
    def choose(self, sku: str, source: str) -> None:
        """Put one item into the basket; loose goods ask for their weight first.

        Args:
            sku: one of the goods that are shown.
            source: ``key`` or ``touch``, what the line will say of itself.
        """
        row = next(
            (row for row in (*self._results.rows, *self._favourites.rows) if row.sku == sku), None
        )
        if row is not None and row.weighed:
            self.weight_wanted.emit(sku, row.name)
            return
        self.add(sku, 1, source)

    def add(self, sku: str, quantity: int, source: str = "key") -> None:
        """Put pieces, or grams of loose goods, into the basket."""
        self.operations.run(lambda use: use.ordering.add_item(sku, quantity, source), self._added)

    def scan(self, text: str, source: str, context: str = "selling") -> None:
        """Classify a text that was scanned or typed.

        Args:
            text: the code as it came.
            source: ``wedge``, ``serial`` or ``key``.
            context: where the clerk is, ``selling`` or ``payment``.
        """
        self.operations.run(lambda use: use.scanning.scan(text, source, context), self._classified)

    def clear(self) -> None:
        """Empty the field."""
        self.type("")
        self.cleared.emit()

    def show_results(self, items: tuple[ItemRow, ...]) -> None:
        """Show what a scan found when it fits more than one item."""
        self._items, self._searched, self._selected = items, self._text.strip(), 0
        self._results.show(self._rows(items))
        self.changed.emit()

    def _found(self, found: SearchView) -> None:
        if found.text.strip() == self._text.strip():
            self.show_results(found.rows)

    def _added(self, basket: BasketView) -> None:
        self.basket_arrived.emit(basket)
        self.clear()

    def _classified(self, view: ScanView) -> None:
        if view.basket is not None:
            self.basket_arrived.emit(view.basket)
        if view.kind == "results":
            self.show_results(view.results)
        elif view.kind != "unknown" or not self._text:
            # What is typed stays to be corrected; what an earlier scan found is not this.
            self.clear()
        self.scanned.emit(view)

    def _show_favourites(self, items: tuple[ItemRow, ...]) -> None:
        self._favourite_items = items
        self._favourites.show(self._rows(items))
        self.changed.emit()

    def _rows(self, items: tuple[ItemRow, ...]) -> list[GoodsRow]:
        return [self._row(item) for item in items]

    def _unit(self, unit_zh: str) -> str:
        key = f"unit.{unit_zh}"
        return self.words.text(key) if self.words.has(key) else unit_zh

    def _row(self, item: ItemRow) -> GoodsRow:
        return GoodsRow(
            sku=item.sku,
            name=self.words.named(item.name_zh, item.name_en),
            code=item.code,
            price=yuan(item.price_text) if item.price_text else self.words.text("goods.no_price"),
            unit=self.words.text("goods.per_kg") if item.weighed else self._unit(item.unit_zh),
            weighed=item.weighed,
            sellable=item.state == "active" and bool(item.price_text),
        )


def echoed(params: Mapping[str, str]) -> dict[str, str]:
    """What a notice repeats of a scan: enough to know it again, never a whole page of it."""
    return {
        name: text if len(text) <= ECHOED else f"{text[: ECHOED - 1]}…"
        for name, text in params.items()
    }


def looks_like_code(text: str) -> bool:
    """Whether a typed text is long and numeric enough to be a code and not a search."""
    return (
        len(text) >= 8
        and text.isascii()
        and text.isalnum()
        and any(char.isdigit() for char in text)
    )
