"""The key hints at the bottom, made from the key table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from ui.common.keys import hints_for
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, view_model


@dataclass(frozen=True, slots=True)
class HintRow:
    """A key and what it does."""

    action: str
    key: str
    text: str


@view_model
class KeyHints(QObject):
    """The hints of the place where the clerk is.

    Args:
        words: the texts.
    """

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._place = ""
        self._missing: frozenset[str] = frozenset()
        self._rows = RowsModel(HintRow, "action", self)
        # What is scanned is painted first, the keys that are of use with it right after.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._write)
        words.changed.connect(self._write)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The hints, most used first."""
        return self._rows

    def show(self, place: str) -> None:
        """Show the hints of another place."""
        self._place = place
        self._write()

    def lack(self, missing: frozenset[str]) -> None:
        """Offer no key that needs what is not there; see ``KeyBinding.needs``."""
        if missing != self._missing:
            self._missing = missing
            self._soon.start()

    def _write(self) -> None:
        hints = hints_for(self._place, self._missing)
        self._rows.show(
            [
                HintRow(hint.action, hint.label or hint.combo, self._words.text(hint.hint))
                for hint in hints
            ]
        )
