"""Money of refunds that a channel has not given back yet, and what can be done when it refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from terminal.domain.money import Money
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.refund_words import PendingRow, pending_rows
from ui.common.rows import RowsModel
from ui.common.second_person import Asked, SecondPersonForm
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.refund_driver import Manner
    from terminal.domain.refund_payment import RefundPayment


@view_model
class RefundPending(Pane):
    """The list; the clerk asks again, or a second person allows cash instead.

    Signals:
        paid(str): an amount goes to the customer in cash instead.
        takenBack: a refund that was one too many is undone.
    """

    changed = Signal()
    paid = Signal(str)
    takenBack = Signal()
    reads = frozenset({"refund"})

    def __init__(self, operations: Operations, words: Words, second: SecondPersonForm) -> None:
        super().__init__(operations, words)
        self._second = second
        self._payments: tuple[RefundPayment, ...] = ()
        self._rows = RowsModel(PendingRow, "number", self)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """One row an amount."""
        return self._rows

    def refresh(self) -> None:
        """Read how far the money is."""
        self.operations.run(lambda use: use.refund_money.pending(), self._read)

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._rows.show(pending_rows(self.words, self._payments))
        self.changed.emit()

    @Slot(str)
    def tryAgain(self, number: str) -> None:
        """Ask the channel once more for a refused amount."""
        self.operations.call(
            lambda desk, ok, no: desk.refunds.ask_again(number, ok, no), once="refund"
        )

    @Slot(str)
    def payCash(self, number: str) -> None:
        """Give a refused amount back in cash; a second person allows it."""
        row = next((row for row in self._rows.rows if row.number == number), None)
        if row is not None:
            asked = Asked("refund_in_cash", row.title, row.standing, row.amount)
            self._second.ask(asked, lambda *who: self._settle(number, "cash", who))

    @Slot(str)
    def takeBack(self, number: str) -> None:
        """Undo a refund whose money somebody has had already; a second person allows it."""
        row = next((row for row in self._rows.rows if row.number == number), None)
        if row is not None:
            asked = Asked("refund_taken_back", row.title, row.standing, row.amount)
            self._second.ask(asked, lambda *who: self._settle(number, "take_back", who))

    def _settle(self, number: str, manner: Manner, who: tuple[str, str]) -> None:
        self.operations.call(
            lambda desk, ok, no: desk.refunds.settle_refused(number, manner, who, ok, no),
            self._settled,
            self._not_paid,
            "refund",
        )

    def _settled(self, payment: RefundPayment) -> None:
        self._second.allowed()
        if payment.state == "taken_back":
            self.takenBack.emit()
        else:
            self.paid.emit(yuan(Money(payment.amount_fen).text))
        self.operations.broadcast(frozenset({"refund", "orders", "sync", "print"}))

    def _not_paid(self, error: OutletError) -> None:
        self._second.refuse(error)

    def _read(self, payments: tuple[RefundPayment, ...]) -> None:
        self._payments = payments
        self.reworded()
