"""Taking payment: cash with change at one hand, every other tender one key away, in any mixture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.common import payment_rules as rules
from ui.common.booked_sale import BookedSale
from ui.common.cash_amount import CashAmount
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.payer_code import PayerCode
from ui.common.rows import RowsModel
from ui.common.tender_entry import TenderEntry
from ui.common.tender_words import TenderRow, tender_row
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.payment_view import PaymentView
    from terminal.domain.errors import OutletError

SECOND_PRESS_MS = 1200
"""A confirm this soon after booking is the second press of the same key, milliseconds."""


@view_model
class PaymentPane(Pane):
    """One payment form from opening to "paid".

    Signals:
        closed: the form is finished or abandoned; back to selling.
        cleared: the amount field must be emptied and gets the focus.
        typedAhead(str): the next customer's goods are being typed while the change is shown.
        sold(SaleView): a sale is booked.
    """

    changed = Signal()
    closed = Signal()
    cleared = Signal()
    typedAhead = Signal(str)
    sold = Signal(object)

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: PaymentView | None = None
        self._cash = CashAmount(self)
        self._entry = TenderEntry(operations, words)
        self._entry.paid.connect(self._paid)
        self._entry.changed.connect(self.changed)
        self._code = PayerCode(words, self)
        self._booked = BookedSale(words, self)
        self._tenders = RowsModel(TenderRow, "place", self)
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.setInterval(SECOND_PRESS_MS)
        operations.happened.connect(self._on_event)

    @Property(bool, notify=changed)
    def open(self) -> bool:
        """Whether a form is open."""
        return self._view is not None

    @Property(bool, notify=changed)
    def done(self) -> bool:
        """Whether the sale is booked."""
        return bool(self._view and self._view.done)

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

    @Property(CashAmount, constant=True)
    def cash(self) -> CashAmount:
        """The cash that is being typed or counted."""
        return self._cash

    @Property(PayerCode, constant=True)
    def code(self) -> PayerCode:
        """The payment by payer code."""
        return self._code

    @Property(TenderEntry, constant=True)
    def entry(self) -> TenderEntry:
        """The tender other than cash that is being entered."""
        return self._entry

    @Property(BookedSale, constant=True)
    def sale(self) -> BookedSale:
        """The sale the form became."""
        return self._booked

    @Property(bool, notify=changed)
    def takesMoney(self) -> bool:
        """Whether cash or a code may be taken now: no outcome of this basket is open."""
        return rules.takes_money(self._view, self._code)

    @Property(bool, notify=changed)
    def covered(self) -> bool:
        """Whether all the money is there and the sale could not be booked."""
        return rules.covered(self._view)

    @Property(bool, notify=changed)
    def free(self) -> bool:
        """Whether the goods cost nothing: Enter completes the sale, no money is taken."""
        return rules.free(self._view)

    @Property(str, notify=changed)
    def subtitle(self) -> str:
        """What the form is waiting for."""
        return self.words.text(rules.subtitle_key(self._view, self._code))

    @Property(bool, notify=changed)
    def canPark(self) -> bool:
        """Whether the basket may be put aside: nothing is being asked, no cash lies on it."""
        return not self._code.open and not rules.cash_given(self._view)

    @Property("QStringList", notify=changed)
    def idleActions(self) -> list[str]:
        """Actions of the key table that do nothing here now; the hint bar leaves them out."""
        return [] if self.done else rules.idle_actions(self._view, self._code)

    @Property(bool, notify=changed)
    def canCancel(self) -> bool:
        """Whether leaving the form loses nothing."""
        return bool(self._view and self._view.can_cancel)

    @property
    def cash_lies_here(self) -> bool:
        """Whether cash was handed over for a sale that is not finished."""
        return rules.cash_given(self._view) and not self.done

    def begin(self) -> None:
        """Open a form for the basket on the counter."""
        self._cash.forget()
        self.operations.run(lambda use: use.paying.begin(), self._begun, once="begin_payment")

    @Slot(str)
    def payCash(self, received: str) -> None:
        """Take cash; an empty field means the exact amount. A second press books nothing."""
        view = self._view
        if view is None or not self.takesMoney or self._entry.open:
            # An Enter meant for another tender never takes cash.
            return
        if not received.strip() and self._guard.isActive():
            # The second press of the Enter that took a part must not take the rest as well.
            return
        if self.covered:
            self.bookAgain()
            return
        amount = received.strip() or view.cash_remaining_text
        form = view.form_id
        self.operations.run(
            lambda use: use.paying.tender_cash(form, amount),
            self._paid,
            lambda error: self._cash_refused(error, amount),
            once="tender",
        )

    @Slot()
    def payExact(self) -> None:
        """Take exactly what is due in cash, whatever else was being entered."""
        if self._view is not None and not self.done:
            self._entry.close()
            self.payCash(self._view.cash_remaining_text)

    @Slot()
    def bookAgain(self) -> None:
        """The money is there and the sale is not booked: try once more, and say why it fails."""
        if self._view is not None and self.covered and self.takesMoney:
            form = self._view.form_id
            self.operations.run(lambda use: use.paying.finish(form), self._paid, once="tender")

    @Slot(str)
    def chooseTender(self, kind: str) -> None:
        """Enter another tender; an amount that was typed before is the part it pays."""
        waits = self._view is not None and not (self.done or self.covered or self.free)
        if waits and self.takesMoney:
            self._entry.begin(kind, self._cash.text)
        elif kind == "merchant_code" and self._code.qrPath:
            self.printCode()

    @Slot()
    def printCode(self) -> None:
        """Our code on paper, for a customer who cannot reach the screen with her phone."""
        attempt = self._view.attempt if self._view is not None else None
        if attempt is not None:
            number = attempt.out_trade_no
            self.operations.run(lambda use: use.slips.our_code(number), once="print_code")

    @Slot(int)
    def cancelTender(self, place: int) -> None:
        """Give one tender back."""
        tenders = self._view.tenders if self._view is not None else ()
        if self._view is None or not 0 <= place < len(tenders):
            return
        form, number = self._view.form_id, tenders[place].out_trade_no
        if number:
            self.operations.call(
                lambda desk, done, failed: desk.charges.give_back(number, done, failed),
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
            self._booked.say_already_saved()
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
        form, part = self._view.form_id, self._entry.part
        self.operations.call(
            lambda desk, done, failed: desk.charges.pay_by_code(
                form, auth_code, part, done, failed
            ),
            self._paid,
            once="pay_by_code",
        )

    def back(self) -> bool:
        """Esc: enter no other tender, else leave the form when that loses nothing.

        Returns:
            Whether the form could be left.
        """
        if self._view is None:
            return True
        if self._entry.kind and not self.done:
            self._entry.step_back()
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
        self._view = None
        self._entry.close()
        self._code.show(None)
        self._booked.show(None)
        self._tenders.show([])
        self.changed.emit()
        self.closed.emit()

    def show(self, view: PaymentView) -> None:
        """Show a form that an operation or an event brought; one that was left stays left."""
        if self._view is None:
            return
        if view.form_id != self._view.form_id and view.done is None:
            return
        if self.done and view.done is None:
            # Read before the sale was completed, arrived after: a booked sale never opens again.
            return
        self._take(view)

    def _take(self, view: PaymentView) -> None:
        was_done = self.done
        self._view = view
        self._code.show(view.attempt)
        self._booked.show(view.done)
        self._tenders.show(
            [
                tender_row(
                    self.words, place, tender, free=rules.may_go_back(view, self._code, tender)
                )
                for place, tender in enumerate(view.tenders)
            ]
        )
        self._entry.offer(view.form_id, view.choices)
        if view.done is not None or (view.attempt is not None and not self.takesMoney):
            self._entry.close()
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
        self._take(view)
        self.cleared.emit()

    def _cash_refused(self, error: OutletError, amount: str) -> None:
        """Much cash is counted by two; anything else is told as every refusal."""
        if error.code == "permission.second_needed":
            self._entry.much_cash(amount)
        else:
            self.operations.refused.emit(error)

    def _paid(self, view: PaymentView) -> None:
        self._cash.forget()
        self._entry.close()
        if view.done is None:
            self._guard.start()
        self.show(view)
        self.cleared.emit()

    def _on_event(self, kind: str, data: Mapping[str, object]) -> None:
        if self._view is None:
            return
        if kind == "sold":
            self._sold(data["view"])  # type: ignore[arg-type]
        elif kind == "payment" and data.get("basket_id") == self._view.basket_id and not self.done:
            self.operations.run(lambda use: use.paying.view(), self._moved)

    def _moved(self, view: PaymentView) -> None:
        """An attempt made a step; the core has tried to book the sale of a paid one before this."""
        was_covered = self.covered
        self.show(view)
        if self.covered and not was_covered:
            self.bookAgain()

    def _sold(self, view: PaymentView) -> None:
        """A confirmed code completed the sale; that a form is done is news only once."""
        if self._view is not None and view.basket_id == self._view.basket_id and not self.done:
            self._paid(view)
