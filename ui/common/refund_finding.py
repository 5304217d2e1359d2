"""The sale to give something back of: one of the last here, or any by its number or slip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.refund_words import SaleRow, sale_rows
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.refund_view import FoundSale, RefundForm


@view_model
class RefundFinding(Pane):
    """The list and the search; the platform may have to be asked, and Esc stops waiting for it.

    Signals:
        opened(RefundForm): the form of a sale is open.
    """

    changed = Signal()
    opened = Signal(object)

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._found: tuple[FoundSale, ...] = ()
        self._error: OutletError | None = None
        self._selected, self._asking = 0, False
        self._sales = RowsModel(SaleRow, "order_no", self)

    @Property(RowsModel, constant=True)
    def sales(self) -> RowsModel:
        """The last sales."""
        return self._sales

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the chosen row."""
        return self._selected

    @Property(bool, notify=changed)
    def asking(self) -> bool:
        """Whether the sale is being looked for."""
        return self._asking

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why nothing was opened, "" for nothing."""
        return self.words.error(self._error.code, self._error.params) if self._error else ""

    def refresh(self) -> None:
        """Read the last sales."""
        self.operations.run(lambda use: use.refunding.recent(), self._read)

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._sales.show(sale_rows(self.words, self._found))
        self.changed.emit()

    def move(self, step: int) -> None:
        """↑ ↓ among the last sales."""
        self._selected = max(0, min(len(self._found) - 1, self._selected + step))
        self.changed.emit()

    def find(self, text: str) -> None:
        """Open the sale with this number or proof code; "" opens the chosen row."""
        wanted = text.strip()
        if not wanted and self._found:
            wanted = self._found[min(self._selected, len(self._found) - 1)].order_no
        if wanted and self.operations.call(
            lambda desk, ok, no: desk.refunds.open_sale(wanted, ok, no),
            self._arrived,
            self._refused,
            "refund",
        ):
            self._asking, self._error = True, None
            self.changed.emit()

    def stop(self) -> bool:
        """Wait no longer for a sale; whether it was waited for."""
        waited, self._asking = self._asking, False
        self.changed.emit()
        return waited

    def forget(self) -> None:
        """What was refused before is not the matter any more."""
        self._error = None
        self.changed.emit()

    def _read(self, found: tuple[FoundSale, ...]) -> None:
        self._found = found
        self.reworded()

    def _arrived(self, form: RefundForm) -> None:
        # Esc may have been faster than the answer.
        if self.stop():
            self._selected = 0
            self.opened.emit(form)

    def _refused(self, error: OutletError) -> None:
        if self.stop():
            self._error = error
            self.changed.emit()
