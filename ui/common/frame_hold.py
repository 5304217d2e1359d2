"""One frame for one scan: what its keys left in a field goes away together with its line coming.

The first key of a wedge scanner may turn a page, the last puts the field back as it was. Painted at
once, those frames stand in the way of the one the clerk waits for, and are already old when they
are seen.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow

LONGEST_MS = 16
"""A frame waits no longer than this for what was announced last, one refresh of a screen: neither a
slow answer nor a slow scanner stops the picture."""


class FrameHold(QObject):
    """Keeps the next frame of a window back until what belongs into it has come.

    Args:
        window: the window; UI thread only.
        longest_ms: how long a frame may wait, milliseconds.
    """

    def __init__(self, window: QWindow, longest_ms: int = LONGEST_MS) -> None:
        super().__init__(window)
        self._window = window
        self._holding = False
        self._wanted = False
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(longest_ms)
        self._longest.timeout.connect(self.release)

    def is_holding(self) -> bool:
        """Whether a scan is under way."""
        return self._holding

    def hold(self) -> None:
        """Paint nothing until ``release``, or until nobody has asked for it any more."""
        if not self._holding:
            self._holding, self._wanted = True, False
            self._window.installEventFilter(self)
        self._longest.start()

    def release(self) -> None:
        """Everything is there: paint."""
        if not self._holding:
            return
        self._holding = False
        self._longest.stop()
        self._window.removeEventFilter(self)
        if self._wanted:
            self._window.requestUpdate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember that a frame is wanted, and let it wait."""
        if event.type() != QEvent.Type.UpdateRequest:
            return False
        self._wanted = True
        return True
