"""Until when everything works without the platform, on the queue page, by keys and in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtQuick import QQuickItem

from tests.qt.conftest import Screen
from tests.qt.test_pages_in_words import cut, items, window_of
from tests.qt.test_screens import shown, texts_out_of_place
from ui.viewmodels.outlook import end_of

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SERVICES = [
    "selling",
    "payer_code",
    "unlock",
    "sign_on",
    "day",
    "numbers",
    "prices",
    "certificate",
]


def test_the_queue_page_says_what_waits_why_and_until_when_everything_works(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    screen = open_face()
    screen.begin_day()
    outlook, hands = screen.counter.outlook, screen.hands
    assert outlook.services.count == 0, "nobody looks: nothing is read"
    hands.press("F5")
    screen.until(lambda: outlook.services.count == len(SERVICES), "the services")
    screen.until(lambda: "联系不上平台" in outlook.waitingText, "the reason")
    rows = {row.service: row for row in outlook.services.rows}
    assert list(rows) == SERVICES
    assert rows["unlock"].until.startswith("可用到 ")
    assert (rows["payer_code"].until, rows["payer_code"].tone) == ("不能用", "wait")
    assert "0312" in rows["unlock"].why
    hands.pause(100)
    (pane,) = items(screen, "OutlookView")
    assert texts_out_of_place(window_of(screen)) == []
    assert cut(pane) == []
    hands.press("Return")
    screen.until(lambda: screen.counter.queue.selected == 0, "an entry takes the place")
    hands.pause(100)
    assert items(screen, "OutlookView") == []
    hands.press("Esc")
    hands.press("F11")
    hands.pause(100)
    assert items(screen, "OutlookView") == [], "put away"
    hands.press("Esc")
    assert (outlook.toggled, screen.counter.page) == (False, "queue")
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: rows_text(screen).startswith("Sales for cash"), "English")
    twice_the_text(screen, pictures)


def rows_text(screen: Screen) -> str:
    return " ".join(row.name for row in screen.counter.outlook.services.rows)


def twice_the_text(screen: Screen, pictures: Path) -> None:
    """With large text a key opens it over the list, and its end can be reached."""
    hands = screen.hands
    screen.counter.settings.choose("text_scale", "200")
    hands.pause(200)
    assert items(screen, "OutlookView") == [], "the list has the room"
    for language in ("en", "zh_CN"):
        screen.counter.settings.choose("language", language)
        hands.press("F11")
        hands.pause(150)
        (pane,) = items(screen, "OutlookView")
        assert texts_out_of_place(window_of(screen)) == []
        hands.picture(pictures / f"outlook.large-{language[:2]}-1366.png")
        (area,) = (part for part in shown(pane) if part in items(screen, "ScrollArea"))
        screen.tab_to(screen.counter.words.text("outlook.title"))
        for _ in range(12):
            hands.press("PgDown")
        screen.until(partial(at_end, area), "the end")
        hands.press("Esc")
        assert screen.counter.page == "queue"


def at_end(area: QQuickItem) -> bool:
    """Whether the last line of a part that scrolls is in sight."""
    bottom = float(area.property("contentHeight")) - area.height()
    return bool(area.property("contentY") == bottom)


def test_an_end_in_another_year_names_the_year() -> None:
    assert end_of("2091-02-03T04:05:00.000Z") == "2091-02-03"
