"""A handler that is stuck while somebody hammers on a money button: one press must count.

``presses`` keeps the core's store thread busy, lets a hand strike as often as it likes, frees the
thread and waits until nothing is under way any more. What it gives back are the journal's new
entries: exactly what all those presses booked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QEvent, QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from terminal.app.desk import Desk
from terminal.domain.journal import Entry
from ui.hands import SCANNING_MS, Hands

TIMES = 200
"""How often the hand strikes while the handler is stuck."""

LONGEST_S = 30.0
_BETWEEN_SCANS_MS = 150
_QUIET_ROUNDS = 3
"""How many looks in a row must find nothing new before everything counts as done."""


class Face(Protocol):
    """What of a running face is needed."""

    @property
    def hands(self) -> Hands:
        """The hands that let the window live."""
        ...

    @property
    def app(self) -> object:
        """The face with its window."""
        ...


@contextmanager
def stalled(desk: Desk) -> Iterator[None]:
    """While the block lasts the core's store thread does nothing."""
    free, stuck = threading.Event(), threading.Event()

    def block(_cases: object) -> None:
        stuck.set()
        free.wait(LONGEST_S)

    desk.submit(block)
    assert stuck.wait(LONGEST_S), "the core did not get stuck"
    try:
        yield
    finally:
        free.set()


def presses(
    screen: Face, desk: Desk, strike: Callable[[], None], *, times: int = TIMES
) -> list[Entry]:
    """Strike ``times`` times while the handler is stuck; the entries that came of it.

    Args:
        screen: the running face; any with ``hands``.
        desk: its core.
        strike: one press, click or scan; see ``key``, ``click`` and ``scan``.
        times: how often.
    """
    before = desk.ask(lambda cases: cases.context.books.head()[0])
    with stalled(desk):
        for _ in range(times):
            strike()
        # The window lives on: what it is told now must not be lost, and not be counted twice.
        screen.hands.pause(50)
    return _new_entries(screen, desk, before)


def key(window: QWindow, combo: str) -> Callable[[], None]:
    """Strikes one key, written as ``QKeySequence`` writes it, without any pause."""
    stroke: QKeyCombination = QKeySequence(combo)[0]  # type: ignore[index]
    text = "\r" if combo in {"Return", "Enter"} else ""

    def strike() -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, stroke.key(), stroke.keyboardModifiers(), text)
            QGuiApplication.sendEvent(window, event)

    return strike


def click(window: QWindow, label: str) -> Callable[[], None]:
    """Clicks the visible button whose spoken name begins with ``label``; once it is gone, there."""
    button = button_of(window, label)
    centre = button.mapToScene(QPointF(button.width() / 2, button.height() / 2))
    spot = QPoint(round(centre.x()), round(centre.y()))

    def strike() -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(window, left, none, spot)

    return strike


def scan(window: QWindow, code: str) -> Callable[[], None]:
    """Reads one code with a wedge scanner, key by key at a scanner's pace by their stamps."""
    stamp = time.monotonic_ns() // 1_000_000

    def strike() -> None:
        nonlocal stamp
        stamp += _BETWEEN_SCANS_MS
        for char in (*code, "\r"):
            stamp += SCANNING_MS
            which = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, which, Qt.KeyboardModifier.NoModifier, char)
                event.setTimestamp(stamp)
                QGuiApplication.sendEvent(window, event)

    return strike


def button_of(window: QWindow, label: str) -> QQuickItem:
    """The visible button whose spoken name begins with ``label``.

    Raises:
        AssertionError: no such button is shown; with the names of those that are.
    """
    assert isinstance(window, QQuickWindow)
    buttons = [item for item in _visible(window.contentItem()) if _is_button(item)]
    for button in buttons:
        if str(button.property("spoken")).startswith(label):
            return button
    raise AssertionError(f"no button {label!r} among {[b.property('spoken') for b in buttons]}")


def _is_button(item: QQuickItem) -> bool:
    return item.metaObject().className().startswith("ActionButton_QMLTYPE")


def _visible(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible():
            yield child
            yield from _visible(child)


def _new_entries(screen: Face, desk: Desk, before: int) -> list[Entry]:
    """The entries after ``before``, once a few looks in a row find no more."""
    seen, quiet = before, 0
    while quiet < _QUIET_ROUNDS:
        screen.hands.pause(60)
        head = desk.ask(lambda cases: cases.context.books.head()[0])
        quiet = quiet + 1 if head == seen else 0
        seen = head
    found = desk.ask(
        lambda cases: [cases.context.books.entry(seq) for seq in range(before + 1, seen + 1)]
    )
    return [entry for entry in found if entry is not None]
