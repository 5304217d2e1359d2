"""The payment by payer code on an open form: what is asked, since when, what is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ui.common.figures import yuan
from ui.common.qr_path import qr_path
from ui.common.tender_words import (
    OPEN_STATES,
    TONE_OF_STATE,
    attempt_chip,
    attempt_text,
    scanned_text,
)
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.code_payments import AttemptView


@view_model
class PayerCode(QObject):
    """The newest attempt of a form, and whether the clerk gives it back.

    Args:
        words: the texts.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._attempt: AttemptView | None = None
        self._seconds = 0
        self._shown_code, self._qr = "", qr_path("")
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        words.changed.connect(self.changed)

    @Property(str, notify=changed)
    def state(self) -> str:
        """State of the attempt, "" when there is none."""
        return self._attempt.state if self._attempt else ""

    @Property(bool, notify=changed)
    def open(self) -> bool:
        """Whether the outcome is still awaited."""
        return self.state in OPEN_STATES

    @Property(bool, notify=changed)
    def inDoubt(self) -> bool:
        """Whether only time or a person can tell what becomes of it: park and serve the next."""
        return self.state in {"doubt", "paid_late"}

    @Property(str, notify=changed)
    def tone(self) -> str:
        """Colour family."""
        return TONE_OF_STATE.get(self.state, "info")

    @Property(str, notify=changed)
    def chip(self) -> str:
        """Scheme and state in a few words: ``微信 · 查询中``."""
        if self._attempt is None:
            return ""
        return attempt_chip(self._words, self._attempt)

    @Property(str, notify=changed)
    def amount(self) -> str:
        """What is asked for."""
        return yuan(self._attempt.amount_text) if self._attempt else ""

    @Property(str, notify=changed)
    def sinceText(self) -> str:
        """``14:02:05 扫码``: since when the outcome is awaited, "" when it is known."""
        if self._attempt is None or not (self.open or self.inDoubt):
            return ""
        return scanned_text(self._words, self._attempt)

    @Property(str, notify=changed)
    def text(self) -> str:
        """What is happening, what is safe, what to do."""
        if self._attempt is None:
            return ""
        return attempt_text(self._words, self._attempt, self._seconds)

    @Property(str, notify=changed)
    def qrPath(self) -> str:
        """Our code for the customer to scan, as a path in modules; "" for none."""
        return self._qr[0]

    @Property(int, notify=changed)
    def qrSide(self) -> int:
        """Side of that code in modules."""
        return self._qr[1]

    def show(self, attempt: AttemptView | None) -> None:
        """Show an attempt as the books have it."""
        self._attempt = attempt
        self._seconds = attempt.seconds if attempt is not None else 0
        shown = attempt.shown_code if attempt is not None and self.open else ""
        if shown != self._shown_code:
            self._shown_code, self._qr = shown, qr_path(shown)
        if self.open and self._seconds:
            self._second.start()
        else:
            self._second.stop()
        self.changed.emit()

    def _tick(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if self._seconds == 0:
            self._second.stop()
        self.changed.emit()
