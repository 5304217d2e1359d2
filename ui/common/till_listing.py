"""The open list of the till page: the entries one figure of a till is the sum of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.till_views import ListingView


@view_model
class TillListing(QObject):
    """Which figure is open; none until one is."""

    changed = Signal()

    def __init__(self, operations: Operations, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._operations, self._words = operations, words
        self._view: ListingView | None = None

    @property
    def view(self) -> ListingView | None:
        """What is listed."""
        return self._view

    @Property(str, notify=changed)
    def title(self) -> str:
        """What the open list is behind, "" for none."""
        if self._view is None:
            return ""
        kind = self._view.kind
        return self._words.text(f"entry.{kind}" if kind else "till.opening")

    @Property(str, notify=changed)
    def total(self) -> str:
        """The sum of the open list."""
        return yuan(self._view.total_text) if self._view else ""

    def open(self, till_id: str, kind: str) -> None:
        """Open a figure."""
        self._operations.run(lambda use: use.tills.listing(till_id, kind), self._show)

    def close(self) -> bool:
        """Open none; whether one was."""
        was_open = self._view is not None
        self._view = None
        self.changed.emit()
        return was_open

    def _show(self, view: ListingView) -> None:
        self._view = view
        self.changed.emit()
