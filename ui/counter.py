"""The counter: its panes, the page that is open, the dialog over it, and what every key does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.appearance import Appearance
from ui.common.keys import (
    ASKED,
    CARRYING,
    CHOICE,
    GOODS,
    PARKED,
    SALE,
    bound_action,
)
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.places import DIALOG, PAID, PAYMENT, QUEUE, REFUND, SELLING, place_of
from ui.common.words import Words
from ui.pages import CounterPages
from ui.qt import Property, Signal, Slot, view_model
from ui.viewmodels.notices import Notices
from ui.viewmodels.scan_field import echoed
from ui.viewmodels.session_pane import SessionPane
from ui.viewmodels.training_pane import TrainingPane

if TYPE_CHECKING:
    from terminal.app.scanning import ScanView

WEIGH, APPROVE = "weigh", "approve"
LINES_AT_ONCE = 8
"""How far one press of PgUp or PgDn goes in the basket."""


@view_model
class Counter(CounterPages):
    """Everything a signed-on clerk works with.

    Signals:
        focusWanted: the open page should take the keyboard.
        scanner_programmed(WedgeSettings): the wedge reader has to read another way.
    """

    changed = Signal()
    focusWanted = Signal()
    scanner_programmed = Signal(object)

    def __init__(
        self,
        operations: Operations,
        words: Words,
        session: SessionPane,
        appearance: Appearance,
        notices: Notices,
        training: TrainingPane,
    ) -> None:
        super().__init__(operations, words, session, appearance, notices, training)
        self._page, self._dialog, self._place = SELLING, "", SELLING
        self._read_code = ""
        self._wire()
        self._show_keys()
        self._weigh_keys()

    @Property(str, notify=changed)
    def page(self) -> str:
        """The page in the work area."""
        return self._page

    @Property(str, notify=changed)
    def pageView(self) -> str:
        """The QML file of the page, below ``Outlet``; "" for one that is always there."""
        place = place_of(self._page)
        return place.view if place else ""

    @Property(QObject, notify=changed)
    def pageModel(self) -> QObject | None:
        """The view-model of that page."""
        return self.model_of(self._page)

    @Property(bool, notify=changed)
    def wholePage(self) -> bool:
        """Whether the page takes the basket's room as well."""
        place = place_of(self._page)
        return place is not None and place.whole

    @Property(str, notify=changed)
    def dialog(self) -> str:
        """The dialog over it, "" for none."""
        return self._dialog

    def refresh(self) -> None:
        """Read everything; the panes that are seen first come first."""
        first = (self._basket, self._scan_field, self._settings, self._top_bar, self._last)
        for pane in (*first, self._parked, self._member, self._queue, self._weigh, self._training):
            pane.refresh()

    @Slot(str)
    def act(self, action: str) -> None:
        """Do what a key or a button stands for; see ``ui.common.keys``."""
        if action.startswith("open_"):
            self._turn_to(action.removeprefix("open_"))
            return
        if action.startswith("tender_"):
            self._payment.chooseTender(action.removeprefix("tender_"))
            return
        deeds = {
            "pay": self._pay,
            "line_up": lambda: self._move(-1),
            "line_down": lambda: self._move(1),
            "lines_up": lambda: self._basket.move(-LINES_AT_ONCE),
            "lines_down": lambda: self._basket.move(LINES_AT_ONCE),
            "more": lambda: self._basket.change(1),
            "fewer": lambda: self._basket.change(-1),
            "quantity": self._ask_quantity,
            "type_weight": lambda: self._dialog == WEIGH and self._weigh.typeIt(),
            "void_line": self._basket.voidLine,
            "suspend": self._basket.suspend,
            "member_level": lambda: self._ask("member"),
            "override": lambda: self._ask_about_line("override", self._override.begin),
            "reprint": self._last.reprint,
            "lock": self._lock,
            "approve": self._ask_to_approve,
            "leave": lambda: self._ask("leave"),
            "sign_off": self._sign_off,
            "train": self._train,
            "leave_now": lambda: self._sign_off() if self._dialog == "leave" else None,
            "exact_cash": self._payment.payExact,
            "only_waiting": self._queue.toggleOnlyWaiting,
            "upload": self._queue.wake,
            "outlook": self._outlook.toggle,
            "carry": self._courier.carry,
            "take_carried": self._courier.take,
            "back": self.back,
            **self.page_deeds(),
        }
        deeds[action]()

    def key(self, combo: str, field_is_empty: bool) -> bool:
        """Take a key press that the key table knows.

        Returns:
            Whether the key is used up.
        """
        self._notices.touched()
        action = bound_action(combo, self._here(), field_is_empty)
        if action:
            self.act(action)
        return bool(action)

    @Slot()
    def back(self) -> None:
        """Esc: one step back; nothing is lost."""
        if self._dialog:
            if self._dialog != WEIGH or not self._weigh.back():
                self._close_dialog()
        elif self._page == PAYMENT:
            if not self._payment.back():
                self._notices.tell("notice.payment_still_open", tone="wait")
        elif self._page in self._pages and self._pages[self._page].back():
            self._moved()
        elif self._page == QUEUE and self._courier.open:
            self._courier.fold()
        elif self._page == QUEUE and (self._queue.selected >= 0 or self._outlook.toggled):
            (self._queue if self._queue.selected >= 0 else self._outlook).fold()
        elif self._page != SELLING:
            self._open(SELLING)
        elif self._scan_field.text or self._scan_field.searching:
            self._scan_field.clear()
        else:
            self._notices.dismiss()

    def scanned(self, text: str, source: str) -> None:
        """A scanner read something, wherever the focus is."""
        page = self._pages.get(self._page)
        if page is not None and page.scanned(text):
            return
        if self._dialog == WEIGH and self._weigh.scanned(text):
            return
        if self._dialog == APPROVE and self._approval.scanned(text):
            return
        if self._dialog:
            self._close_dialog()
        if self._page == PAYMENT and self._payment.entry.take(text):
            return
        if self._page != PAYMENT or self._payment.done:
            self._turn_to(SELLING)
        self._scan_field.forget_typed_ahead()
        self._read_code = text
        self._scan_field.scan(text, source, "payment" if self._page == PAYMENT else "selling")

    def _wire(self) -> None:
        for follower in (self._quantity, self._override):
            self._basket.changed.connect(follower.changed)
        self._basket.changed.connect(self._member.reworded)
        offering = (self._basket, self._scan_field, self._last, self._parked, self._courier)
        for pane in offering:
            pane.changed.connect(self._weigh_keys)
        self._approval.changed.connect(self._weigh_keys)
        self._approval.came.connect(self._asked_elsewhere)
        self._approval.answered.connect(
            lambda yes: self._notices.tell("approval.allowed" if yes else "approval.declined")
        )
        self._approval.finished.connect(self._approved)
        self._scan_field.basket_arrived.connect(self._basket.show)
        self._scan_field.scanned.connect(lambda view: self._classified(view))
        self._scan_field.weight_wanted.connect(self._ask_weight)
        self._payment.closed.connect(lambda: self._open(SELLING))
        self._payment.changed.connect(self._moved)
        self._payment.typedAhead.connect(self._scan_field.type_ahead)
        self._payment.sold.connect(self._last.remember)
        self._payment.sold.connect(
            lambda: self._notices.withdraw(("scan.", "error.payment.nothing_due"))
        )
        self._parked.recalled.connect(self._recalled)
        for dialog in (self._quantity, self._weigh, self._member, self._override):
            dialog.finished.connect(self._close_dialog)
        self._weigh.finished.connect(self._scan_field.clear)
        self._basket.suspended.connect(self._suspended)
        self._last.reprinted.connect(lambda: self._notices.tell("notice.reprinted"))
        self._settings.test_printed.connect(lambda: self._notices.tell("notice.test_page"))
        self._top_bar.changed.connect(
            lambda: self._rail.count("directives", self._top_bar.directives)
        )
        self._settings.scanner_changed.connect(self.scanner_programmed)
        self.operations.happened.connect(self._on_event)
        self._limit.told.connect(self._notices.tell)
        self.pageMade.connect(self._wire_page)

    def _wire_page(self, page: Page) -> None:
        page.told.connect(self._notices.tell)
        page.wanted.connect(self.act)
        page.moved.connect(self._moved)
        page.changed.connect(self._weigh_keys)

    def _classified(self, view: ScanView) -> None:
        if view.kind == "payer_code":
            self._payment.pay_by_code(self._read_code)
        elif view.kind == "receipt":
            self._turn_to(REFUND)
            self.refund.find(view.params["proof"])
        elif view.message_code == "scan.payer_code_early" and not self._basket.empty:
            # The amount is shown before anything is charged: the form opens and the
            # code is read again.
            self._pay()
            self._notices.tell("notice.scan_payer_code_again", tone="info")
        elif view.message_code:
            self._notices.tell(view.message_code, echoed(view.params), "wait")
        elif view.kind == "added":
            # "The basket has not changed" would not be true any more.
            self._notices.outlive("scan.not_found", "scan.left_out")

    def _move(self, step: int) -> None:
        """↑ ↓ with an empty field: what a scan found first, else the basket's lines."""
        (self._scan_field if self._scan_field.searching else self._basket).move(step)

    def _pay(self) -> None:
        if self._basket.empty:
            self._notices.tell("error.basket.empty", tone="wait")
            return
        self._payment.begin()
        self._open(PAYMENT)

    def _ask(self, dialog: str) -> None:
        self._dialog = dialog
        self._changed_place()

    def _ask_to_approve(self) -> None:
        if self._approval.waiting:
            self._approval.begin()
            self._ask(APPROVE)

    def _approved(self) -> None:
        if self._dialog == APPROVE:
            self._close_dialog()

    def _asked_elsewhere(self, counter: str, action: str) -> None:
        """Another counter asks: said in the bar, which takes no keys from what is going on."""
        self._notices.tell("approval.notice", {"counter": counter, "action": action}, "wait")

    def _ask_about_line(self, dialog: str, begin: Callable[[], None]) -> None:
        if self._basket.chosen() is not None:
            begin()
            self._ask(dialog)

    def _ask_quantity(self) -> None:
        line = self._basket.chosen()
        if line is not None and line.weighed and self._weigh.attached:
            name = self.words.named(line.name_zh, line.name_en)
            self._weigh.begin(line.sku, name, line.line_id)
            self._ask(WEIGH)
        else:
            self._ask_about_line("quantity", self._quantity.begin)

    def _ask_weight(self, sku: str, name: str) -> None:
        if self._weigh.attached:
            self._weigh.begin(sku, name)
            self._ask(WEIGH)
        else:
            self._quantity.begin((sku, name))
            self._ask("quantity")

    def _close_dialog(self) -> None:
        self._weigh.end()
        self._dialog = ""
        self._changed_place()

    def _turn_to(self, page: str) -> None:
        """Open a page; a booked sale is finished with, what it says stays in the bottom bar."""
        if self._page == PAYMENT and page != PAYMENT:
            if self._payment.cash_lies_here:
                # Left behind it would be in the drawer and in no book.
                self._notices.tell("notice.cash_lies_here", tone="wait")
                return
            self._payment.leave()
        if self._page != page or self._dialog:
            self._open(page)

    def _open(self, page: str) -> None:
        if page != self._page:
            # A notice belongs to the page it was told on.
            self._notices.dismiss()
        self._page, self._dialog = page, ""
        # Opened for the first time it is made now, and turned to like any other.
        self.model_of(page)
        self._changed_place()

    def _here(self) -> str:
        if self._dialog:
            return DIALOG
        if self._page == PAYMENT and self._payment.done:
            return PAID
        page = self._pages.get(self._page)
        return (page.place() if page else "") or self._page

    def _changed_place(self) -> None:
        self._place = self._here()
        for pane in (self._queue, self._outlook, self._courier):
            pane.turn(in_view=self._page == QUEUE)
        for name, page in self._pages.items():
            page.turn(in_view=self._page == name)
        self._show_keys()
        self.changed.emit()
        self.focusWanted.emit()

    def _moved(self) -> None:
        """A step on the open page: other keys work now."""
        if self._place != self._here():
            self._place = self._here()
            self._show_keys()

    def _show_keys(self) -> None:
        self._hints.show(self._place)
        self._rail.show(self._page, keys_work=self._place != PAYMENT)

    def _weigh_keys(self) -> None:
        """Offer only keys that are of use with what is there now."""
        empty = self._basket.empty
        there = {
            GOODS: not empty,
            CHOICE: not empty or self._scan_field.searching,
            SALE: bool(self._last.order_no()),
            PARKED: self._parked.rows.count > 0,
            CARRYING: self._courier.open,
            ASKED: self._approval.waiting,
        }
        self._rail.count("parked", self._basket.suspendedCount)
        lacking = (page.lacks() for page in self._pages.values())
        self._hints.lack(frozenset(need for need, met in there.items() if not met).union(*lacking))

    def _suspended(self) -> None:
        self._turn_to(SELLING)
        self._notices.tell("notice.suspended")

    def _recalled(self, view: object) -> None:
        self._basket.show(view)  # type: ignore[arg-type]
        self._open(SELLING)

    def _lock(self) -> None:
        self._dialog = ""
        self.operations.run(lambda use: use.session.lock(), self._session.show, once="lock")

    def _sign_off(self) -> None:
        self._close_dialog()
        self.operations.run(lambda use: use.session.sign_off(), self._session.show, once="sign_off")

    def _train(self) -> None:
        if self._dialog == "leave":
            self._close_dialog()
            self._training.begin()

    def _on_event(self, kind: str, data: Mapping[str, object]) -> None:
        if kind == "scan":
            self.scanned(str(data["text"]), str(data["source"]))
        elif kind == "print":
            self._notices.tell_of_slip(data)
