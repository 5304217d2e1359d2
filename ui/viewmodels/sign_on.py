"""Signing on: the outlet first, then the clerk; unlocking; closing the outlet's day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from terminal.domain.errors import OutletError
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.session import SessionView
    from terminal.app.usecases import UseCases
    from terminal.domain.comparison import Compared
    from ui.common.neighbours import SessionState

STARTING, OUTLET, CLERK, UNLOCK, CLOSE = "starting", "outlet", "clerk", "unlock", "close"
REOPEN = "reopen"
"""A second person is asked for: the day was signed off already."""
WORKING = "working"
"""The clerk is at work: this card is not on the screen and leaves the keyboard alone."""


@view_model
class SignOn(Pane):
    """The sign-on card; takes number and secret even while the core is still loading.

    Signals:
        cleared: the secret must be emptied.
        numberWanted: the number field takes the keyboard.
        secretWanted: the secret field takes the keyboard.
    """

    changed = Signal()
    cleared = Signal()
    numberWanted = Signal()
    secretWanted = Signal()

    def __init__(self, operations: Operations, words: Words, session: SessionState) -> None:
        super().__init__(operations, words)
        self._session = session
        self._mode = STARTING
        self._closing = False
        self._early: tuple[str, str] | None = None
        self._opener: tuple[str, str] | None = None
        self._error: OutletError | None = None
        self._said = ""
        self._lockout_s = 0
        self._acknowledged = False
        self._compared: Compared | None = None
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)

    @Property(str, notify=changed)
    def mode(self) -> str:
        """``starting``, ``outlet``, ``reopen``, ``clerk``, ``unlock``, ``close`` or ``working``."""
        view = self._session.view
        if view is None:
            return STARTING
        if not view.outlet_open:
            return OUTLET if self._opener is None else REOPEN
        if view.clerk_no:
            return UNLOCK if view.locked else WORKING
        return CLOSE if self._closing else CLERK

    @Property(str, notify=changed)
    def title(self) -> str:
        """What this card does."""
        return self.words.text(f"sign_on.title.{self.mode}")

    @Property(str, notify=changed)
    def subtitle(self) -> str:
        """What the clerk should know before typing."""
        view = self._session.view
        clerk = view.clerk_name if view else ""
        told = self.words.text(f"sign_on.subtitle.{self.mode}", clerk=clerk)
        return f"{told}\n{self._compared_text()}" if self.mode == CLOSE else told

    @Property(str, notify=changed)
    def action(self) -> str:
        """The words on the button."""
        return self.words.text(f"sign_on.action.{self.mode}")

    @Property(bool, notify=changed)
    def needsNumber(self) -> bool:
        """Whether the clerk number is asked for (not when unlocking)."""
        return self.mode != UNLOCK

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether a check is under way or waits for the core."""
        return self._early is not None or self.operations.is_under_way("sign_on")

    @Property(str, notify=changed)
    def message(self) -> str:
        """What went wrong or what comes next, "" for nothing."""
        if self._lockout_s > 0:
            minutes, seconds = divmod(self._lockout_s, 60)
            return self.words.text("sign_on.locked_out", time=f"{minutes}:{seconds:02d}")
        if self._error is not None:
            return self.words.error(self._error.code, self._error.params)
        return self.words.text(self._said) if self._said else ""

    @Property(str, notify=changed)
    def tone(self) -> str:
        """``danger`` for a refusal, ``wait`` for a lockout, else ``ok``."""
        if self._lockout_s > 0:
            return "wait"
        return "danger" if self._error is not None else "ok"

    @Property(bool, notify=changed)
    def lockedOut(self) -> bool:
        """Whether nothing is checked until the countdown has ended."""
        return self._lockout_s > 0

    @Property(str, notify=changed)
    def queueWarning(self) -> str:
        """Entries that wait for the platform when the outlet closes, "" when there are none."""
        view = self._session.view
        if self.mode != CLOSE or view is None or not view.waiting_entries:
            return ""
        return self.words.text("sign_on.queue_waiting", count=view.waiting_entries)

    @Property(bool, notify=changed)
    def acknowledged(self) -> bool:
        """Whether the clerk has read the warning about the queue."""
        return self._acknowledged

    def say(self, key: str) -> None:
        """Show a text on the card until something is typed and checked."""
        self._said = key
        self.changed.emit()

    @Slot()
    def acknowledge(self) -> None:
        """Read, or not read, the warning about the queue."""
        self._acknowledged = not self._acknowledged
        self.changed.emit()

    @Slot()
    def beginClosing(self) -> None:
        """Ask for the person who closes the outlet's day."""
        self._closing, self._error, self._said = True, None, ""
        self._compared = None
        self.operations.call(
            lambda desk, ok, no: desk.compare_day(ok, no), self._day_compared, once="compare"
        )
        self.changed.emit()
        self._ask_again()

    @Slot()
    def back(self) -> None:
        """From closing the outlet back to signing on; from the second person to the first."""
        self._closing, self._acknowledged, self._error = False, False, None
        self._opener = None
        self.changed.emit()
        self._ask_again()

    @Slot(str, str)
    def submit(self, number: str, secret: str) -> None:
        """Check number and secret; before the core is ready they are kept and checked then."""
        if self._lockout_s > 0 or not secret or (self.needsNumber and not number):
            return
        if self._session.view is None:
            self._early = (number, secret)
            self.changed.emit()
            return
        mode, acknowledged = self.mode, self._acknowledged
        opener = self._opener or (number, secret)
        self._error, self._said = None, ""

        def done(view: SessionView) -> None:
            self._finished(mode, view)

        def work(use: UseCases) -> SessionView:
            if mode == OUTLET:
                return use.session.open_outlet(number, secret)
            if mode == REOPEN:
                return use.session.open_outlet(*opener, second=(number, secret))
            if mode == CLERK:
                return use.session.sign_on(number, secret)
            if mode == UNLOCK:
                return use.session.unlock(secret)
            return use.session.close_outlet(number, secret, acknowledged)

        def refused(error: OutletError) -> None:
            if mode == OUTLET and error.code == "permission.second_needed":
                self._ask_second(number, secret)
            else:
                self._refused(error)

        if self.operations.run(work, done, refused, "sign_on"):
            # At once and not with the answer: what is typed meanwhile stays.
            self.cleared.emit()
        self.changed.emit()

    def _day_compared(self, compared: Compared) -> None:
        self._compared = compared
        self.changed.emit()

    def _compared_text(self) -> str:
        """What comparing the day with the platform says."""
        if self._compared is None:
            return self.words.text("compare.asking")
        # Not before the first frame: it knows what the core knows.
        from ui.common.day_words import compared_text

        return compared_text(self.words, self._compared)

    def _ask_again(self) -> None:
        """The keyboard goes where the person has to type next."""
        # Asked for this card now: news that come while somebody types must not ask again.
        self._mode = self.mode
        if self._mode == WORKING:
            return
        known = self._error is not None and self._error.code != "session.unknown_clerk"
        only_secret = not self.needsNumber or known
        (self.secretWanted if only_secret else self.numberWanted).emit()

    def _ask_second(self, number: str, secret: str) -> None:
        """The day was signed off already: the first person is known, the card asks for another."""
        self._opener = (number, secret)
        self.changed.emit()
        self._ask_again()

    def _finished(self, mode: str, view: SessionView) -> None:
        self._said = {
            OUTLET: "sign_on.outlet_opened",
            REOPEN: "sign_on.outlet_opened",
            CLOSE: "sign_on.outlet_closed",
        }.get(mode, "")
        self._closing, self._acknowledged, self._opener = False, False, None
        self._session.show(view)
        self._ask_again()

    def _refused(self, error: OutletError) -> None:
        self._error = error
        if error.code == "session.locked_out":
            self._lockout_s = math.ceil(float(error.params.get("seconds", 0)))
            self._second.start()
        self.changed.emit()
        self._ask_again()

    def session_changed(self) -> None:
        """The session was read again: show the card that fits, check what was typed early."""
        if self._early is not None and self._session.view is not None:
            number, secret = self._early
            self._early = None
            self.submit(number, secret)
        before, self._mode = self._mode, self.mode
        self.changed.emit()
        # What was typed while the core was loading stays.
        if self._mode != before and (before != STARTING or self._mode == UNLOCK):
            self._ask_again()

    def _tick(self) -> None:
        self._lockout_s = max(0, self._lockout_s - 1)
        if self._lockout_s == 0:
            self._second.stop()
            self._error = None
        self.changed.emit()
