"""Counting money by denomination: what is typed, what it comes to, where the cursor goes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from terminal.domain.cash_count import (
    DENOMINATIONS_FEN,
    RARE_FEN,
    CashCount,
    counted,
    read_pieces,
)
from terminal.domain.chinese_amount import chinese_amount
from terminal.domain.errors import OutletError
from terminal.domain.money import Money
from ui.common.figures import yuan
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

CIRCULATING_FEN = tuple(fen for fen in DENOMINATIONS_FEN if fen not in RARE_FEN)
"""What is asked for unless the platform names others."""


@dataclass(frozen=True, slots=True)
class DenominationRow:
    """One denomination.

    Args:
        fen: what one piece is worth.
        name: as people call it, for example ``100 元``.
        entry: what was typed; "" while nothing was.
        worth: what the pieces come to.
        wrong: whether what was typed is no number of pieces.
    """

    fen: int
    name: str
    entry: str
    worth: str
    wrong: bool


@view_model
class Denominations(QObject):
    """A count under way. The page decides what it is for; nothing is booked here.

    Signals:
        finished: Enter after the last denomination.
        turned(int): the cursor belongs to that row.
    """

    changed = Signal()
    finished = Signal()
    turned = Signal(int)

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._asked: tuple[int, ...] = CIRCULATING_FEN
        self._typed: dict[int, str] = {}
        self._error: OutletError | None = None
        self._rows = RowsModel(DenominationRow, "fen", self)
        words.changed.connect(self._write)
        self._write()

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The denominations, largest first."""
        return self._rows

    @Property(str, notify=changed)
    def total(self) -> str:
        """What was counted so far."""
        return yuan(Money(self.count().total_fen).text)

    @Property(str, notify=changed)
    def totalInWords(self) -> str:
        """The same in capital numerals, "" for nothing."""
        fen = self.count().total_fen
        return chinese_amount(fen) if fen else ""

    @Property(bool, notify=changed)
    def touched(self) -> bool:
        """Whether anything was typed."""
        return any(self._typed.values())

    @Property(str, notify=changed)
    def message(self) -> str:
        """What is wrong with what was typed, "" for nothing."""
        return self._words.error(self._error.code, self._error.params) if self._error else ""

    def begin(self, asked: Iterable[int] = ()) -> None:
        """An empty count.

        Args:
            asked: denominations in fen; none for those that circulate.
        """
        self._asked = tuple(sorted(asked, reverse=True)) or CIRCULATING_FEN
        self._typed, self._error = {}, None
        self._write()
        self.turned.emit(0)

    def fill(self, count: CashCount) -> None:
        """Begin with a count that is known, for example the one on a slip."""
        self._typed = {line.fen: str(line.pieces) for line in count.lines if line.pieces}
        self._error = None
        self._write()

    def count(self) -> CashCount:
        """The count as it stands; what is no number of pieces counts nothing."""
        return counted({fen: _pieces(self._typed.get(fen, "")) or 0 for fen in self._asked})

    def sound(self) -> bool:
        """Whether everything typed is a number of pieces; else the first wrong row is shown."""
        for place, fen in enumerate(self._asked):
            if not self._check(fen):
                self.turned.emit(place)
                return False
        return True

    @Slot(int, str)
    def type(self, place: int, text: str) -> None:
        """Something was typed into a row."""
        self._typed[self._asked[place]] = text
        self._error = None
        self._write()

    @Slot(int)
    def enter(self, place: int) -> None:
        """Enter in a row: on to the next, after the last the count is finished."""
        if not self._check(self._asked[place]):
            return
        if place + 1 < len(self._asked):
            self.turned.emit(place + 1)
        else:
            self.finished.emit()

    def _check(self, fen: int) -> bool:
        try:
            read_pieces(self._typed.get(fen, ""))
        except OutletError as error:
            self._error = error
            self.changed.emit()
            return False
        return True

    def _write(self) -> None:
        self._rows.show([self._row(fen) for fen in self._asked])
        self.changed.emit()

    def _row(self, fen: int) -> DenominationRow:
        typed = self._typed.get(fen, "")
        pieces = _pieces(typed)
        return DenominationRow(
            fen=fen,
            name=denomination_name(self._words, fen),
            entry=typed,
            worth=yuan(Money(fen * pieces).text) if pieces else "",
            wrong=pieces is None,
        )


def denomination_name(words: Words, fen: int) -> str:
    """What people call a note or coin."""
    unit, size = ("yuan", 100) if fen >= 100 else ("jiao", 10) if fen >= 10 else ("fen", 1)
    return words.text(f"count.{unit}", count=str(fen // size))


def _pieces(text: str) -> int | None:
    try:
        return read_pieces(text)
    except OutletError:
        return None
