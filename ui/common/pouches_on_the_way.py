"""Pouches on their way: those sent from here, and those the platform says come here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.operation import Operations
from ui.common.rows import RowsModel
from ui.common.till_rows import PouchOnTheWayRow, pouch_row
from ui.common.words import Words
from ui.qt import Property, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.till_booking import TillDone
    from terminal.app.till_views import PouchView


@view_model
class PouchesOnTheWay(QObject):
    """The list, which of it is looked at, and printing the slip of one sent from here again."""

    def __init__(self, operations: Operations, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._operations, self._words = operations, words
        self._views: tuple[PouchView, ...] = ()
        self._looked_at = ""
        self._rows = RowsModel(PouchOnTheWayRow, "number", self)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """Every pouch on its way."""
        return self._rows

    @property
    def reprintable(self) -> str:
        """The pouch whose slip can be printed again: the one looked at, else the newest."""
        sent = [view.number for view in self._views if not view.announced]
        return self._looked_at if self._looked_at in sent else sent[-1] if sent else ""

    @Slot(str)
    def lookAt(self, number: str) -> None:
        """The keyboard is on this pouch."""
        self._looked_at = number

    def show(self, views: Sequence[PouchView]) -> None:
        """Write the list."""
        self._views = tuple(views)
        self._rows.show([pouch_row(self._words, view) for view in views])

    def comes_here(self, number: str) -> bool:
        """Whether a pouch of the list may be received here."""
        return any(view.number == number and view.mine for view in self._views)

    def reprint(self, done: Callable[[TillDone], None]) -> bool:
        """Print the slip of a pouch again, marked as a copy; whether there is one."""
        number = self.reprintable
        if number:
            self._operations.run(lambda use: use.pouches.reprint(number), done, once="reprint")
        return bool(number)
