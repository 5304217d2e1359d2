"""Another price for one line, allowed by a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from ui.common.figures import yuan
from ui.common.neighbours import BasketOnCounter
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.basket_view import BasketView


@view_model
class OverrideDialog(Pane):
    """New price, reason, number and PIN of the person who allows it.

    Signals:
        finished: the dialog may close.
        cleared: the PIN must be emptied.
    """

    changed = Signal()
    finished = Signal()
    cleared = Signal()

    def __init__(self, operations: Operations, words: Words, basket: BasketOnCounter) -> None:
        super().__init__(operations, words)
        self._basket = basket
        self._error: OutletError | None = None

    @Property(str, notify=changed)
    def name(self) -> str:
        """The goods whose price is changed."""
        line = self._basket.chosen()
        return self.words.named(line.name_zh, line.name_en) if line else ""

    @Property(str, notify=changed)
    def priceNow(self) -> str:
        """The price that is charged now."""
        line = self._basket.chosen()
        return yuan(line.unit_price_text) if line else ""

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why it was refused, "" for nothing."""
        return self.words.error(self._error.code, self._error.params) if self._error else ""

    def begin(self) -> None:
        """A new dialog without the refusal of the last one."""
        self._error = None
        self.changed.emit()

    @Slot(str, str, str, str)
    def submit(self, price: str, reason: str, authoriser: str, secret: str) -> None:
        """Ask for the other price."""
        line = self._basket.chosen()
        if line is None:
            return
        line_id = line.line_id
        self.operations.run(
            lambda use: use.ordering.override_price(line_id, price, reason, authoriser, secret),
            self._allowed,
            self._refused,
            "override",
        )

    def _allowed(self, view: BasketView) -> None:
        self._error = None
        self._basket.show(view)
        self.finished.emit()

    def _refused(self, error: OutletError) -> None:
        self._error = error
        self.changed.emit()
        self.cleared.emit()
