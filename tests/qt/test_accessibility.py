"""Every place the keyboard can go has a name and a role, on every screen."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem, QQuickWindow

from tests.qt.conftest import Screen
from tests.qt.test_screens import shown

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def unnamed(window: QQuickWindow) -> list[str]:
    """Items that Tab reaches and a screen reader cannot name."""
    wrong = []
    for item in shown(window.contentItem()):
        if not item.activeFocusOnTab() or not item.isEnabled():
            continue
        seen = QAccessible.queryAccessibleInterface(item)
        name = seen.text(QAccessible.Text.Name) if seen is not None else ""
        role = seen.role() if seen is not None else QAccessible.Role.NoRole
        if not name.strip() or role in {QAccessible.Role.NoRole, QAccessible.Role.Client}:
            wrong.append(f"{item.metaObject().className()} {name!r} {role}")
    return wrong


def reachable(window: QQuickWindow) -> int:
    """How many places Tab can reach."""
    items = shown(window.contentItem())
    return sum(item.activeFocusOnTab() and item.isEnabled() for item in items)


def window_of(screen: Screen) -> QQuickWindow:
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    return window


def test_every_screen_names_what_the_keyboard_reaches(screen: Screen) -> None:
    window = window_of(screen)
    screen.open_core()
    assert unnamed(window) == []
    screen.open_outlet()
    assert unnamed(window) == []
    screen.sign_on()
    screen.add("nf")
    assert reachable(window) > 8
    assert unnamed(window) == []
    for key in ("F3", "F4", "F5", "F9", "F1", "F12"):
        screen.hands.press(key)
        screen.hands.pause(150)
        assert unnamed(window) == []
    screen.hands.press("Esc")
    screen.until(lambda: screen.counter.page == "selling", "selling")
    for key in ("*", "F7", "F8", "F6"):
        screen.hands.press(key)
        screen.hands.pause(100)
        assert unnamed(window) == []
        screen.hands.press("Esc")


def test_an_item_without_a_name_is_noticed(counter_screen: Screen) -> None:
    window = window_of(counter_screen)
    nameless = QQuickItem(window.contentItem())
    nameless.setActiveFocusOnTab(True)
    assert len(unnamed(window)) == 1
    nameless.setVisible(False)
    assert unnamed(window) == []
