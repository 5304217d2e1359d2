"""What the centre sent (来文): corrections to accept or dispute, tasks to settle, known faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from terminal.domain.money import Money
from ui.common.directive_words import DirectiveWords
from ui.common.entry_words import AccountRow
from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.directives import DirectiveView, InboxView, TaskView
    from terminal.domain.notice import Notice

OPEN = "directive"
"""Place of the keys while one that waits is shown in full."""
_TONES = {"waiting": "wait", "accepted": "ok", "disputed": "info", "refused": "danger"}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One record of the list.

    Args:
        key: tells it apart.
        title: what it is.
        detail: who sent it, when.
        amount: yuan, "" for what moves nothing.
        state_text: where it stands.
        tone: colour family.
    """

    key: str
    title: str
    detail: str
    amount: str
    state_text: str
    tone: str


@view_model
class DirectivesPage(Page):
    """The list, one record in full, and the clerk's answer."""

    changed = Signal()
    told = Signal(str, object, str)
    wanted = Signal(str)
    moved = Signal()

    reads = frozenset({"inbox", "catalogue", "session"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._words = DirectiveWords(words)
        self._view: InboxView | None = None
        self._in_view = False
        self._chosen = ""
        self._answer = ""
        self._rows = RowsModel(InboxRow, "key", self)
        self._account = RowsModel(AccountRow, "place", self)

    def turn(self, *, in_view: bool) -> None:
        """The page is opened or left."""
        came, self._in_view = in_view and not self._in_view, in_view
        if came:
            self.refresh()

    def place(self) -> str:
        """Whether the keys of an answer work here."""
        return OPEN if self.answerable or self.settleable else ""

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What the page's own keys do."""
        return {
            "directive_accept": self.accept,
            "directive_dispute": self.dispute,
        }

    def back(self) -> bool:
        """From one record to the list."""
        if not self._chosen:
            return False
        self._choose("")
        return True

    def refresh(self) -> None:
        """Read everything the centre sent; a page that nobody sees reads nothing."""
        if self._in_view:
            self.operations.run(lambda use: use.directives.inbox(), self._show)

    def reworded(self) -> None:
        """Write everything in the chosen language."""
        self._show(self._view)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """What waits first, then the newest."""
        return self._rows

    @Property(RowsModel, constant=True)
    def account(self) -> RowsModel:
        """The chosen record in full."""
        return self._account

    @Property(str, notify=changed)
    def summaryText(self) -> str:
        """How many wait."""
        waiting = self._view.waiting if self._view else 0
        key = "directives.waiting" if waiting else "directives.none_waiting"
        return self.words.text(key, count=waiting)

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the record shown in full, -1 for none."""
        return self._rows.row_of(self._chosen) if self._chosen else -1

    @Property(str, notify=changed)
    def detailTitle(self) -> str:
        """What the chosen record is."""
        row = self._row()
        return f"{row.title}  {row.amount}".strip() if row else ""

    @Property(str, notify=changed)
    def detailState(self) -> str:
        """Where it stands, what is safe, what to do."""
        directive, task = self._directive(), self._task()
        if directive is not None:
            return self._words.standing(directive)
        if task is not None:
            key = "directives.task_waits" if task.settled is None else "directives.task_settled"
            at = moment(task.settled.recorded_at) if task.settled else ""
            return self.words.text(key, seq=task.settled.seq if task.settled else 0, at=at)
        notice = self._notice()
        return self.words.text("directives.notice_explain") if notice else ""

    @Property(str, notify=changed)
    def detailTone(self) -> str:
        """Colour family of its state."""
        row = self._row()
        return row.tone if row else "info"

    @Property(bool, notify=changed)
    def answerable(self) -> bool:
        """Whether the chosen record is a directive that waits for the clerk."""
        directive = self._directive()
        return directive is not None and directive.state == "waiting"

    @Property(bool, notify=changed)
    def settleable(self) -> bool:
        """Whether the chosen record is a task that waits for the clerk."""
        task = self._task()
        return task is not None and task.settled is None

    @Property(str, notify=changed)
    def answer(self) -> str:
        """The clerk's words, as typed."""
        return self._answer

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether an answer is being written."""
        return self.operations.is_under_way("directive")

    @Slot(str)
    def say(self, text: str) -> None:
        """The clerk types her words."""
        self._answer = text

    @Slot(int)
    def open(self, place: int) -> None:
        """Show one record in full."""
        rows = self._rows.rows
        if 0 <= place < len(rows):
            self._choose(rows[place].key)

    @Slot(int)
    def follow(self, place: int) -> None:
        """Another record was chosen while one is shown in full."""
        if self._chosen and place != self.selected:
            self.open(place)

    @Slot()
    def accept(self) -> None:
        """Accept the directive shown, or settle the task shown; once, whatever is pressed."""
        directive, task, words = self._directive(), self._task(), self._answer
        if directive is not None and directive.directive is not None:
            number = directive.directive.directive_id
            amount = yuan(Money(directive.directive.amount_fen).text)
            self._send(
                lambda use: use.directives.accept(number), "notice.directive_accepted", amount
            )
        elif task is not None:
            name = task.task.task_id
            self._send(lambda use: use.directives.settle(name, words), "notice.task_settled", "")

    @Slot()
    def dispute(self) -> None:
        """Refuse the directive shown, with the words typed so far."""
        directive, words = self._directive(), self._answer
        if directive is not None and directive.directive is not None:
            number = directive.directive.directive_id
            self._send(
                lambda use: use.directives.dispute(number, words), "notice.directive_disputed", ""
            )

    def _send(self, work: Callable[..., InboxView], notice: str, amount: str) -> None:
        def done(view: InboxView) -> None:
            self._answer = ""
            self._show(view)
            self.told.emit(notice, {"amount": amount}, "ok")

        self.operations.run(work, done, once="directive")
        self.changed.emit()

    def _choose(self, key: str) -> None:
        self._chosen, self._answer = key, ""
        self._show_account()
        self.moved.emit()

    def _show(self, view: InboxView | None) -> None:
        self._view = view
        self._rows.show(list(self._all_rows(view)) if view else [])
        if self._chosen and self._rows.row_of(self._chosen) < 0:
            self._chosen = ""
        self._show_account()
        self.moved.emit()

    def _show_account(self) -> None:
        directive, task, notice = self._directive(), self._task(), self._notice()
        lines = (
            self._words.directive(directive)
            if directive is not None
            else self._words.task(task)
            if task is not None
            else self._words.notice(notice)
            if notice is not None
            else []
        )
        self._account.show(lines)
        self.changed.emit()

    def _all_rows(self, view: InboxView) -> Iterator[InboxRow]:
        waiting = [one for one in view.directives if one.state == "waiting"]
        open_tasks = [one for one in view.tasks if one.settled is None]
        yield from map(self._directive_row, waiting)
        yield from map(self._task_row, open_tasks)
        yield from map(self._notice_row, view.notices)
        yield from (self._directive_row(one) for one in view.directives if one not in waiting)
        yield from (self._task_row(one) for one in view.tasks if one not in open_tasks)

    def _directive_row(self, view: DirectiveView) -> InboxRow:
        asked = view.directive
        sent = (asked.issuer, moment(asked.issued_at)) if asked else ("", moment(view.arrived_at))
        return InboxRow(
            key=f"directive {view.number}",
            title=self.words.text("directives.directive"),
            detail="  ·  ".join(part for part in sent if part),
            amount=yuan(Money(asked.amount_fen).text) if asked else "",
            state_text=self.words.text(f"directives.state.{view.state}"),
            tone=_TONES[view.state],
        )

    def _task_row(self, view: TaskView) -> InboxRow:
        state = "waiting" if view.settled is None else "settled"
        return InboxRow(
            key=f"task {view.task.task_id}",
            title=self.words.text("directives.task"),
            detail=f"#{view.task.about_seq}  ·  {moment(view.task.at)}",
            amount="",
            state_text=self.words.text(f"directives.state.{state}"),
            tone="wait" if view.settled is None else "ok",
        )

    def _notice_row(self, notice: Notice) -> InboxRow:
        return InboxRow(
            key=f"notice {notice.notice_id}",
            title=self.words.named(notice.title_zh, notice.title_en),
            detail=f"{notice.issuer}  ·  {moment(notice.issued_at)}",
            amount="",
            state_text=self.words.text("directives.state.notice"),
            tone="info",
        )

    def _row(self) -> InboxRow | None:
        place = self.selected
        return self._rows.rows[place] if place >= 0 else None

    def _directive(self) -> DirectiveView | None:
        views = self._view.directives if self._view else ()
        return next((one for one in views if f"directive {one.number}" == self._chosen), None)

    def _task(self) -> TaskView | None:
        views = self._view.tasks if self._view else ()
        return next((one for one in views if f"task {one.task.task_id}" == self._chosen), None)

    def _notice(self) -> Notice | None:
        notices = self._view.notices if self._view else ()
        return next((one for one in notices if f"notice {one.notice_id}" == self._chosen), None)
