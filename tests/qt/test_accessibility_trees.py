"""What a screen reader is told on each screen, compared with the tree that was agreed.

POSTAL_GOLDEN=1 writes the trees anew; read the difference before keeping it. Figures are masked.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from tests.qt.conftest import Screen
from tests.qt.test_accessibility import window_of

pytest_plugins = ["tests.helpers.outlet_fixtures"]

GOLDEN = Path(__file__).parent / "golden"
SILENT = {QAccessible.Role.NoRole, QAccessible.Role.Client}


def tree(item: QQuickItem, depth: int = 0) -> list[str]:
    """Role and name of everything that is announced, indented as it is nested."""
    if not item.isVisible() or item.opacity() == 0:
        return []
    seen = QAccessible.queryAccessibleInterface(item)
    role = seen.role() if seen is not None else QAccessible.Role.NoRole
    name = seen.text(QAccessible.Text.Name) if seen is not None else ""
    told = role not in SILENT and bool(name)
    line = [f"{'  ' * depth}{role.name} {re.sub(r'[0-9A-F]{2,}|[0-9]', '#', name)}"] if told else []
    children = [row for child in item.childItems() for row in tree(child, depth + told)]
    return line + children


def agreed(screen: Screen, name: str) -> None:
    """The tree on the screen is the agreed one."""
    screen.hands.pause(150)
    text = "\n".join(tree(window_of(screen).contentItem())) + "\n"
    file = GOLDEN / f"{name}.txt"
    if "POSTAL_GOLDEN" in os.environ:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_what_a_screen_reader_is_told(screen: Screen) -> None:
    screen.open_core()
    agreed(screen, "outlet-sign-on")
    screen.open_outlet()
    agreed(screen, "clerk-sign-on")
    screen.sign_on()
    bar = screen.counter.topBar
    bar.wake()
    screen.until(lambda: "付款码" in bar.lampWords, "the lamp of what stands without the platform")
    screen.add("nf")
    agreed(screen, "counter")
    screen.hands.press("F8")
    agreed(screen, "dialog-override")
    screen.hands.press("Esc")
    screen.hands.write("nf")
    screen.until(lambda: screen.counter.scanField.results.count > 0, "results")
    agreed(screen, "search")
    screen.hands.press("Esc")
    screen.hands.press("F5")
    agreed(screen, "queue")
    screen.hands.press("F9")
    agreed(screen, "settings")
    screen.hands.press("F1")
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.payment.due != "", "the form")
    agreed(screen, "payment")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    agreed(screen, "paid")
