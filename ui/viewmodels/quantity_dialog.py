"""Entering a quantity for the chosen line."""

from __future__ import annotations

from decimal import Decimal

from terminal.domain.basket import MAX_GRAMS, MAX_PIECES
from ui.common.neighbours import BasketOnCounter, GoodsCounter
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.typed_quantity import quantity_from
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model


@view_model
class QuantityDialog(Pane):
    """Pieces as a whole number; kilograms with three decimals for weighed goods.

    Signals:
        finished: the dialog may close.
    """

    changed = Signal()
    finished = Signal()

    def __init__(
        self, operations: Operations, words: Words, basket: BasketOnCounter, field: GoodsCounter
    ) -> None:
        super().__init__(operations, words)
        self._basket = basket
        self._field = field
        self._wrong = False
        self._new: tuple[str, str] | None = None

    def begin(self, new: tuple[str, str] | None = None) -> None:
        """Ask for the quantity of the chosen line, or for the weight of loose goods to add.

        Args:
            new: article number and name of the goods to add, None for the chosen line.
        """
        self._new, self._wrong = new, False
        self.changed.emit()

    @Property(str, notify=changed)
    def name(self) -> str:
        """The goods whose quantity is entered."""
        line = self._basket.chosen()
        if self._new is not None:
            return self._new[1]
        return self.words.named(line.name_zh, line.name_en) if line else ""

    @Property(bool, notify=changed)
    def weighed(self) -> bool:
        """Whether kilograms are entered."""
        line = self._basket.chosen()
        return self._new is not None or bool(line and line.weighed)

    @Property(str, notify=changed)
    def message(self) -> str:
        """What is wrong with the figure."""
        if not self._wrong:
            return ""
        if self.weighed:
            return self.words.text("quantity.weight_bound", most=Decimal(MAX_GRAMS) / 1000)
        return self.words.text("quantity.pieces_bound", most=MAX_PIECES)

    @Slot(str)
    def submit(self, text: str) -> None:
        """Take the quantity over."""
        quantity = quantity_from(text, self.weighed)
        self._wrong = quantity is None
        self.changed.emit()
        if quantity is None:
            return
        if self._new is not None:
            self._field.add(self._new[0], quantity)
        else:
            self._basket.set_quantity(quantity)
        self.finished.emit()
