"""The last transaction: journal, platform and channel in one verdict."""

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
    from terminal.app.queue import LastTransaction as LastView

_TONES = {
    "last.saved_confirmed": "ok",
    "last.saved_waiting": "wait",
    "last.payment_unknown": "danger",
    "last.none": "info",
}


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One tender of the last sale."""

    place: int
    name: str
    amount: str


@view_model
class LastTransaction(Pane):
    """One verdict in plain words, one key to reprint.

    Signals:
        reprinted: a copy of the slip is on its way.
    """

    changed = Signal()
    reprinted = Signal()

    reads = frozenset({"orders", "sync", "print", "payment"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: LastView | None = None
        self._tenders = RowsModel(GivenRow, "place", self)

    def refresh(self) -> None:
        """Read the last transaction."""
        self.operations.run(lambda use: use.queue.last_transaction(), self._show)

    @Property(str, notify=changed)
    def orderNo(self) -> str:
        """Number of the order, "" when nothing was sold yet."""
        return self._view.order_no if self._view else ""

    @Property(str, notify=changed)
    def total(self) -> str:
        """What it came to."""
        return yuan(self._view.total_text) if self._view and self.orderNo else ""

    @Property(str, notify=changed)
    def at(self) -> str:
        """When it was booked."""
        return moment(self._view.at_text) if self._view else ""

    @Property(str, notify=changed)
    def verdict(self) -> str:
        """What is certain, in one sentence."""
        if self._view is None:
            return ""
        shown = {
            **self._view.params,
            "at": moment(self._view.params.get("at", "")),
            "order": self.orderNo,
        }
        return self.words.text(self._view.verdict_code, shown)

    @Property(str, notify=changed)
    def tone(self) -> str:
        """Colour family of the verdict."""
        return _TONES.get(self._view.verdict_code, "wait") if self._view else "info"

    @Property(str, notify=changed)
    def printText(self) -> str:
        """Whether the slip is on paper."""
        state = self._view.print_state if self._view else ""
        return self.words.text(f"print.{state}") if state else ""

    @Property(str, notify=changed)
    def summary(self) -> str:
        """The short form for the bottom bar, ``末笔 13:58 已入账 · 平台已确认``."""
        if self._view is None or not self.orderNo:
            return ""
        return self.words.text(
            f"{self._view.verdict_code}.short",
            {**self._view.params, "time": moment(self._view.at_text)},
        )

    @Property(RowsModel, constant=True)
    def tenders(self) -> RowsModel:
        """What was given."""
        return self._tenders

    def order_no(self) -> str:
        """Number of the order for a reprint."""
        return self._view.order_no if self._view else ""

    @Slot()
    def reprint(self) -> None:
        """Print the slip again, marked as a copy."""
        order_no = self.order_no()
        if order_no:
            self.operations.run(
                lambda use: use.slips.reprint(order_no),
                lambda _job: self.reprinted.emit(),
                once="reprint",
            )

    def _show(self, view: LastView) -> None:
        self._view = view
        self._tenders.show(
            [
                GivenRow(place, self.words.text(name_code), yuan(amount))
                for place, (name_code, amount) in enumerate(view.tenders)
            ]
        )
        self.changed.emit()
