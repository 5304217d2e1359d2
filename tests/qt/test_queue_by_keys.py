"""The queue page by keys, and every page at twice the text size by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem, QQuickWindow

from tests.helpers.central import Central
from tests.qt.conftest import Screen
from tests.qt.test_screens import clip_of, shown

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_an_entry_opens_follows_and_folds_by_keys(
    open_face: Callable[..., Screen], platform: Central, pictures: Path
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    queue = screen.counter.queue
    screen.hands.press("F5")
    screen.until(lambda: queue.rows.count >= 3, "entries")
    screen.until(lambda: queue.rows.rows[0].tone == "ok", "confirmed entries")
    screen.hands.pause(100)
    screen.hands.press("Return")
    screen.until(lambda: queue.selected == 0, "the newest entry")
    screen.until(lambda: queue.receiptText != "", "the platform's receipt")
    screen.hands.picture(pictures / "queue-confirmed.zh-1366.png")
    screen.hands.press("Down")
    screen.until(lambda: queue.selected == 1, "the entry below")
    screen.hands.press("Esc")
    assert (queue.selected, screen.counter.page) == (-1, "queue")
    screen.hands.press("F7")
    screen.until(lambda: queue.rows.count == 0, "nothing waits")
    screen.hands.press("F7")
    screen.until(lambda: queue.rows.count >= 3, "all entries")
    screen.hands.press("Esc")
    assert screen.counter.page == "selling"


def _cursor(screen: Screen) -> int:
    """Place of the cursor in the list of entries."""
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    (entries,) = (
        item
        for item in shown(window.contentItem())
        if item.property("model") is screen.counter.queue.rows
    )
    return int(entries.property("currentIndex"))


def _one_more_entry(screen: Screen) -> None:
    """Something is journaled while the page stands there."""
    queue = screen.counter.queue
    before = queue.rows.count
    screen.app.face.operations.run(lambda use: use.slips.reprint(), lambda _job: queue.refresh())
    screen.until(lambda: queue.rows.count == before + 1, "the new entry")


def test_the_cursor_stands_on_the_newest_entry_until_somebody_moves_it(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    screen.add("nf")
    screen.begin_payment()
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("F5")
    screen.until(lambda: screen.counter.queue.rows.count > 0, "the entries")
    screen.hands.pause(200)
    for _ in range(2):
        _one_more_entry(screen)
        assert _cursor(screen) == 0
    screen.hands.press("Down")
    chosen = screen.counter.queue.rows.rows[_cursor(screen)].seq
    _one_more_entry(screen)
    assert screen.counter.queue.rows.rows[_cursor(screen)].seq == chosen
    assert _cursor(screen) == 2


def in_sight() -> bool:
    """Whether the place that has the keyboard can be seen in full height, or fills its room."""
    focus = QGuiApplication.focusObject()
    assert isinstance(focus, QQuickItem)
    place = focus.mapRectToScene(QRectF(0, 0, focus.width(), focus.height()))
    room = clip_of(focus)
    return place.height() > room.height() or (
        place.top() >= room.top() - 1 and place.bottom() <= room.bottom() + 1
    )


def test_at_twice_the_text_size_tab_brings_every_place_into_sight(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    counter.settings.choose("text_scale", "200")
    screen.add("nf")
    for key in ("F9", "F5", "F3", "F4", "F1", "F12"):
        screen.hands.press(key)
        screen.hands.pause(250)
        for _ in range(25):
            screen.hands.press("Tab")
            focus = QGuiApplication.focusObject()
            screen.until(in_sight, f"{key}: {focus}")


def test_at_twice_the_text_size_dialogs_show_what_has_the_keyboard(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    counter.settings.choose("text_scale", "200")
    screen.add("nf")
    for key in ("F8", "F7", "*", "F6"):
        screen.hands.press(key)
        screen.hands.pause(200)
        for _ in range(8):
            screen.hands.press("Tab")
            screen.until(in_sight, key)
        screen.hands.press("Esc")
