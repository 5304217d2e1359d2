"""What a figure or a cause of a cash-up opens: the entries behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.cash_up_figures import CashUpFigures
from ui.common.cash_up_rows import BehindRow, behind_row, behind_title
from ui.common.operation import Operations
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.cash_up_behind import Behind
    from terminal.app.usecases import UseCases


@view_model
class CashUpBehind(QObject):
    """The entries behind what was opened; closed until something is.

    Args:
        operations: the bridge to the core.
        words: the texts.
        figures: what can be opened.
        till: whose figures they are; "" is the drawer.
        parent: owns it.

    Signals:
        refused(OutletError): why nothing was opened.
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(
        self,
        operations: Operations,
        words: Words,
        figures: CashUpFigures,
        till: Callable[[], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._operations, self._words = operations, words
        self._figures, self._till = figures, till
        self._title = ""
        self._found: Behind | None = None
        self._rows = RowsModel(BehindRow, "seq", self)
        words.changed.connect(self._write)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The entries, newest first."""
        return self._rows

    @Property(str, notify=changed)
    def title(self) -> str:
        """What was opened, and what is not listed of it; "" for nothing."""
        return behind_title(self._words, self._title, self._found) if self._found else ""

    @Slot(int)
    def openLine(self, place: int) -> None:
        """Show the entries behind a figure."""
        row, outcome, till = self._figures.lines.rows[place], self._figures.outcome, self._till()
        if row.opens and outcome is not None:
            line = outcome.lines[place]
            code, kind, comes_in = line.code, line.kind, line.comes_in
            self._open(
                row.label,
                lambda use: use.cash_up_behind.line(code, kind, comes_in=comes_in, till_id=till),
            )

    @Slot(int)
    def openStock(self, place: int) -> None:
        """Show what moved of an item of stock."""
        row, till = self._figures.stock.rows[place], self._till()
        self._open(row.label, lambda use: use.cash_up_behind.stock(row.item, till))

    @Slot(int)
    def openCause(self, place: int) -> None:
        """Show the entries behind a cause; some have none."""
        outcome, till = self._figures.outcome, self._till()
        seqs = outcome.explanation.causes[place].seqs if outcome else ()
        if seqs:
            title = self._figures.causes.rows[place].title
            self._open(title, lambda use: use.cash_up_behind.entries(seqs, till))

    def _open(self, title: str, work: Callable[[UseCases], Behind]) -> None:
        """Look the entries up and show them."""

        def show(found: Behind) -> None:
            self._title, self._found = title, found
            self._write()

        self._operations.run(work, show, self.refused.emit)

    def close(self) -> bool:
        """Show nothing; whether something was open."""
        was_open = self._found is not None
        self._title, self._found = "", None
        self._write()
        return was_open

    def _write(self) -> None:
        rows = self._found.rows if self._found else ()
        self._rows.show([behind_row(self._words, row) for row in rows])
        self.changed.emit()
