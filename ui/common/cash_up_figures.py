"""What a count found, as the screen shows it: figures, components, causes, what opens what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.cause_words import CauseRow, cause_row, excluded_text, unchecked_text
from ui.common.denominations import denomination_name
from ui.common.figures import moved, plain, yuan
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.cash_up_stock import CountedStockView
    from terminal.app.cash_up_view import ComponentView, OutcomeView


@dataclass(frozen=True, slots=True)
class LineRow:
    """One figure of the till; ``opens`` when entries are behind it."""

    key: str
    label: str
    figure: str
    opens: bool


@dataclass(frozen=True, slots=True)
class StockOutcomeRow:
    """One item of stock: counted of expected, and by how much it is off."""

    item: str
    label: str
    detail: str
    figure: str
    off: bool


@view_model
class CashUpFigures(QObject):
    """The outcome of a count; all of it is booked. Empty before the count."""

    changed = Signal()

    def __init__(self, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._outcome: OutcomeView | None = None
        self._lines = RowsModel(LineRow, "key", self)
        self._causes = RowsModel(CauseRow, "place", self)
        self._stock = RowsModel(StockOutcomeRow, "item", self)

    @property
    def outcome(self) -> OutcomeView | None:
        """What is shown, None before the count."""
        return self._outcome

    @property
    def even(self) -> bool:
        """Whether nothing differs."""
        outcome = self._outcome
        return outcome is None or (
            self._cash_even and not any(row.line.off for row in outcome.stock)
        )

    @property
    def _cash_even(self) -> bool:
        return self._outcome is None or self._outcome.difference_text == "0.00"

    @Property(RowsModel, constant=True)
    def lines(self) -> RowsModel:
        """What the till should hold."""
        return self._lines

    @Property(RowsModel, constant=True)
    def causes(self) -> RowsModel:
        """Why it may differ, the likeliest first."""
        return self._causes

    @Property(str, notify=changed)
    def expected(self) -> str:
        """What should be there; "" before the count."""
        outcome = self._outcome
        return yuan(outcome.expected_text) if outcome else ""

    @Property(str, notify=changed)
    def counted(self) -> str:
        """What was found."""
        outcome = self._outcome
        return yuan(outcome.counted_text) if outcome else ""

    @Property(str, notify=changed)
    def difference(self) -> str:
        """How much it differs, without a sign."""
        outcome = self._outcome
        return yuan(outcome.difference_text) if outcome and not self._cash_even else ""

    @Property(str, notify=changed)
    def disposition(self) -> str:
        """``even``, ``over``, ``short``, ``stock`` or ``disputed``; "" before the count."""
        outcome = self._outcome
        return outcome.disposition if outcome else ""

    @Property(str, notify=changed)
    def verdict(self) -> str:
        """The disposition in words."""
        return self._words.text(f"cash_up.{self.disposition}") if self.disposition else ""

    @Property(str, notify=changed)
    def bookText(self) -> str:
        """What the clerk says by taking it over."""
        known = self.disposition or "even"
        return self._words.text(f"cash_up.book.{known}")

    @Property(str, notify=changed)
    def denominationsText(self) -> str:
        """What was counted, ``100 元 × 19``, separated by line breaks."""
        outcome = self._outcome
        rows = outcome.count if outcome else ()
        return "\n".join(
            f"{denomination_name(self._words, fen)} × {pieces}" for fen, pieces in rows if pieces
        )

    @Property(RowsModel, constant=True)
    def stock(self) -> RowsModel:
        """Stock that was counted, beside what there should be."""
        return self._stock

    @Property(str, notify=changed)
    def excluded(self) -> str:
        """What does not explain it."""
        outcome = self._outcome
        return excluded_text(self._words, outcome.explanation.excluded) if outcome else ""

    @Property(str, notify=changed)
    def unchecked(self) -> str:
        """What nobody could look at yet, "" for nothing."""
        outcome = self._outcome
        return unchecked_text(self._words, outcome.explanation.excluded) if outcome else ""

    def show(self, outcome: OutcomeView | None) -> None:
        """Show what a count found, or that there is none yet."""
        self._outcome = outcome
        self._lines.show([self._line(line) for line in outcome.lines] if outcome else [])
        self._stock.show([self._item(row) for row in outcome.stock] if outcome else [])
        short = outcome is not None and outcome.short
        causes = outcome.explanation.causes if outcome else ()
        self._causes.show(
            [
                cause_row(self._words, place, cause, short=short)
                for place, cause in enumerate(causes)
            ]
        )
        self.changed.emit()

    def _item(self, row: CountedStockView) -> StockOutcomeRow:
        words, line = self._words, row.line
        parts = [words.text("cash_up.stock.of", counted=line.counted, expected=line.expected)]
        for key, ranges in (("missing", line.missing), ("extra", line.extra)):
            spans = words.text("account.comma").join(_span(lo, hi) for lo, hi in ranges)
            parts += [words.text(f"cash_up.papers.{key}", spans=spans)] if spans else []
        return StockOutcomeRow(
            item=row.item,
            label=words.named(row.name_zh, row.name_en),
            detail="  ·  ".join(parts),
            figure=f"{line.counted - line.expected:+d}".replace("-", "−") if line.off else "✓",
            off=bool(line.off),
        )

    def _line(self, line: ComponentView) -> LineRow:
        key = f"cash_up.line.{line.name}"
        label = self._words.text(key if self._words.has(key) else f"entry.{line.kind}")
        if line.entries:
            label = self._words.text("cash_up.line.counted", label=label, count=line.entries)
        sign = "+" if line.comes_in else "−"
        figure = moved(plain(line.amount_text), comes_in=line.comes_in)
        return LineRow(f"{line.code} {line.kind} {sign}", label, figure, bool(line.kind))


def _span(lo: int, hi: int) -> str:
    return f"{lo}–{hi}" if lo != hi else str(lo)
