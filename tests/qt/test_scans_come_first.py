"""Nothing in the background, and no frame of its own, stands between a scan and its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow

from tests.qt.conftest import Screen
from ui.common.frame_hold import FrameHold
from ui.common.operation import GATHER_MS
from ui.hands import Hands

pytest_plugins = ["tests.helpers.outlet_fixtures"]

WATER = "6921168509256"
LOOK_MS = 200


class Frames:
    """Counts what a window paints."""

    def __init__(self, window: QQuickWindow) -> None:
        self.count = 0
        window.frameSwapped.connect(self._one_more)

    def _one_more(self) -> None:
        self.count += 1


@pytest.fixture
def window(qapp: QGuiApplication) -> Iterator[QQuickWindow]:
    """A window in which nothing happens by itself."""
    window = QQuickWindow()
    window.show()
    yield window
    window.close()
    shiboken6.delete(window)


def test_a_held_frame_waits_for_what_belongs_into_it(window: QQuickWindow) -> None:
    hands, frames, hold = Hands(window), Frames(window), FrameHold(window, longest_ms=10_000)
    hands.until(lambda: frames.count > 0, "the window")
    hands.pause(LOOK_MS)
    before = frames.count
    hold.hold()
    hold.hold()
    assert hold.is_holding()
    window.update()
    hands.pause(LOOK_MS)
    assert frames.count == before
    hold.release()
    hold.release()
    assert not hold.is_holding()
    hands.until(lambda: frames.count > before, "the frame")
    hands.pause(LOOK_MS)
    assert frames.count == before + 1


def test_a_held_frame_comes_by_itself_when_nothing_releases_it(window: QQuickWindow) -> None:
    hands, frames, hold = Hands(window), Frames(window), FrameHold(window)
    hands.until(lambda: frames.count > 0, "the window")
    hands.pause(LOOK_MS)
    before = frames.count
    hold.hold()
    window.update()
    hands.until(lambda: frames.count == before + 1, "the frame")
    hold.hold()
    hands.pause(LOOK_MS)
    assert frames.count == before + 1
    window.update()
    hands.until(lambda: frames.count == before + 2, "a frame that nobody held")


def test_a_scan_never_turns_the_favourites_over(counter_screen: Screen) -> None:
    screen, field = counter_screen, counter_screen.counter.scanField
    seen: list[bool] = []
    field.changed.connect(lambda: seen.append(field.searching))
    screen.hands.scan(WATER)
    screen.until(lambda: screen.counter.basket.lines.count == 1, "the line")
    assert seen
    assert not any(seen)
    screen.hands.write("nf")
    screen.until(lambda: field.results.count > 0, "results")
    assert field.searching
    screen.hands.press("Esc")
    assert (field.text, field.searching) == ("", False)


def test_escape_empties_the_field_before_anything_was_looked_up(counter_screen: Screen) -> None:
    screen, field = counter_screen, counter_screen.counter.scanField
    field.type("n")
    assert not field.searching
    screen.counter.back()
    assert field.text == ""


def test_events_of_the_background_are_told_together(counter_screen: Screen) -> None:
    screen, operations = counter_screen, counter_screen.app.face.operations
    screen.hands.pause(3 * GATHER_MS)
    told: list[frozenset[str]] = []
    operations.changed.connect(told.append)
    desk = operations.desk
    assert desk is not None
    for _ in range(50):
        desk.ask(lambda _cases: desk._emit("sync", {}))
        desk.ask(lambda _cases: desk._emit("catalogue", {}))
    screen.hands.pause(GATHER_MS // 2)
    assert told == [frozenset({"sync"})]
    screen.until(lambda: len(told) > 1, "the rest")
    assert told[1] == {"sync", "catalogue", "settings"}
    screen.hands.pause(2 * GATHER_MS)
    assert len(told) == 2


def test_new_goods_alone_are_no_news_for_the_settings(counter_screen: Screen) -> None:
    screen, operations = counter_screen, counter_screen.app.face.operations
    screen.hands.pause(3 * GATHER_MS)
    told: list[frozenset[str]] = []
    operations.changed.connect(told.append)
    desk = operations.desk
    assert desk is not None

    def say(flags: list[str], news: int) -> None:
        desk.ask(lambda _cases: desk._emit("catalogue", {"flags": flags}))
        screen.until(lambda: len(told) == news, "the news")
        screen.hands.pause(2 * GATHER_MS)

    say(["catalogue"], 1)
    say(["catalogue", "settings"], 2)
    assert told == [frozenset({"catalogue"}), frozenset({"catalogue", "settings"})]


def test_the_background_says_nothing_while_a_scan_is_under_way(counter_screen: Screen) -> None:
    screen, operations = counter_screen, counter_screen.app.face.operations
    screen.hands.pause(3 * GATHER_MS)
    told: list[frozenset[str]] = []
    operations.changed.connect(told.append)
    desk = operations.desk
    assert desk is not None
    under_way = True
    operations.wait_while(lambda: under_way)
    desk.ask(lambda _cases: desk._emit("sync", {}))
    screen.hands.pause(LOOK_MS)
    assert told == []
    under_way = False
    screen.until(lambda: told == [frozenset({"sync"})], "the news afterwards")


def test_a_queue_page_that_nobody_sees_reads_nothing(
    open_face: Callable[..., Screen],
) -> None:
    screen = open_face()
    screen.begin_day()
    queue = screen.counter.queue
    screen.hands.pause(2 * GATHER_MS)
    assert queue.rows.count == 0
    screen.hands.press("F5")
    screen.until(lambda: queue.rows.count == 3, "the entries")
    screen.hands.press("Esc")
    screen.add("nf")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.pause(2 * GATHER_MS)
    assert queue.rows.count == 3
    screen.hands.press("F5")
    screen.until(lambda: queue.rows.count > 3, "what came since")
