"""The basket: always visible, every change at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.basket_view import BasketView, LineView


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One basket line as the list shows it."""

    line_id: str
    badge: str
    name: str
    detail: str
    note: str
    amount: str
    weighed: bool


@view_model
class BasketPane(Pane):
    """Lines, totals and the line that the quantity keys work on.

    Signals:
        lineAdded: the list should show its last line.
        suspended: the basket was put aside.
    """

    changed = Signal()
    lineAdded = Signal()
    suspended = Signal()
    reads = frozenset({"basket", "parked"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: BasketView | None = None
        self._chosen = ""
        self._lines = RowsModel(BasketRow, "line_id", self)
        self._rows: dict[str, tuple[LineView, BasketRow]] = {}
        self._just_shown = False

    @property
    def view(self) -> BasketView | None:
        """The basket as it was read last."""
        return self._view

    def refresh(self) -> None:
        """Read the basket."""
        self.operations.run(lambda use: use.ordering.view(), self.show)

    def show(self, view: BasketView) -> None:
        """Show a basket that an operation returned."""
        before = self._view
        self._view = view
        # An operation that says what it changed is broadcast next: what it brought is on show.
        self._just_shown = bool(view.changes)
        grew = before is not None and len(view.lines) > len(before.lines)
        ids = [line.line_id for line in view.lines]
        if view.selected_line_id in ids and (
            before is None or view.selected_line_id != before.selected_line_id
        ):
            self._chosen = view.selected_line_id
        if self._chosen not in ids or grew:
            self._chosen = (
                view.selected_line_id if view.selected_line_id in ids else (ids[-1] if ids else "")
            )
        self._lines.show(self._rows_of(view))
        self.changed.emit()
        if grew:
            self.lineAdded.emit()

    def reworded(self) -> None:
        """Name the lines in the chosen language."""
        self._rows = {}
        if self._view is not None:
            self.show(self._view)

    @Property(RowsModel, constant=True)
    def lines(self) -> RowsModel:
        """The lines, oldest first."""
        return self._lines

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the chosen line, -1 in an empty basket."""
        return self._lines.row_of(self._chosen)

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        """Whether there is nothing to pay."""
        return not self._view or not self._view.lines

    @Property(bool, notify=changed)
    def frozen(self) -> bool:
        """Whether a payment under way keeps the basket from changing."""
        return bool(self._view and self._view.frozen)

    @Property(str, notify=changed)
    def countText(self) -> str:
        """``小计 5 项``."""
        return self.words.text("basket.subtotal", count=self._view.count if self._view else 0)

    @Property(str, notify=changed)
    def subtotal(self) -> str:
        """Before discounts."""
        return yuan(self._view.subtotal_text) if self._view else ""

    @Property(str, notify=changed)
    def discount(self) -> str:
        """What the lines leave out against the list prices; "" for nothing."""
        text = self._view.discount_text if self._view else ""
        return "" if text in {"", "0.00"} or text.startswith("-") else yuan(text)

    @Property(str, notify=changed)
    def total(self) -> str:
        """What is to be paid."""
        return yuan(self._view.total_text if self._view else "0.00")

    @Property(str, notify=changed)
    def memberLevel(self) -> str:
        """The level whose prices are charged, "" for ordinary."""
        return self._view.member_level if self._view else ""

    @Property(str, notify=changed)
    def levelText(self) -> str:
        """The level in words."""
        return self.words.text("basket.level", level=self.memberLevel) if self.memberLevel else ""

    @Property(int, notify=changed)
    def suspendedCount(self) -> int:
        """Number of baskets that wait."""
        return self._view.suspended_count if self._view else 0

    @Slot(int)
    def select(self, place: int) -> None:
        """Choose the line at ``place``."""
        rows = self._lines.rows
        if 0 <= place < len(rows):
            self._chosen = rows[place].line_id
            self.changed.emit()

    @Slot(int)
    def move(self, step: int) -> None:
        """Choose the next or the previous line."""
        self.select(max(0, min(len(self._lines.rows) - 1, self.selected + step)))

    def chosen(self) -> LineView | None:
        """The chosen line."""
        lines = self._view.lines if self._view else ()
        return next((line for line in lines if line.line_id == self._chosen), None)

    @Slot(int)
    def change(self, delta: int) -> None:
        """One piece more or fewer of the chosen line."""
        line = self.chosen()
        if line is not None and not line.weighed:
            line_id = line.line_id
            self.operations.run(lambda use: use.ordering.change_quantity(line_id, delta), self.show)

    @Slot()
    def voidLine(self) -> None:
        """Take the chosen line out of the basket."""
        line = self._chosen
        if line:
            self.operations.run(
                lambda use: use.ordering.void_line(line), self.show, once="void_line"
            )

    def set_quantity(self, quantity: int) -> None:
        """Set pieces, or grams of a weighed line."""
        line = self._chosen
        if line:
            self.operations.run(lambda use: use.ordering.set_quantity(line, quantity), self.show)

    def suspend(self) -> None:
        """Put the basket aside for another customer."""
        self.operations.run(lambda use: use.ordering.suspend(), self._suspended, once="suspend")

    def set_level(self, level: str) -> None:
        """Charge another price level."""
        self.operations.run(lambda use: use.ordering.set_member_level(level), self.show)

    def _on_changes(self, flags: frozenset[str]) -> None:
        if self._just_shown:
            self._just_shown = False
            return
        super()._on_changes(flags)

    def _rows_of(self, view: BasketView) -> list[BasketRow]:
        """Rows of all lines; a line that did not change keeps its row."""
        kept, self._rows = self._rows, {}
        for line in view.lines:
            known = kept.get(line.line_id)
            fresh = known if known is not None and known[0] is line else (line, self._row(line))
            self._rows[line.line_id] = fresh
        return [row for _, row in self._rows.values()]

    def _suspended(self, view: BasketView) -> None:
        self.show(view)
        self.suspended.emit()

    def _badge(self, business_code: str) -> str:
        key = f"badge.{business_code}"
        return self.words.text(key if self.words.has(key) else "badge.goods")

    def _row(self, line: LineView) -> BasketRow:
        detail = f"{line.quantity_text} × {line.unit_price_text}"
        notes = []
        if line.member:
            notes.append(self.words.text("basket.member_price"))
        if line.overridden:
            notes.append(self.words.text("basket.overridden", list=line.list_price_text))
        return BasketRow(
            line_id=line.line_id,
            badge=self._badge(line.badge_code),
            name=self.words.named(line.name_zh, line.name_en),
            detail=detail,
            note=" · ".join(notes),
            amount=yuan(line.amount_text),
            weighed=line.weighed,
        )
