"""The second person's form: what is asked, before and after, her number or badge, her secret."""

from __future__ import annotations

from collections.abc import Callable

from terminal.domain.authority import ELSEWHERE, HERE_ONLY, who_says
from terminal.domain.errors import OutletError
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.second_person import Asked
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

NOTHING = Asked("")


@view_model
class SecondPerson(Pane):
    """A form that any page may lay over itself; the page does the act.

    The page calls ``ask`` with the deed; the deed gets number and secret and ends with ``allowed``
    or ``refuse``. While a deed runs the form takes no second press.

    Signals:
        cleared: the secret must be emptied.
        badgeRead(str): a badge was read: the number field shows whose.
    """

    changed = Signal()
    cleared = Signal()
    badgeRead = Signal(str)

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._asked = NOTHING
        self._deed: Callable[[str, str], None] | None = None
        self._error: OutletError | None = None
        self._busy = self._neighbours = False
        self._request_id = ""

    @Property(bool, notify=changed)
    def open(self) -> bool:
        """Whether the form is over the page."""
        return self._deed is not None

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._busy

    @Property(bool, notify=changed)
    def canAskElsewhere(self) -> bool:
        """Whether somebody at another counter of the outlet can be asked."""
        return self._neighbours and self._asked.action not in HERE_ONLY

    @Property(bool, notify=changed)
    def askedElsewhere(self) -> bool:
        """Whether the question is on the other counters' screens."""
        return bool(self._request_id)

    @Property(str, notify=changed)
    def action(self) -> str:
        """What is to be allowed."""
        return self.words.text(f"action.{self._asked.action}") if self._asked.action else ""

    @Property(str, notify=changed)
    def subject(self) -> str:
        """What it is about."""
        return self._asked.subject

    @Property(str, notify=changed)
    def reason(self) -> str:
        """Why, "" when no reason was asked for."""
        return self._asked.reason

    @Property(str, notify=changed)
    def before(self) -> str:
        """How it is now."""
        return self._asked.before

    @Property(str, notify=changed)
    def after(self) -> str:
        """How it will be."""
        return self._asked.after

    @Property(str, notify=changed)
    def who(self) -> str:
        """Who may allow it."""
        roles = (self.words.text(f"role.{role}") for role in self._asked.roles)
        return self.words.text("account.comma").join(roles)

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why it was refused, "" for nothing."""
        return self.words.error(self._error.code, self._error.params) if self._error else ""

    def ask(self, asked: Asked, deed: Callable[[str, str], None]) -> None:
        """Lay the form over the page.

        Args:
            asked: what it shows.
            deed: gets number (or badge text) and secret of the second person.
        """
        self._asked, self._deed, self._error, self._busy = asked, deed, None, False
        self.changed.emit()
        self.operations.run(lambda use: use.approving.can_ask(), self._told_neighbours)

    def allowed(self) -> None:
        """The deed is done: the form goes."""
        self.close()

    def refuse(self, error: OutletError) -> None:
        """The deed was refused: the form says why and takes another try."""
        if error.code == "approval.asked":
            self._wait_for(str(error.params["request_id"]))
            return
        self._error, self._busy = error, False
        self.changed.emit()
        self.cleared.emit()

    @Slot()
    def close(self) -> None:
        """Take the form away; nothing was done."""
        self._call_off()
        self._asked, self._deed, self._error, self._busy = NOTHING, None, None, False
        self.cleared.emit()
        self.changed.emit()

    def scanned(self, text: str) -> bool:
        """A badge was read while the form is open.

        Returns:
            Whether it was one.
        """
        number, means = who_says(text)
        if self._deed is None or means != "badge":
            return False
        self.badgeRead.emit(text.strip().upper())
        return bool(number)

    @Slot(str, str)
    def submit(self, authoriser: str, secret: str) -> None:
        """The second person has said so."""
        if self._deed is None or self._busy or not authoriser.strip() or not secret:
            return
        self._call_off()
        self._busy = True
        self.changed.emit()
        self._deed(authoriser, secret)

    @Slot()
    def askElsewhere(self) -> None:
        """Show the question at the other counters of the outlet."""
        if self._deed is not None and not self._busy and not self._request_id:
            self._busy, self._error = True, None
            self.changed.emit()
            self._deed(ELSEWHERE, "")

    def _wait_for(self, request_id: str) -> None:
        self._request_id, self._busy, self._error = request_id, False, None
        self.changed.emit()
        self.operations.call(
            lambda desk, ok, no: desk.approvals.ask(request_id, ok, no),
            self._allowed_there,
            lambda error: self._not_allowed_there(request_id, error),
        )

    def _allowed_there(self, request_id: str) -> None:
        """Somebody said yes: the deed is done with what she signed."""
        if self._request_id == request_id and self._deed is not None:
            self._request_id, self._busy = "", True
            self.changed.emit()
            self._deed(ELSEWHERE + request_id, "")

    def _not_allowed_there(self, request_id: str, error: OutletError) -> None:
        if self._request_id == request_id:
            self._request_id = ""
            self.refuse(error)

    def _call_off(self) -> None:
        desk, request_id = self.operations.desk, self._request_id
        self._request_id = ""
        if request_id and desk is not None:
            desk.approvals.call_off(request_id)

    def _told_neighbours(self, neighbours: bool) -> None:
        self._neighbours = neighbours
        self.changed.emit()
