"""Suspended baskets: who waits, since when, and bringing one back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.basket_view import BasketView, SuspendedView


TITLE_GOODS = 6
"""So many names are more than any row has room for; the row cuts them where it ends."""


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """One suspended basket: goods, how many lines, when and by whom, and the amount."""

    basket_id: str
    title: str
    detail: str
    total: str


@view_model
class ParkedBaskets(Pane):
    """The list of suspended baskets.

    Signals:
        recalled(BasketView): a basket is back on the counter.
    """

    changed = Signal()
    recalled = Signal(object)
    reads = frozenset({"parked"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._views: tuple[SuspendedView, ...] = ()
        self._rows = RowsModel(ParkedRow, "basket_id", self)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The suspended baskets, oldest first."""
        return self._rows

    def refresh(self) -> None:
        """Read the suspended baskets."""
        self.operations.run(lambda use: use.ordering.suspended(), self._show)

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._show(self._views)

    @Slot(int)
    def recall(self, place: int) -> None:
        """Bring one back; what is on the counter is suspended in its stead."""
        rows = self._rows.rows
        if 0 <= place < len(rows):
            basket = rows[place].basket_id
            self.operations.run(
                lambda use: use.ordering.recall(basket), self._recalled, once="recall"
            )

    def _recalled(self, view: BasketView) -> None:
        self.recalled.emit(view)

    def _show(self, views: tuple[SuspendedView, ...]) -> None:
        self._views = views
        self._rows.show(
            [
                ParkedRow(
                    view.basket_id,
                    view.note or self._goods(view),
                    self.words.text(
                        "parked.detail",
                        count=view.count,
                        time=moment(view.parked_at_text),
                        clerk=view.clerk_no,
                    ),
                    yuan(view.total_text),
                )
                for view in views
            ]
        )
        self.changed.emit()

    def _goods(self, view: SuspendedView) -> str:
        """What is in it, first goods first: how a clerk knows the customer again."""
        names = dict.fromkeys(self.words.named(*goods) for goods in view.goods)
        return self.words.text("account.comma").join(list(names)[:TITLE_GOODS])
