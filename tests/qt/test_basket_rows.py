"""Rows of the basket are drawn once and moved: what is moved looks as if it were drawn afresh."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageChops
from PySide6.QtGui import QImage
from PySide6.QtQml import QQmlProperty
from PySide6.QtQuick import QQuickItem, QQuickWindow

from tests.helpers.outlet import RICE
from tests.qt.conftest import Screen
from tests.qt.test_screens import shown

pytest_plugins = ["tests.helpers.outlet_fixtures"]

LINES = 40
WAYS = ("PgUp", "PgUp", "Up", "PgDown", "PgDown", "Down")

ROUNDING = 48
"""Letters blended before a row is moved and not after it differ by this much at most, of 255."""


def rows_of(window: QQuickWindow) -> list[QQuickItem]:
    """The rows of the basket that are in sight."""
    return [item for item in shown(window.contentItem()) if item.property("amount") is not None]


def seen(screen: Screen, window: QQuickWindow) -> Image.Image:
    """What the window shows of the basket."""
    screen.hands.pause(30)
    basket = rows_of(window)[0].parentItem().parentItem()
    place = basket.mapRectToScene(basket.boundingRect()).toRect()
    shot = window.grabWindow().copy(place).convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (shot.width(), shot.height()), bytes(shot.constBits()))


def difference(one: Image.Image, other: Image.Image) -> int:
    """The most that a channel of a pixel differs by, of 255."""
    ranges: Any = ImageChops.difference(one, other).convert("RGB").getextrema()
    return int(max(most for _least, most in ranges))


def test_rows_that_were_moved_look_as_if_drawn_afresh(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    counter.settings.choose("reduce_motion", "1")
    for place in range(LINES):
        counter.scanField.add(RICE, 100 + 10 * place)
    screen.until(lambda: counter.basket.lines.count == LINES, "many lines")
    for theme in ("light", "dark", "contrast"):
        counter.settings.choose("theme", theme)
        for key in WAYS:
            screen.hands.press(key)
            moved = seen(screen, window)
            layers = [QQmlProperty(row, "layer.enabled") for row in rows_of(window)]
            assert len(layers) > 3
            for layer in layers:
                layer.write(False)
            afresh = seen(screen, window)
            for layer in layers:
                layer.write(True)
            assert difference(moved, afresh) <= ROUNDING, (theme, key)
