"""The pages beside selling, by keys: what they say in words, and nothing of it is cut."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtQuick import QQuickItem, QQuickWindow

from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from devices.simulators.virtual_scanner import VirtualScanner
from terminal.bootstrap import open_keys
from terminal.store.database import open_database
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.outlet import CLERK
from tests.qt.conftest import Screen
from tests.qt.test_screens import clip_of, shown, texts_out_of_place
from ui.common.places import PLACES

pytest_plugins = ["tests.helpers.outlet_fixtures"]

LARGE = {
    "zh-1366": ((1366, 768), "zh_CN"),
    "en-1366": ((1366, 768), "en"),
    "zh-1920": ((1920, 1080), "zh_CN"),
    "en-1920": ((1920, 1080), "en"),
}

DOORS = 2
"""Below the pages the rail locks the counter and signs off."""


def window_of(screen: Screen) -> QQuickWindow:
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    return window


def items(screen: Screen, kind: str) -> list[QQuickItem]:
    """Every visible item of one QML type."""
    return [
        item
        for item in shown(window_of(screen).contentItem())
        if item.metaObject().className().startswith(f"{kind}_QMLTYPE")
    ]


def scroll_to(item: QQuickItem) -> None:
    """Bring an item of a part that scrolls to its lower edge, as a finger does."""
    area = item.parentItem()
    while area.property("contentY") is None:
        area = area.parentItem()
    bottom = item.mapToItem(area, QPointF(0, item.height())).y()
    area.setProperty(
        "contentY", max(0.0, float(area.property("contentY")) + bottom - area.height())
    )


def cut(item: QQuickItem) -> list[str]:
    """Texts inside an item that are elided or do not fit into it."""
    place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
    wrong = []
    for part in shown(item):
        text = part.property("text")
        if part.property("paintedWidth") is None or not text:
            continue
        size = (part.property("paintedWidth"), part.property("paintedHeight"))
        spot = part.mapRectToScene(QRectF(0, 0, *size))
        inside = spot.width() <= part.width() + 1.5 and spot.bottom() <= place.bottom() + 1.5
        if part.property("truncated") or not inside:
            wrong.append(str(text))
    return wrong


def sell(screen: Screen) -> None:
    screen.add("nf")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")


def test_an_entry_is_told_in_words_and_one_key_deeper_as_it_is_signed(
    open_face: Callable[..., Screen], platform: Central, pictures: Path
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    sell(screen)
    queue, hands = screen.counter.queue, screen.hands
    hands.press("F5")
    screen.until(lambda: queue.rows.count > 0 and queue.rows.rows[0].tone == "ok", "confirmed")
    assert queue.rows.rows[0].receipt.startswith("回执 ")
    hands.picture(pictures / "queue-list.zh-1366.png")
    hands.press("Return")
    screen.until(lambda: queue.selected == 0, "the sale")
    told = {row.label: row.figure for row in queue.account.rows}
    assert told["单号"] == screen.counter.last.order_no()
    assert told["经手人"].endswith(" 0312")
    assert told["现金（T02 钱箱）"].startswith("借  ¥")
    assert told["销售收入（日用百货）"].startswith("贷  ¥")
    assert told["平台签名"] == "已核对，属实"
    hands.pause(150)
    hands.picture(pictures / "queue-words.zh-1366.png")
    hands.press("Return")
    screen.until(lambda: queue.raw, "the raw form")
    hands.pause(100)
    hands.picture(pictures / "queue-raw.zh-1366.png")
    hands.press("Down")
    screen.until(lambda: queue.selected == 1, "the entry below")
    assert queue.raw
    hands.press("Esc")
    assert (queue.raw, queue.selected) == (False, 1)
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: queue.account.rows[0].label == "Clerk", "the words in English")
    hands.press("Esc")
    assert (queue.selected, screen.counter.page) == (-1, "queue")


def test_what_stops_the_upload_is_said_on_the_queue_page(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    screen = open_face()
    screen.begin_day()
    store = SyncStore(screen.home / SYNC_FILE, open_keys(screen.home).db_key)
    for lane, code, item in (
        ("journal", "journal.malformed", "3"),
        ("feeds", "wire.malformed", 'items:"1"'),
    ):
        store.park(ParkedItem(lane, code, item, {}, "2026-01-05T02:00:00.000Z"))
    store.close()
    queue = screen.counter.queue
    screen.hands.press("F5")
    screen.until(lambda: queue.rows.count == 3, "the sign-on")
    screen.until(lambda: queue.holds.count == 2, "what waits for a person")
    screen.until(lambda: queue.rows.rows[0].tone == "danger", "the parked entry")
    assert [row.tone for row in queue.holds.rows] == ["danger", "wait"]
    assert "流水 #3" in queue.holds.rows[0].text
    assert "wire.malformed" in queue.holds.rows[1].text
    screen.hands.pause(150)
    screen.hands.picture(pictures / "queue-held.zh-1366.png")
    assert texts_out_of_place(window_of(screen)) == []
    screen.hands.press("Return")
    screen.until(lambda: queue.selected == 0, "the parked entry in full")
    assert "可继续收现金" in queue.detailState
    assert queue.detailTone == "danger"


def test_an_edited_limit_is_told_on_the_queue_page_in_plain_words(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    screen = open_face()
    screen.begin_day()
    book = open_database(screen.home / SYNC_FILE, open_keys(screen.home).db_key)
    with closing(book):
        book.execute(
            "UPDATE settings SET record = replace(record, '10000', '99999')"
            " WHERE key = 'dual_control'"
        )
    queue = screen.counter.queue
    screen.hands.press("F5")
    screen.until(lambda: queue.holds.count == 1, "what waits for a person")
    assert "本机保存的设置（双人授权限额）" in queue.holds.rows[0].text
    screen.hands.pause(150)
    screen.hands.picture(pictures / "queue-setting.zh-1366.png")
    assert texts_out_of_place(window_of(screen)) == []
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: "is not what the platform signed" in queue.holds.rows[0].text, "English")


@pytest.mark.parametrize("look", LARGE)
def test_at_twice_the_text_size_the_rail_can_be_read(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language = LARGE[look]
    screen = open_face(size=size, language=language)
    screen.begin_day()
    for name, value in (("text_scale", "200"), ("language", language)):
        screen.counter.settings.choose(name, value)
    screen.add("nf")
    screen.hands.press("F2")
    screen.until(lambda: screen.counter.basket.suspendedCount == 1, "a parked basket")
    screen.hands.pause(150)
    screen.hands.picture(pictures / f"rail.large-{look}.png")
    rail = items(screen, "RailEntry")
    assert len(rail) == screen.counter.rail.rows.count + DOORS
    for entry in rail:
        scroll_to(entry)
        assert cut(entry) == []
        assert str(entry.property("text")) in {part.property("text") for part in shown(entry)[1:]}
        assert str(entry.property("key")) in {part.property("text") for part in shown(entry)[1:]}
    for place in (*PLACES[1:], PLACES[0]):
        screen.counter.act(f"open_{place.page}")
        screen.hands.pause(50)
        (chosen,) = [entry for entry in items(screen, "RailEntry") if entry.property("chosen")]
        spot = chosen.mapRectToScene(QRectF(0, 0, chosen.width(), chosen.height()))
        assert clip_of(chosen).contains(spot.adjusted(0, 1, 0, -1)), place.page


def test_the_rail_breaks_no_word(counter_screen: Screen, pictures: Path) -> None:
    screen = counter_screen
    screen.add("nf")
    screen.hands.press("F2")
    screen.until(lambda: screen.counter.basket.suspendedCount == 1, "a parked basket")
    screen.hands.press("F3")
    for language in ("zh_CN", "en"):
        for text_scale in ("200", "150", "125", "100"):
            screen.counter.settings.choose("language", language)
            screen.counter.settings.choose("text_scale", text_scale)
            screen.hands.pause(50)
            lines = [
                (part.property("text"), part.property("lineCount"))
                for entry in items(screen, "RailEntry")
                for part in shown(entry)
                if part.property("text") == entry.property("text") and part is not entry
            ]
            assert len(lines) == screen.counter.rail.rows.count + DOORS
            assert [text for text, count in lines if count != 1] == []
    for entry in items(screen, "RailEntry"):
        place = entry.mapRectToScene(QRectF(0, 0, entry.width(), entry.height()))
        assert place.bottom() <= clip_of(entry).bottom(), "at the usual size nothing has to scroll"
    screen.hands.picture(pictures / "parked.en-1366.png")


@pytest.mark.parametrize("text_scale", ["100", "150", "200"])
def test_the_size_of_a_box_is_never_cut(counter_screen: Screen, text_scale: str) -> None:
    screen = counter_screen
    screen.counter.settings.choose("text_scale", text_scale)
    for language, box in (("zh_CN", "纸箱 3号"), ("en", "Carton no. 3")):
        screen.counter.settings.choose("language", language)
        screen.tab_to(box)
        screen.hands.pause(150)
        boxes = [tile for tile in items(screen, "GoodsTile") if tile.property("size")]
        assert len(boxes) == 2
        for tile in boxes:
            size = str(tile.property("size"))
            assert size.count("×") == 2
            assert size not in cut(tile)


def test_a_parked_basket_is_known_by_its_goods_and_says_how_many_when_and_by_whom(
    counter_screen: Screen,
) -> None:
    screen, parked = counter_screen, counter_screen.counter.parked
    for goods in ("nf", "yp"):
        screen.add(goods)
    lines = screen.counter.basket.lines.rows
    screen.hands.press("F2")
    screen.until(lambda: screen.counter.basket.empty, "a parked basket")
    screen.hands.press("F3")
    screen.until(lambda: parked.rows.count == 1, "the list")
    row = parked.rows.rows[0]
    first, second = (line.name for line in lines)
    assert row.title == f"{first}、{second}"
    assert row.detail.startswith("2 项 · ")
    assert row.detail.endswith(f" 由 {CLERK} 挂起")
    assert row.total not in ("", "0.00")
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: row.title != parked.rows.rows[0].title, "the English names")
    assert parked.rows.rows[0].title.count(", ") == 1


def test_the_ring_around_a_parked_basket_is_whole(counter_screen: Screen, pictures: Path) -> None:
    screen = counter_screen
    for goods in ("nf", "yp"):
        screen.add(goods)
        screen.hands.press("F2")
        screen.until(lambda: screen.counter.basket.empty, "a parked basket")
    screen.hands.press("F3")
    screen.until(lambda: len(items(screen, "FocusRing")) == 1, "the ring")
    for key in ("Down", "Up"):
        screen.hands.press(key)
        screen.hands.pause(200)
        screen.hands.picture(pictures / f"parked-{key}.zh-1366.png")
        (ring,) = items(screen, "FocusRing")
        place = ring.mapRectToScene(QRectF(0, 0, ring.width(), ring.height()))
        assert clip_of(ring).contains(place)


@pytest.mark.parametrize("text_scale", ["100", "200"])
def test_a_device_says_what_it_is_where_it_is_and_when_it_was_heard(
    open_face: Callable[..., Screen], pictures: Path, tmp_path: Path, text_scale: str
) -> None:
    link = tmp_path / "scanner"
    with VirtualPrinter(load_profile("escpos-80")) as machine, VirtualScanner(link) as reader:
        url = f"tcp://127.0.0.1:{machine.port}"
        screen = open_face(
            devices={
                "printer": {"url": url, "profile": "escpos-80"},
                "scanners": [{"name": "desk", "port": reader.url}],
            }
        )
        screen.begin_day()
        settings = screen.counter.settings
        settings.choose("text_scale", text_scale)
        screen.hands.press("F9")
        screen.until(lambda: settings.devices.count == 2, "the devices")
        printer = settings.devices.rows[0]
        assert (printer.model, printer.address) == (load_profile("escpos-80").name, url)
        assert printer.heard == "启动后还没有消息"
        assert settings.devices.rows[1].address == reader.url
        screen.tab_to("打印测试页")
        screen.hands.press("Return")
        screen.until(lambda: settings.devices.rows[0].heard.startswith("最近消息"), "the printer")
        screen.until(lambda: len(machine.slips) == 1, "the test page")
        assert settings.devices.rows[0].address == url
        screen.hands.pause(200)
        screen.hands.picture(pictures / f"devices.{text_scale}.png")
        assert texts_out_of_place(window_of(screen)) == []
        for line in items(screen, "DeviceLine"):
            assert cut(line) == []
