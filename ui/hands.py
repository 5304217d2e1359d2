"""Hands and eyes for a counter without people: real key events in, pictures of the window out.

The guided day and the end-to-end tests work the counter through this and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QKeyCombination,
    QMessageLogContext,
    QPoint,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest

from terminal.domain.errors import BugError

TYPING_MS = 70
"""Between two typed keys, by their stamps: slower than any scanner, faster than any person."""

SCANNING_MS = 2
"""Between two keys of a scan, by their stamps: a scanner keeps its pace on a busy machine too."""

_TEXTS = {
    Qt.Key.Key_Return: "\r",
    Qt.Key.Key_Tab: "\t",
    Qt.Key.Key_Delete: "\x7f",
    Qt.Key.Key_Escape: "\x1b",
}


class Hands:
    """Works one window.

    Args:
        window: the counter's window; needs no display.
    """

    def __init__(self, window: QWindow) -> None:
        self._window = window
        self._last_ms = 0
        window.requestActivate()

    def press(self, combo: str) -> None:
        """Press one key, written as ``QKeySequence`` writes it: ``F12``, ``Ctrl+R``, ``Return``."""
        stroke: QKeyCombination = QKeySequence(combo)[0]  # type: ignore[index]
        text = _TEXTS.get(stroke.key(), combo if len(combo) == 1 else "")
        self._strike(stroke.key(), text, stroke.keyboardModifiers())
        self.pause(TYPING_MS)

    def write(self, text: str) -> None:
        """Type with a person's stamps; an input method's characters come as its committed text."""
        for char in text:
            self._strike(_key_of(char), char)
            self.pause(0)
        self.pause(TYPING_MS)

    def scan(self, code: str) -> None:
        """Read a code with a wedge scanner: keys in a row, however long each takes, then Enter."""
        pace = TYPING_MS
        for char in code:
            self._strike(_key_of(char), char, pace_ms=pace)
            pace = SCANNING_MS
        self._strike(Qt.Key.Key_Return, "\r", pace_ms=pace)
        self.pause(TYPING_MS)

    def _strike(
        self,
        key: Qt.Key,
        text: str,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        pace_ms: int = TYPING_MS,
    ) -> None:
        """Press and release a key, stamped so long after the one before or later."""
        # The stamps keep the pace: nobody has to wait it out, and no busy machine can change it.
        typed = pace_ms == TYPING_MS
        self._last_ms = max(self._last_ms + pace_ms, _now_ms() if typed else 0)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text)
            event.setTimestamp(self._last_ms)
            QGuiApplication.sendEvent(self._window, event)

    def click(self, x: int, y: int) -> None:
        """Touch the window at a point, in pixels."""
        QTest.mouseClick(
            self._window,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            QPoint(x, y),
        )
        self.pause(TYPING_MS)

    def pause(self, ms: int) -> None:
        """Let the window live for some milliseconds."""
        deadline = time.monotonic() + ms / 1000
        while True:
            left = deadline - time.monotonic()
            QGuiApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if left <= 0:
                return
            time.sleep(min(left, 0.005))

    def until(self, condition: Callable[[], bool], what: str, *, timeout_s: float = 20) -> None:
        """Let the window live until something is so.

        Raises:
            BugError: ``hands.waited_in_vain`` with ``what`` when it does not become so in time.
        """
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                raise BugError("hands.waited_in_vain", {"what": what})
            self.pause(5)

    def picture(self, file: Path) -> None:
        """Save what the window shows as PNG.

        Raises:
            BugError: ``hands.no_picture`` when nothing could be grabbed or written.
        """
        self.pause(60)
        file.parent.mkdir(parents=True, exist_ok=True)
        window = self._window
        if not isinstance(window, QQuickWindow) or not window.grabWindow().save(str(file)):
            raise BugError("hands.no_picture", {"file": file.name})


class Complaints:
    """Collects what Qt and QML complain about while the block lasts; a sound counter gives none."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __enter__(self) -> Complaints:
        """Begin to listen."""
        qInstallMessageHandler(self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the messages back to Qt."""
        qInstallMessageHandler(None)

    def _hear(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            self.texts.append(f"{Path(context.file or '').name}:{context.line} {text}")


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _key_of(char: str) -> Qt.Key:
    """The key that writes a character; none in particular for what an input method writes."""
    return Qt.Key(ord(char.upper())) if char.isascii() else Qt.Key.Key_unknown


def spoken_focus() -> str:
    """What a screen reader calls the place that has the keyboard."""
    seen = QAccessible.queryAccessibleInterface(QGuiApplication.focusObject())
    return seen.text(QAccessible.Text.Name) if seen is not None else ""
