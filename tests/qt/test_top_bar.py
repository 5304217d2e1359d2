"""The bar at the top: nothing a clerk needs to know is cut, in any size, language and state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QRectF
from PySide6.QtQuick import QQuickItem, QQuickWindow

from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from terminal.app.usecases import UseCases
from terminal.domain.identifiers import new_uuid7
from tests.helpers.central import Central
from tests.qt.conftest import Screen
from tests.qt.test_printer_trouble import lamp, sell
from tests.qt.test_screens import Album, shown
from ui.viewmodels.top_bar import TopBar

pytest_plugins = ["tests.helpers.outlet_fixtures"]

WAITING = 1234


def fill_the_queue(cases: UseCases) -> None:
    """As many entries wait as after days without the platform."""
    context = cases.context
    with context.books.transaction() as tx:
        for _ in range(WAITING - cases.queue.summary().waiting):
            body = {"action": "price_override", "authoriser": "0301"}
            tx.append(context.draft("authorisation.granted", new_uuid7(), "0312", body))


def texts_of_bar(window: QQuickWindow) -> dict[str, QQuickItem]:
    """What can be read in the bar, by what is written."""
    bar = next(
        item
        for item in shown(window.contentItem())
        if item.metaObject().className().startswith("TopBarView")
    )
    return {
        str(item.property("text")): item
        for item in shown(bar)
        if item.property("paintedWidth") is not None and item.property("text")
    }


def area(item: QQuickItem) -> QRectF:
    """Where an item is in the window."""
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def cut_or_covered(window: QQuickWindow) -> list[str]:
    """Texts of the bar that are shortened, outside the window or over one another."""
    texts = texts_of_bar(window)
    room = QRectF(0, 0, window.width(), window.height())
    wrong = [
        text
        for text, item in texts.items()
        if item.property("truncated")
        or float(item.property("paintedWidth")) > item.width() + 1.5
        or not room.contains(area(item))
    ]
    places = [(text, area(item)) for text, item in texts.items()]
    for place, (text, here) in enumerate(places):
        wrong += [
            f"{text} over {other}"
            for other, there in places[place + 1 :]
            if here.adjusted(1, 1, -1, -1).intersects(there)
        ]
    return wrong


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_in_the_bar_is_cut_without_the_platform(
    open_face: Callable[..., Screen], pictures: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        machine.set_faults(paper_out=True)
        url = f"tcp://127.0.0.1:{machine.port}"
        screen = open_face(size=size, devices={"printer": {"url": url, "profile": "escpos-80"}})
        screen.begin_day()
        sell(screen)
        screen.until(lambda: lamp(screen, "printer") == ("danger", "缺纸"), "the lamp")
        screen.hands.press("F1")
        desk = screen.app.face.operations.desk
        assert desk is not None
        desk.ask(fill_the_queue)
        screen.counter.topBar.refresh()
        screen.until(lambda: str(WAITING) in screen.counter.topBar.lampWords, "the queue")
        for language in ("zh_CN", "en"):
            for scale in ("100", "125", "150", "175", "200"):
                kept = size[0] < 1920 and scale == "200"
                check(screen, pictures if kept else tmp_path, language, scale)


def check(screen: Screen, folder: Path, language: str, scale: str) -> None:
    """One look of the bar: everything is there and whole."""
    screen.counter.settings.choose("language", language)
    screen.counter.settings.choose("text_scale", scale)
    screen.hands.pause(150)
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    session = screen.app.face.session
    assert session.view is not None
    Album(screen, folder, f"{language}-{window.width()}-{scale}").take("bar-offline")
    written = " | ".join(texts_of_bar(window))
    for fact in (
        session.outletName,
        session.place,
        session.view.business_date,
        session.clerk,
        str(WAITING),
    ):
        assert fact in written
    assert cut_or_covered(window) == []


def test_lamps_that_come_and_go_keep_their_places(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    window, bar = screen.app.window, screen.counter.topBar
    assert isinstance(window, QQuickWindow)
    for dial, lamps in (({}, 2), ({"offline": True}, 3), ({}, 2), ({"offline": True}, 3)):
        platform.faults(**dial)
        bar.wake()
        screen.until(partial(has_lamps, bar, lamps), f"{lamps} lamps")
        screen.hands.pause(100)
        assert cut_or_covered(window) == []


def has_lamps(bar: TopBar, count: int) -> bool:
    """Whether so many lamps are shown."""
    return bar.lampCount == count


def test_a_cut_text_is_noticed(counter_screen: Screen) -> None:
    window = counter_screen.app.window
    assert isinstance(window, QQuickWindow)
    assert cut_or_covered(window) == []
    first, second = list(texts_of_bar(window).values())[:2]
    QObject.setProperty(first, "width", 300.0)
    second.setWidth(10)
    assert cut_or_covered(window) != []
