"""The bar that says what happened, what is safe and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from terminal.domain.errors import BugError, EnvironmentFault, OutletError
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

READING_TIME_MS = 6000
"""How long good news stays, milliseconds; bad news stays until somebody presses a key."""
GLANCE_MS = 1000
"""A key pressed this soon after a notice was not meant for it, milliseconds."""


@view_model
class Notices(QObject):
    """One notice at a time, the newest.

    Args:
        words: the texts.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._key = ""
        self._params: dict[str, object] = {}
        self._tone = "info"
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(READING_TIME_MS)
        self._fading.timeout.connect(self.dismiss)
        self._shown = QElapsedTimer()
        words.changed.connect(self.changed)

    @Property(str, notify=changed)
    def text(self) -> str:
        """The words of the notice, "" when there is none."""
        if not self._key:
            return ""
        if self._key.startswith("error."):
            return self._words.error(self._key.removeprefix("error."), self._params)
        return self._words.text(self._key, self._params)

    @Property(str, notify=changed)
    def tone(self) -> str:
        """``ok``, ``info``, ``wait`` or ``danger``."""
        return self._tone

    def tell(self, key: str, params: Mapping[str, object] | None = None, tone: str = "ok") -> None:
        """Show the text under ``key``."""
        self._key, self._params, self._tone = key, dict(params or {}), tone
        self._shown.start()
        self._fading.stop()
        if tone in {"ok", "info"}:
            self._fading.start()
        self.changed.emit()

    def refuse(self, error: OutletError) -> None:
        """Show an error: amber when a step is missing, red for trouble and our faults."""
        tone = "danger" if isinstance(error, BugError) else "wait"
        if isinstance(error, EnvironmentFault):
            tone = "danger"
        self.tell(f"error.{error.code}", error.params, tone)

    def tell_of_slip(self, job: Mapping[str, object]) -> None:
        """Say what became of a slip, or take back what was said of it before.

        Args:
            job: its ``state``, the ``reason`` of the printer's trouble ("" for none) and its
                ``order_no``, "" for a slip that is no receipt.
        """
        state, order = str(job["state"]), {"order": str(job["order_no"])}
        if state == "printed":
            self.withdraw(("error.printer.", "notice.slip_"))
        elif not order["order"]:
            self.tell("notice.slip_waits", tone="wait")
        elif state == "unconfirmed":
            self.tell("notice.slip_unsure", order, "danger")
        elif job["reason"]:
            self.tell(f"error.{job['reason']}", order, "wait")

    def touched(self) -> None:
        """Somebody went on working: what could be read is taken away."""
        if self._key and self._shown.elapsed() > GLANCE_MS:
            self.dismiss()

    def outlive(self, key: str, later: str) -> None:
        """Work went on while a notice was on the screen: it says what is still true.

        Args:
            key: of the notice; another one stays as it is.
            later: the text in its place, for the same parameters.
        """
        if self._key == key:
            self._key = later
            self.changed.emit()

    def withdraw(self, prefixes: tuple[str, ...]) -> None:
        """The trouble is over: its notice goes, others stay."""
        if self._key.startswith(prefixes):
            self.dismiss()

    @Slot()
    def dismiss(self) -> None:
        """Take the notice away."""
        self._key = ""
        self._fading.stop()
        self.changed.emit()
