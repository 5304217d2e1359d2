"""What another counter asks: somebody here allows it or refuses, with her own number and secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from terminal.domain.authority import who_says
from terminal.domain.errors import OutletError
from terminal.domain.money import Money
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.approving import Asked


@view_model
class ApprovalDialog(Pane):
    """The oldest request of the outlet's other counters.

    Signals:
        finished: the dialog may close.
        cleared: the secret must be emptied.
        badgeRead(str): a badge was read: the number field shows whose.
        came(str, str): a request has come: from which counter, for what.
        answered(bool): the answer is on its way back.
    """

    changed = Signal()
    finished = Signal()
    cleared = Signal()
    badgeRead = Signal(str)
    came = Signal(str, str)
    answered = Signal(bool)
    reads = frozenset({"approvals"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._asked: Asked | None = None
        self._error: OutletError | None = None
        self._busy = False

    @Property(bool, notify=changed)
    def waiting(self) -> bool:
        """Whether somebody asks."""
        return self._asked is not None

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether the answer is being written and sent."""
        return self._busy

    @Property(str, notify=changed)
    def title(self) -> str:
        """Which counter asks."""
        if self._asked is None:
            return ""
        return self.words.text(
            "approval.from", counter=self._asked.counter, operator=self._asked.operator
        )

    @Property(str, notify=changed)
    def action(self) -> str:
        """What is to be allowed, and about what."""
        if self._asked is None:
            return ""
        return self._action(self._asked) + "  ·  " + self._asked.subject

    @Property(str, notify=changed)
    def reason(self) -> str:
        """Why, as the operator gave it."""
        asked = self._asked
        return self.words.named(asked.reason_zh, asked.reason_en) if asked else ""

    @Property(str, notify=changed)
    def before(self) -> str:
        """How it is now."""
        return self._told(self._asked.before) if self._asked else ""

    @Property(str, notify=changed)
    def after(self) -> str:
        """How it will be."""
        return self._told(self._asked.after) if self._asked else ""

    @Property(str, notify=changed)
    def who(self) -> str:
        """Who may answer."""
        roles = self._asked.roles if self._asked else ()
        return self.words.text("account.comma").join(
            self.words.text(f"role.{role}") for role in roles
        )

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why it was not taken, "" for nothing."""
        return self.words.error(self._error.code, self._error.params) if self._error else ""

    def refresh(self) -> None:
        """Look what is asked now."""
        desk = self.operations.desk
        requests = desk.approvals.requests if desk is not None else ()
        if not requests:
            self._show(None)
            return
        request: Mapping[str, Any] = requests[0]["request"]
        self.operations.run(lambda use: use.approving.shown(dict(request)), self._show)

    def begin(self) -> None:
        """A new dialog without the refusal of the last one."""
        self._error = None
        self.changed.emit()

    def scanned(self, text: str) -> bool:
        """A badge was read while the dialog is open; whether it was one."""
        if who_says(text)[1] != "badge":
            return False
        self.badgeRead.emit(text.strip().upper())
        return True

    @Slot(str, str)
    def allow(self, number: str, secret: str) -> None:
        """Somebody here says yes."""
        self._answer(number, secret, allowed=True)

    @Slot(str, str)
    def decline(self, number: str, secret: str) -> None:
        """Somebody here says no."""
        self._answer(number, secret, allowed=False)

    def _answer(self, number: str, secret: str, *, allowed: bool) -> None:
        asked = self._asked
        if asked is None or self._busy or not number.strip() or not secret:
            return
        self._busy = self.operations.call(
            lambda desk, ok, no: desk.approvals.answer(asked, (number, secret), allowed, ok, no),
            lambda _id: self._sent(allowed),
            self._refused,
            "approval",
        )
        self.changed.emit()

    def _sent(self, allowed: bool) -> None:
        self._busy, self._error = False, None
        self.cleared.emit()
        self.answered.emit(allowed)
        self.finished.emit()
        self.refresh()

    def _refused(self, error: OutletError) -> None:
        self._busy, self._error = False, error
        self.cleared.emit()
        self.changed.emit()

    def _show(self, asked: Asked | None) -> None:
        before, self._asked = self._asked, asked
        gone = before is not None and (asked is None or asked.request_id != before.request_id)
        self.changed.emit()
        if asked is not None and (before is None or gone):
            self.came.emit(asked.counter, self._action(asked))
        if gone and not self._busy:
            # Called off, answered elsewhere or too old: what is typed was for that one.
            self.cleared.emit()
            self.finished.emit()

    def _action(self, asked: Asked) -> str:
        return self.words.text(f"action.{asked.action}")

    def _told(self, value: int | str) -> str:
        if isinstance(value, int):
            return yuan(Money(value).text)
        return self.words.text(value) if self.words.has(value) else value
