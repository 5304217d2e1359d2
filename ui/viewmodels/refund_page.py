"""Giving back (退款): find the sale, choose lines and a reason, a second person where needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from terminal.domain.errors import OutletError
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.refund_choice import RefundChoice
from ui.common.refund_finding import RefundFinding
from ui.common.refund_pending import RefundPending
from ui.common.refund_words import (
    PartRow,
    RefundLineRow,
    about_sale,
    asked,
    done_rows,
    line_rows,
    named_reasons,
    need_text,
    part_rows,
    saved_text,
    standing_text,
)
from ui.common.rows import RowsModel
from ui.common.second_person import SecondPersonForm
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.refund_view import Quote, RefundDone, RefundForm

FIND, FORM, DONE = "refund", "refund_form", "refund_done"
"""Places of the keys: the list, the open sale, what was booked."""
ANSWERED_LATE = "refund.now_provisional"
"""The platform fell silent: the form goes on, and what it comes to is asked anew."""


@view_model
class RefundPage(Page):
    """Three steps on one page; nothing is booked before the last key."""

    changed = Signal()
    told = Signal(str, object, str)
    wanted = Signal(str)
    moved = Signal()
    cleared = Signal()

    reads = frozenset({"refund", "orders"})

    def __init__(self, operations: Operations, words: Words, second: QObject) -> None:
        super().__init__(operations, words)
        self._form_of_second = second
        self._second = cast(SecondPersonForm, second)
        self._choice = RefundChoice()
        self._done: RefundDone | None = None
        self._error: OutletError | None = None
        self._reasons: tuple[Mapping[str, object], ...] = ()
        self._selected = 0
        self._in_view = False
        self._lines = RowsModel(RefundLineRow, "line_id", self)
        self._parts = RowsModel(PartRow, "place", self)
        self._finding = RefundFinding(operations, words)
        self._finding.opened.connect(self._opened)
        self._pending = RefundPending(operations, words, self._second)
        self._pending.paid.connect(
            lambda amount: self.told.emit("refund.cash_instead", {"sum": amount}, "ok")
        )
        self._pending.takenBack.connect(
            lambda: self.told.emit("notice.refund_taken_back", {}, "ok")
        )

    @Property(QObject, constant=True)
    def secondPerson(self) -> QObject:
        """The second person's form."""
        return self._form_of_second

    @Property(str, notify=changed)
    def step(self) -> str:
        """``refund``, ``refund_form`` or ``refund_done``."""
        return DONE if self._done else FORM if self._choice.form else FIND

    @Property(RefundFinding, constant=True)
    def finding(self) -> RefundFinding:
        """The list of the last sales, and the search."""
        return self._finding

    @Property(RowsModel, constant=True)
    def lines(self) -> RowsModel:
        """Lines of the open sale."""
        return self._lines

    @Property(RowsModel, constant=True)
    def parts(self) -> RowsModel:
        """By which ways the money goes back."""
        return self._parts

    @Property(RefundPending, constant=True)
    def pending(self) -> RefundPending:
        """Money of earlier refunds that is not back yet."""
        return self._pending

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the chosen line."""
        return self._selected

    @Property(str, notify=changed)
    def title(self) -> str:
        """Number of the sale, or of what was booked."""
        if self._done:
            return self.words.text(f"manner.{self._done.manner}") + "  " + self._done.refund_no
        return self._choice.form.order_no if self._choice.form else ""

    @Property(str, notify=changed)
    def about(self) -> str:
        """When the sale was, what it came to, what went back before."""
        return about_sale(self.words, self._choice.form) if self._choice.form else ""

    @Property(str, notify=changed)
    def standing(self) -> str:
        """Whose sale it is and how far that is known; "" for one of this counter."""
        return standing_text(self.words, self._choice, self._done)

    @Property(bool, notify=changed)
    def provisional(self) -> bool:
        """Whether nobody could be asked what others gave back."""
        return (self._done or self._choice).standing == "provisional"

    @Property(list, notify=changed)
    def reasonCodes(self) -> list[str]:
        """Codes of the reasons that fit."""
        return list(self._named_reasons())

    @Property(list, notify=changed)
    def reasonTexts(self) -> list[str]:
        """Their words."""
        return list(self._named_reasons().values())

    @Property(str, notify=changed)
    def reason(self) -> str:
        """The chosen reason."""
        return self._choice.reason

    @Property(bool, notify=changed)
    def reversal(self) -> bool:
        """Whether the whole sale is to be undone."""
        return self._choice.whole

    @Property(bool, notify=changed)
    def canReverse(self) -> bool:
        """Whether it may be."""
        return self._choice.can_reverse

    @Property(str, notify=changed)
    def money(self) -> str:
        """What the customer gets back."""
        if self._done:
            return yuan(self._done.money_text)
        quote = self._choice.quote
        return yuan(quote.money_text if quote else "0.00")

    @Property(str, notify=changed)
    def cash(self) -> str:
        """What is counted out of the drawer, "" for nothing."""
        text = self._done.cash_text if self._done else "0.00"
        return "" if text == "0.00" else yuan(text)

    @Property(str, notify=changed)
    def need(self) -> str:
        """Whether a second person will be asked, or that nobody may."""
        return need_text(self.words, self._choice.quote)

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why something was refused, or that it was saved before."""
        error = self._error
        return "" if error is None else self.words.error(error.code, error.params)

    @Property(str, notify=changed)
    def saved(self) -> str:
        """``已保存 14:02 · 流水 #31 a1b2c3``."""
        return saved_text(self.words, self._done) if self._done else ""

    def turn(self, *, in_view: bool) -> None:
        """The page is opened or left; a booked refund is finished with."""
        came, left = in_view and not self._in_view, self._in_view and not in_view
        self._in_view = in_view
        if left and self._done:
            self._leave_form()
        if came:
            self.refresh()

    def refresh(self) -> None:
        """Read the last sales, the reasons, and how far the money of a booked refund is."""
        if not self._in_view:
            return
        self._pending.refresh()
        self._finding.refresh()
        self.operations.run(lambda use: use.refunding.reasons(), self._told_reasons)
        if self._choice.form and self._done:
            form_id = self._choice.form.form_id
            self.operations.run(lambda use: use.refunding.saved(form_id), self._again)

    def reworded(self) -> None:
        """Write everything in the chosen language."""
        self._show()

    def place(self) -> str:
        """Which keys work."""
        return self.step

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What the page's keys do."""
        return {
            "refund_go": self.go,
            "refund_all": self.takeAll,
            "refund_whole": self.turnWhole,
            "refund_reason": self._next_reason,
            "refund_more": lambda: self.change(1),
            "refund_fewer": lambda: self.change(-1),
            "refund_up": lambda: self._move(-1),
            "refund_down": lambda: self._move(1),
        }

    def back(self) -> bool:
        """Esc: the second person's form, then the sale, then the page."""
        if self._second.open:
            self._second.close()
        elif self._choice.form is None:
            return self._finding.stop()
        else:
            self._leave_form()
        return True

    def scanned(self, text: str) -> bool:
        """A badge for the second person, or the code of a slip."""
        if self._second.open:
            return self._second.scanned(text) or True
        if text.strip().upper().startswith("PT1*") and self.step != FORM:
            self.find(text)
            return True
        return False

    @Slot(str)
    def find(self, text: str) -> None:
        """Open the sale with this number or proof code; "" opens the chosen one of the last."""
        self._finding.find(text)

    @Slot(int)
    def change(self, step: int) -> None:
        """More or fewer of the chosen line."""
        if not self._done:
            self._choice.step(self._selected, step)
            self._count()

    @Slot(str, int)
    def wish(self, line_id: str, step: int) -> None:
        """More or fewer of a line; never more than is left."""
        if not self._done:
            self._choice.more(line_id, step)
            self._count()

    @Slot()
    def cancelSecond(self) -> None:
        """Take the second person's form away; nothing was done."""
        self._second.close()

    @Slot()
    def takeAll(self) -> None:
        """All that is left of every line that may go back."""
        if not self._done:
            self._choice.take_all()
            self._count()

    @Slot()
    def turnWhole(self) -> None:
        """Undo the whole sale instead of returning lines, or the other way round."""
        if not self._done:
            self._choice.turn_whole(self._reasons)
            self._count()

    @Slot(str)
    def choose(self, reason: str) -> None:
        """The reason."""
        self._choice.reason = reason
        self._count()

    @Slot()
    def go(self) -> None:
        """Book it, once; a second person is asked first where one is needed."""
        if self._done is not None:
            self._press("", "")
        elif self._choice.form is None:
            self.find("")
        elif self._choice.quote is not None and self._choice.quote.level == "second":
            self._ask(self._choice.quote)
        else:
            self._press("", "")

    def _ask(self, quote: Quote) -> None:
        reason = self._named_reasons().get(self._choice.reason, "")
        self._second.ask(asked(self.words, quote, self.title, reason), self._press)

    def _named_reasons(self) -> dict[str, str]:
        return named_reasons(self.words, self._choice.fitting(self._reasons))

    def _press(self, authoriser: str, secret: str) -> None:
        wish = self._choice.wish()
        if wish is not None:
            self.operations.call(
                lambda desk, ok, no: desk.refunds.give_back(wish, authoriser, secret, ok, no),
                self._booked,
                self._not_booked,
                "refund",
            )

    def _count(self) -> None:
        """Ask what the choice comes to."""
        self._error = None
        wish = self._choice.wish()
        if wish is None or not self._choice.complete:
            self._choice.quote = None
        else:
            self.operations.run(lambda use: use.refunding.quote(wish), self._quoted, self._refused)
        self._show()

    def _next_reason(self) -> None:
        if self._choice.form and not self._done:
            self._choice.next_reason(self.reasonCodes)
            self._count()

    def _move(self, step: int) -> None:
        if self._choice.form is None:
            self._finding.move(step)
        else:
            self._selected = max(0, min(len(self._choice.lines) - 1, self._selected + step))
            self._show()

    def _told_reasons(self, reasons: Sequence[Mapping[str, object]]) -> None:
        self._reasons = tuple(reasons)
        self._show()

    def _opened(self, form: RefundForm) -> None:
        self._leave_form()
        self._choice = RefundChoice(form)
        self._show()
        self.moved.emit()

    def _quoted(self, quote: Quote) -> None:
        self._choice.quote = quote
        self._show()

    def _booked(self, done: RefundDone) -> None:
        self._second.close()
        self._done, self._error = done, None
        self._show()
        self.moved.emit()

    def _again(self, done: RefundDone | None) -> None:
        if done is not None and self._done is not None:
            # Reading again is no second press.
            self._done = replace(done, already_saved=self._done.already_saved)
            self._show()

    def _refused(self, error: OutletError) -> None:
        self._error, self._choice.quote = error, None
        self._show()

    def _not_booked(self, error: OutletError) -> None:
        if error.code == ANSWERED_LATE:
            self._second.close()
            self._count()
        if self._second.open:
            self._second.refuse(error)
        else:
            self._error = error
            self._show()

    def _leave_form(self) -> None:
        self._choice, self._done, self._error = RefundChoice(), None, None
        self._selected = 0
        self._finding.forget()
        self.cleared.emit()
        self._show()
        self.moved.emit()

    def _show(self) -> None:
        self._lines.show(line_rows(self.words, self._choice))
        words, done, quote = self.words, self._done, self._choice.quote
        self._parts.show(done_rows(words, done) if done else part_rows(words, quote))
        self.changed.emit()
