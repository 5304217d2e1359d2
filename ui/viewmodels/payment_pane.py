"""Taking payment: cash with change, a payer code through the platform, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.tender_words import (
    OPEN_STATES,
    TONE_OF_STATE,
    TenderRow,
    attempt_text,
    attempt_title,
    tender_row,
)
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.code_payments import AttemptView
    from terminal.app.paying import PaymentView, SaleView

SECOND_PRESS_MS = 1200
"""A confirm this soon after booking is the second press of the same key, milliseconds."""


@view_model
class PaymentPane(Pane):
    """One payment form from opening to "paid".

    Signals:
        closed: the form is finished or abandoned; back to selling.
        cleared: the amount field must be emptied and gets the focus.
        typed(str): the amount field must show this.
        typedAhead(str): the next customer's goods are being typed while the change is shown.
        sold(SaleView): a sale is booked.
    """

    changed = Signal()
    closed = Signal()
    cleared = Signal()
    typed = Signal(str)
    typedAhead = Signal(str)
    sold = Signal(object)

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: PaymentView | None = None
        self._again: SaleView | None = None
        self._notes_fen = 0
        self._seconds = 0
        self._giving_back = ""
        self._tenders = RowsModel(TenderRow, "place", self)
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.setInterval(SECOND_PRESS_MS)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        operations.happened.connect(self._on_event)

    @Property(bool, notify=changed)
    def open(self) -> bool:
        """Whether a form is open."""
        return self._view is not None

    @Property(bool, notify=changed)
    def done(self) -> bool:
        """Whether the sale is booked."""
        return self._sale is not None

    @Property(RowsModel, constant=True)
    def tenders(self) -> RowsModel:
        """What has been given so far."""
        return self._tenders

    @Property(str, notify=changed)
    def due(self) -> str:
        """The whole amount."""
        return yuan(self._view.due_text) if self._view else ""

    @Property(str, notify=changed)
    def remaining(self) -> str:
        """What is still to be paid."""
        return yuan(self._view.remaining_text) if self._view else ""

    @Property(str, notify=changed)
    def cashRemaining(self) -> str:
        """What is still to be paid when it is paid in cash."""
        return yuan(self._view.cash_remaining_text) if self._view else ""

    @Property(str, notify=changed)
    def rounding(self) -> str:
        """What cash rounding takes off, "" for nothing."""
        text = self._view.rounding_text if self._view else ""
        return "" if text in {"", "0.00"} else yuan("-" + text.lstrip("-"))

    @Property(bool, notify=changed)
    def split(self) -> bool:
        """Whether something has been paid and something is left."""
        return bool(self._view and self._view.tenders and not self._view.done)

    @Property(str, notify=changed)
    def attemptState(self) -> str:
        """State of the payment by code, "" when there is none."""
        return self._attempt.state if self._attempt else ""

    @Property(bool, notify=changed)
    def attemptOpen(self) -> bool:
        """Whether the outcome of a payment by code is still awaited."""
        return self.attemptState in OPEN_STATES

    @Property(str, notify=changed)
    def attemptTone(self) -> str:
        """Colour family of the payment by code."""
        return TONE_OF_STATE.get(self.attemptState, "info")

    @Property(str, notify=changed)
    def attemptTitle(self) -> str:
        """``微信支付 ¥ 12.00``."""
        return attempt_title(self.words, self._attempt) if self._attempt else ""

    @Property(str, notify=changed)
    def attemptText(self) -> str:
        """What is happening, what is safe, what to do."""
        if self._attempt is None:
            return ""
        refunding = self._attempt.out_trade_no == self._giving_back
        return attempt_text(self.words, self._attempt, self._seconds, refunding=refunding)

    @Property(bool, notify=changed)
    def inDoubt(self) -> bool:
        """Whether nobody can say now if the customer was charged: park and serve the next one."""
        return self.attemptState == "doubt"

    @Property(bool, notify=changed)
    def takesMoney(self) -> bool:
        """Whether cash or a code may be taken now."""
        return not self.attemptOpen and not self.inDoubt

    @Property(bool, notify=changed)
    def canCancel(self) -> bool:
        """Whether leaving the form loses nothing."""
        return bool(self._view and self._view.can_cancel)

    @Property(str, notify=changed)
    def change(self) -> str:
        """What the customer gets back."""
        return yuan(self._sale.change_text) if self._sale else ""

    @Property(bool, notify=changed)
    def hasChange(self) -> bool:
        """Whether there is anything to give back."""
        return bool(self._sale and self._sale.change_fen > 0)

    @Property(str, notify=changed)
    def received(self) -> str:
        """What the customer gave."""
        return yuan(self._sale.received_text) if self._sale else ""

    @Property(str, notify=changed)
    def total(self) -> str:
        """What the sale came to."""
        return yuan(self._sale.total_text) if self._sale else ""

    @Property(str, notify=changed)
    def saleRounding(self) -> str:
        """What cash rounding took off the booked sale, "" for nothing."""
        text = self._sale.rounding_text if self._sale else ""
        return "" if text in {"", "0.00"} else yuan("-" + text.lstrip("-"))

    @Property(str, notify=changed)
    def savedText(self) -> str:
        """``已保存 14:02 · 单号 10-0042 · 流水 #31 a1b2c3``."""
        sale = self._sale
        if sale is None:
            return ""
        return self.words.text(
            "payment.saved",
            time=moment(sale.at_text),
            order=sale.order_no,
            seq=sale.entry_seq,
            hash=sale.hash_short,
        )

    @Property(str, notify=changed)
    def alreadyText(self) -> str:
        """The answer to a second press, "" when there was none."""
        if self._again is None:
            return ""
        return self.words.text(
            "payment.already_saved", time=moment(self._again.at_text), order=self._again.order_no
        )

    @property
    def _sale(self) -> SaleView | None:
        return self._view.done if self._view else None

    @property
    def _attempt(self) -> AttemptView | None:
        return self._view.attempt if self._view else None

    def begin(self) -> None:
        """Open a form for the basket on the counter."""
        self._again, self._notes_fen, self._giving_back = None, 0, ""
        self.operations.run(lambda use: use.paying.begin(), self._begun, once="begin_payment")

    @Slot(str)
    def payCash(self, received: str) -> None:
        """Take cash; an empty field means the exact amount. A second press books nothing."""
        view = self._view
        if view is None or not self.takesMoney:
            return
        if not received.strip() and self._guard.isActive():
            # The second press of the Enter that took a part must not take the rest as well.
            return
        amount = received.strip() or view.cash_remaining_text
        form = view.form_id
        self.operations.run(
            lambda use: use.paying.tender_cash(form, amount), self._paid, once="tender"
        )

    @Slot()
    def payExact(self) -> None:
        """Take exactly what is due in cash."""
        if self._view is not None and not self.done:
            self.payCash(self._view.cash_remaining_text)

    @Slot(int)
    def addNote(self, yuan_note: int) -> None:
        """Count one more note into the amount field."""
        self._notes_fen += yuan_note * 100
        self.typed.emit(f"{self._notes_fen // 100}.{self._notes_fen % 100:02d}")

    @Slot()
    def forgetNotes(self) -> None:
        """The field was typed into: the notes counted so far are forgotten."""
        self._notes_fen = 0

    @Slot(int)
    def cancelTender(self, place: int) -> None:
        """Give one tender back."""
        tenders = self._view.tenders if self._view is not None else ()
        if self._view is None or not 0 <= place < len(tenders):
            return
        form, number = self._view.form_id, tenders[place].out_trade_no
        if number:
            self._giving_back = number
            self.operations.call(
                lambda desk, done, failed: desk.give_back(number, done, failed),
                self.show,
                once="cancel_tender",
            )
        else:
            self.operations.run(
                lambda use: use.paying.cancel_tender(form, place), self.show, once="cancel_tender"
            )

    @Slot()
    def confirm(self) -> None:
        """Enter on a booked sale: the next customer, unless it is a second press."""
        if not self.done:
            return
        if self._guard.isActive():
            self._say_already_saved()
            return
        self.leave()

    @Slot(str, result=bool)
    def typeAhead(self, text: str) -> bool:
        """The next customer's goods are typed while the change is still on the screen.

        Args:
            text: what the key writes, "" for a key that writes nothing.

        Returns:
            Whether the key begins the next basket.
        """
        if not self.done or not text.strip() or not text.isprintable():
            return False
        self.leave()
        self.typedAhead.emit(text)
        return True

    def pay_by_code(self, auth_code: str) -> None:
        """Charge a scanned payer code; nothing is charged again while an outcome is open."""
        if self._view is None or not self.takesMoney or self.done:
            return
        form = self._view.form_id
        self._giving_back = ""
        self.operations.call(
            lambda desk, done, failed: desk.pay_by_code(form, auth_code, done, failed),
            self._paid,
            once="pay_by_code",
        )

    def back(self) -> bool:
        """Esc: leave the form when that loses nothing.

        Returns:
            Whether the form could be left.
        """
        if self._view is None:
            return True
        if self.done:
            self.leave()
            return True
        if not self._view.can_cancel or not self.takesMoney:
            return False
        form = self._view.form_id
        self.operations.run(
            lambda use: use.paying.abandon(form), lambda _view: self.leave(), once="abandon"
        )
        return True

    def leave(self) -> None:
        """Back to selling."""
        self._view, self._again = None, None
        self._second.stop()
        self._tenders.show([])
        self.changed.emit()
        self.closed.emit()

    def show(self, view: PaymentView) -> None:
        """Show a form that an operation or an event brought."""
        if self._view is not None and view.form_id != self._view.form_id and view.done is None:
            return
        if self.done and view.done is None:
            # Read before the sale was completed, arrived after: a booked sale never opens again.
            return
        was_done = self.done
        self._view = view
        self._seconds = view.attempt.seconds if view.attempt is not None else 0
        if self.attemptOpen and self._seconds:
            self._second.start()
        else:
            self._second.stop()
        free = self.takesMoney and not view.done
        self._tenders.show(
            [
                tender_row(self.words, place, tender, free=free)
                for place, tender in enumerate(view.tenders)
            ]
        )
        if view.done is not None and not was_done:
            self._guard.start()
            self.sold.emit(view.done)
        self.changed.emit()

    def reworded(self) -> None:
        """Name the tenders in the chosen language."""
        if self._view is not None:
            self.show(self._view)

    def _begun(self, view: PaymentView) -> None:
        self._view = None
        self.show(view)
        self.cleared.emit()

    def _paid(self, view: PaymentView) -> None:
        self._notes_fen = 0
        if view.done is not None and view.done.already_saved:
            self._again = view.done
        if view.done is None:
            self._guard.start()
        self.show(view)
        self.cleared.emit()

    def _say_already_saved(self) -> None:
        if self._sale is not None:
            self._again = replace(self._sale, already_saved=True)
            self.changed.emit()

    def _on_event(self, kind: str, data: Mapping[str, object]) -> None:
        if self._view is None:
            return
        if kind == "sold":
            self._sold(data["view"])  # type: ignore[arg-type]
        elif kind == "payment" and data.get("basket_id") == self._view.basket_id and not self.done:
            self.operations.run(lambda use: use.paying.view(), self.show)

    def _sold(self, view: PaymentView) -> None:
        """A confirmed code completed the sale; that a form is done is news only once."""
        if self._view is not None and view.basket_id == self._view.basket_id and not self.done:
            self._paid(view)

    def _tick(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if self._seconds == 0:
            self._second.stop()
        self.changed.emit()
