"""Known faults of the system, one of which a clerk may name beside a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One notice of the centre; ``named`` when the clerk chose it."""

    notice: str
    title: str
    named: bool


@view_model
class KnownFaults(QObject):
    """What there is to choose, and what was chosen: one or none."""

    changed = Signal()

    def __init__(self, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._notices: tuple[Notice, ...] = ()
        self.chosen = ""
        self._rows = RowsModel(FaultRow, "notice", self)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The notices, newest first."""
        return self._rows

    @Property(str, notify=changed)
    def text(self) -> str:
        """What the chosen fault does and what is to be done, "" while none is chosen."""
        named = (one for one in self._notices if one.notice_id == self.chosen)
        return next((self._words.named(one.text_zh, one.text_en) for one in named), "")

    @Slot(int)
    def choose(self, place: int) -> None:
        """Name a fault, or the chosen one no more."""
        number = self._rows.rows[place].notice
        self.chosen = "" if self.chosen == number else number
        self.write()

    def begin(self, notices: Sequence[Notice]) -> None:
        """Offer these, none chosen."""
        self._notices, self.chosen = tuple(notices), ""
        self.write()

    def write(self) -> None:
        """Write everything in the chosen language."""
        self._rows.show(
            [
                FaultRow(
                    one.notice_id,
                    self._words.named(one.title_zh, one.title_en),
                    one.notice_id == self.chosen,
                )
                for one in self._notices
            ]
        )
        self.changed.emit()
