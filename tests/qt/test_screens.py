"""A picture of every screen, and nothing clipped on any of them.

With POSTAL_SCREENS=docs/screens the pictures are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QUrl
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickItem, QQuickWindow

from tests.helpers.cash_ups import show_tills
from tests.helpers.inbox import Centre, put_into
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Template
from tests.qt.conftest import Screen

pytest_plugins = ["tests.helpers.outlet_fixtures"]

LOOKS = {
    "zh-1366": ((1366, 768), "zh_CN", "light", "100"),
    "en-1920": ((1920, 1080), "en", "light", "100"),
    "dark-1366": ((1366, 768), "zh_CN", "dark", "100"),
    "contrast-1366": ((1366, 768), "zh_CN", "contrast", "100"),
    "large-1366": ((1366, 768), "zh_CN", "light", "200"),
    "large-en-1366": ((1366, 768), "en", "light", "200"),
}


def shown(item: QQuickItem) -> list[QQuickItem]:
    """Every item that can be seen."""
    if not item.isVisible() or item.opacity() == 0:
        return []
    return [item, *(child for part in item.childItems() for child in shown(part))]


def clip_of(item: QQuickItem) -> QRectF:
    """The part of the scene in which an item may be seen."""
    area = QRectF(0, 0, 1e6, 1e6)
    parent: QQuickItem | None = item.parentItem()
    while parent is not None:
        if parent.clip():
            area &= parent.mapRectToScene(QRectF(0, 0, parent.width(), parent.height()))
        parent = parent.parentItem()
    return area


def texts_out_of_place(window: QQuickWindow) -> list[str]:
    """Texts that are wider than their room or stand outside the window.

    What lies in a part that scrolls may be below its edge; it may never be beside it.
    """
    wrong = []
    for item in shown(window.contentItem()):
        text = item.property("text")
        if item.property("paintedWidth") is None or not isinstance(text, str) or not text:
            continue
        place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
        room = clip_of(item)
        scrolls = room.width() < 1e6
        too_wide = float(item.property("paintedWidth")) > item.width() + 1.5
        beside = place.left() < -1 or place.right() > window.width() + 1
        below = not scrolls and (place.top() < -1 or place.bottom() > window.height() + 1)
        if too_wide or beside or below:
            wrong.append(f"{text!r} at {place}")
    return wrong


class Album:
    """Takes pictures of one look and checks each."""

    def __init__(self, screen: Screen, folder: Path, look: str) -> None:
        self._screen, self._folder, self._look = screen, folder, look

    def take(self, name: str) -> None:
        file = self._folder / f"{name}.{self._look}.png"
        self._screen.hands.picture(file)
        window = self._screen.app.window
        assert isinstance(window, QQuickWindow)
        assert texts_out_of_place(window) == []


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_fits_in_every_look(
    open_face: Callable[..., Screen], pictures: Path, look: str, outlet_template: Template
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(size=size, language=language)
    album, hands = Album(screen, pictures, look), screen.hands
    screen.open_core()
    screen.app.face.appearance.apply(
        {"theme": theme, "text_scale": text_scale, "language": language}
    )
    album.take("outlet-sign-on")
    screen.open_outlet()
    album.take("clerk-sign-on")
    screen.sign_on()
    counter = screen.counter
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        counter.settings.choose(name, value)
    album.take("counter-empty")
    for goods in ("nf", "yp", "dm"):
        screen.add(goods)
    hands.press("+")
    hands.press("+")
    screen.until(lambda: counter.basket.lines.rows[2].detail.startswith("3"), "three pieces")
    hands.press("Up")
    album.take("counter")
    hands.write("n")
    screen.until(lambda: counter.scanField.results.count > 1, "results")
    album.take("search")
    hands.press("Esc")
    take_dialogs(screen, album)
    hands.press("F12")
    screen.until(lambda: counter.payment.due != "", "the payment form")
    album.take("payment")
    hands.write("1")
    hands.press("Return")
    screen.until(lambda: counter.payment.split, "a split payment")
    album.take("payment-split")
    hands.write("100")
    hands.press("Return")
    screen.until(lambda: counter.payment.done, "the sale")
    album.take("paid")
    hands.press("Return")
    screen.until(lambda: counter.payment.sale.alreadyText != "", "the answer to the second press")
    album.take("paid-second-press")
    hands.pause(1300)
    hands.press("Return")
    screen.until(lambda: counter.page == "selling", "the next customer")
    take_what_the_centre_sent(screen, album, Centre(outlet_template.platform))
    take_reports(screen, album)
    take_pages(screen, album)


def _is_dialog(screen: Screen, name: str) -> bool:
    return screen.counter.dialog == name


def _is_page(screen: Screen, name: str) -> bool:
    return screen.counter.page == name


def take_dialogs(screen: Screen, album: Album) -> None:
    """The dialogs over the counter."""
    for key, name in (("*", "quantity"), ("F7", "member"), ("F8", "override"), ("F6", "leave")):
        screen.hands.press(key)
        screen.until(partial(_is_dialog, screen, name), name)
        album.take(f"dialog-{name}")
        screen.hands.press("Esc")
        screen.until(lambda: screen.counter.dialog == "", "no dialog")


def take_what_the_centre_sent(screen: Screen, album: Album, centre: Centre) -> None:
    """Corrections, genuine and not, a task and a notice."""
    hands, page = screen.hands, screen.counter.directives
    hands.press("Ctrl+D")
    screen.until(partial(_is_page, screen, "directives"), "the page")
    album.take("directives-empty")
    desk = screen.app.face.operations.desk
    assert desk is not None
    sale = desk.ask(lambda use: use.context.books.entries(limit=1)[0])
    forged = {**centre.directive(sale), "reason": "请把差额补上"}
    put_into(screen.home, forged, centre.notice(), centre.task(sale), centre.directive(sale))
    screen.app.face.operations.broadcast(frozenset({"inbox"}))
    screen.until(lambda: page.rows.count == 4 and screen.counter.topBar.directives == 2, "all")
    album.take("directives")
    hands.press("Return")
    screen.until(lambda: page.selected == 0, "the record")
    hands.pause(150)
    album.take("directive")


def take_reports(screen: Screen, album: Album) -> None:
    """A table, the entries behind a sum, the chart."""
    hands, page = screen.hands, screen.counter.reports
    hands.press("Ctrl+E")
    screen.until(lambda: page.blind, "what is told before the count")
    album.take("reports-blind")
    assert screen.app.face.operations.desk is not None
    screen.app.face.operations.desk.ask(show_tills)
    page.refresh()
    screen.until(lambda: page.rows.count > 0, "the page")
    album.take("reports")
    hands.press("Return")
    screen.until(lambda: page.entries.count > 0, "the entries behind")
    hands.pause(150)
    album.take("reports-entries")
    hands.press("Esc")
    for _ in range(3):
        hands.press("Right")
    screen.until(lambda: page.tab == "hour", "the chart")
    hands.pause(100)
    album.take("reports-hours")


def take_pages(screen: Screen, album: Album) -> None:
    """The pages beside selling, empty and filled."""
    hands, counter = screen.hands, screen.counter
    hands.press("F3")
    album.take("parked-empty")
    hands.press("F1")
    screen.add("nf")
    hands.press("F2")
    screen.until(lambda: counter.basket.empty, "a parked basket")
    for key, name in (("F3", "parked"), ("F4", "last"), ("F5", "queue"), ("F9", "settings")):
        hands.press(key)
        screen.until(partial(_is_page, screen, name), name)
        hands.pause(150)
        album.take(name)
    hands.press("F5")
    hands.press("Return")
    screen.until(lambda: counter.queue.selected >= 0, "an entry in full")
    album.take("queue-entry")
    hands.press("F10")
    screen.until(lambda: screen.app.face.signOn.mode == "unlock", "the lock")
    album.take("locked")


@pytest.mark.parametrize("look", ["zh-1366", "large-1366"])
def test_the_enrolment_screen_fits(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(enrolled=False, size=size, language=language)
    screen.app.face.appearance.apply({"theme": theme, "text_scale": text_scale})
    screen.until(lambda: screen.app.face.stage == "enrolment", "the enrolment form")
    screen.hands.pause(200)
    Album(screen, pictures, look).take("enrolment")


@pytest.mark.parametrize("look", ["zh-1366", "large-1366"])
def test_closing_the_outlet_warns_of_the_queue(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(size=size, language=language)
    screen.open_core()
    screen.open_outlet()
    screen.app.face.appearance.apply({"theme": theme, "text_scale": text_scale})
    screen.app.face.signOn.beginClosing()
    assert screen.app.face.signOn.queueWarning != ""
    Album(screen, pictures, look).take("outlet-sign-off")
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.signOn.message != "", "an answer")
    assert screen.app.face.session.view is not None
    assert screen.app.face.session.view.outlet_open


def test_a_text_without_room_is_noticed(screen: Screen) -> None:
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    component = QQmlComponent(screen.app.engine)
    component.setData(b'import QtQuick\nText { width: 10; text: "far too long" }', QUrl())
    text = component.create()
    assert isinstance(text, QQuickItem)
    text.setParentItem(window.contentItem())
    assert len(texts_out_of_place(window)) == 1
    text.setVisible(False)
    assert texts_out_of_place(window) == []
