"""The cash a customer hands over, while it is typed or counted note by note."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.qt import Signal, Slot, view_model


@view_model
class CashAmount(QObject):
    """What the amount field shows.

    Signals:
        typed(str): the amount field must show this.
    """

    typed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._notes_fen, self._text = 0, ""

    @property
    def text(self) -> str:
        """What was typed or counted so far."""
        return self._text

    def forget(self) -> None:
        """The next amount begins empty."""
        self._notes_fen, self._text = 0, ""

    @Slot(int)
    def addNote(self, yuan_note: int) -> None:
        """Count one more note into the amount field."""
        self._notes_fen += yuan_note * 100
        self._text = f"{self._notes_fen // 100}.{self._notes_fen % 100:02d}"
        self.typed.emit(self._text)

    @Slot(str)
    def edited(self, text: str) -> None:
        """The field was typed into: the notes counted so far are forgotten."""
        self._notes_fen, self._text = 0, text
