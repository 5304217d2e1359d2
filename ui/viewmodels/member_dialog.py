"""Choosing the price level of the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.neighbours import BasketOnCounter
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.usecases import UseCases


def _read_levels(use: UseCases) -> tuple[tuple[str, str, str], ...]:
    levels = use.context.setting("member_levels", [])
    return tuple(
        (str(entry["level"]), str(entry["name_zh"]), str(entry["name_en"])) for entry in levels
    )


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One price level."""

    level: str
    name: str
    chosen: bool


@view_model
class MemberDialog(Pane):
    """The levels the platform knows, ordinary customers first.

    Signals:
        finished: the dialog may close.
    """

    changed = Signal()
    finished = Signal()
    reads = frozenset({"settings"})

    def __init__(self, operations: Operations, words: Words, basket: BasketOnCounter) -> None:
        super().__init__(operations, words)
        self._basket = basket
        self._levels: tuple[tuple[str, str, str], ...] = ()
        self._rows = RowsModel(LevelRow, "level", self)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The levels."""
        return self._rows

    @Property(int, notify=changed)
    def current(self) -> int:
        """Place of the level that is charged now."""
        return max(0, self._rows.row_of(self._basket.memberLevel))

    def refresh(self) -> None:
        """Read the levels."""
        self.operations.run(_read_levels, self._show)

    def reworded(self) -> None:
        """Name the levels in the chosen language."""
        self._write()

    @Slot(int)
    def choose(self, place: int) -> None:
        """Charge the level at ``place``."""
        rows = self._rows.rows
        if 0 <= place < len(rows):
            self._basket.set_level(rows[place].level)
            self.finished.emit()

    def _show(self, levels: tuple[tuple[str, str, str], ...]) -> None:
        self._levels = levels
        self._write()

    def _write(self) -> None:
        now = self._basket.memberLevel
        ordinary = LevelRow("", self.words.text("member.ordinary"), now == "")
        self._rows.show(
            [
                ordinary,
                *(
                    LevelRow(code, self.words.named(zh, en), now == code)
                    for code, zh, en in self._levels
                ),
            ]
        )
        self.changed.emit()
