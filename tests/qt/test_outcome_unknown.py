"""While nobody knows whether the customer was charged: what is said, which keys are offered."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem, QQuickWindow

from tests.helpers.central import Central
from tests.qt.conftest import Screen
from tests.qt.test_screens import Album, shown

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134500000000000010"
LOOKS = list(product(("zh_CN", "en"), ("light", "dark", "contrast"), ("100", "200")))

KEPT = {("zh_CN", "light", "100"), ("en", "contrast", "200")}


def offered_keys(screen: Screen) -> list[str]:
    """What the hint bar offers."""
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    bar = next(
        item
        for item in shown(window.contentItem())
        if item.metaObject().className().startswith("KeyHintsView")
    )
    hints = [item for item in shown(bar) if item.property("action")]
    return [str(item.property("key")) for item in hints]


def alerts(item: QQuickItem) -> list[str]:
    """What a screen reader is told at once."""
    seen = [QAccessible.queryAccessibleInterface(part) for part in shown(item)]
    return [
        each.text(QAccessible.Text.Name)
        for each in seen
        if each is not None and each.role() == QAccessible.Role.AlertMessage
    ]


def take_all(screen: Screen, pictures: Path, tmp_path: Path, name: str) -> None:
    """The same state in every look; nothing beside its room. Two of them are worth keeping."""
    assert isinstance(screen.app.window, QQuickWindow)
    width = screen.app.window.width()
    for language, theme, scale in LOOKS:
        for setting, value in (("language", language), ("theme", theme), ("text_scale", scale)):
            screen.counter.settings.choose(setting, value)
        screen.hands.pause(150)
        folder = pictures if width < 1920 and (language, theme, scale) in KEPT else tmp_path
        Album(screen, folder, f"{language}-{theme}-{width}-{scale}").take(name)
    for setting, value in (("language", "zh_CN"), ("theme", "light"), ("text_scale", "100")):
        screen.counter.settings.choose(setting, value)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_an_awaited_outcome_says_what_is_asked_since_when_and_offers_no_idle_key(
    open_face: Callable[..., Screen],
    platform: Central,
    pictures: Path,
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    screen = open_face(platform=platform, size=size, payment_speed=1.0)
    screen.begin_day()
    counter, payment = screen.counter, screen.counter.payment
    screen.add("nf")
    screen.begin_payment()
    assert offered_keys(screen) == ["F2", "F11", "Esc"]
    screen.hands.write("1")
    screen.hands.press("Return")
    screen.until(lambda: payment.tenders.count == 1, "the cash part")
    assert "F2" not in offered_keys(screen), "a basket with cash on it is not parked"
    platform.faults(lose_answer=1.0, paths=["/v1/payments"])
    screen.hands.scan(PAYER_CODE)
    screen.until(lambda: payment.code.state == "unknown", "the lost answer")
    assert payment.code.chip == "微信 · 查询中"
    assert payment.code.sinceText.endswith("扫码")
    assert payment.subtitle.startswith("正在查这笔付款")
    assert offered_keys(screen) == []
    told = alerts(screen.app.window.contentItem())  # type: ignore[attr-defined]
    assert any(payment.code.chip in text and payment.code.sinceText in text for text in told)
    for key in ("F11", "F2", "Esc", "Return"):
        screen.hands.press(key)
    screen.hands.pause(200)
    assert counter.page == "payment"
    assert not payment.done
    counter.notices.dismiss()
    counter.settings.choose("language", "en")
    assert payment.code.chip == "WeChat · asking"
    take_all(screen, pictures, tmp_path, "payment-asking")
    platform.faults()
    screen.until(lambda: payment.done, "the sale")
    screen.until(lambda: offered_keys(screen) == ["Ctrl+P", "F10", "Esc"], "the keys of a sale")


@pytest.mark.parametrize("size", [(1366, 768)])
def test_a_doubt_offers_parking_and_nothing_else(
    open_face: Callable[..., Screen],
    platform: Central,
    pictures: Path,
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    screen = open_face(platform=platform, size=size)
    screen.begin_day()
    payment = screen.counter.payment
    screen.add("nf")
    screen.begin_payment()
    platform.faults(lose_answer=1.0, paths=["/v1/payments"])
    screen.hands.scan(PAYER_CODE)
    screen.until(lambda: payment.code.state == "unknown", "the lost answer")
    platform.faults(offline=True)
    screen.until(lambda: payment.code.inDoubt, "the doubt")
    assert payment.code.chip == "微信 · 存疑"
    assert offered_keys(screen) == ["F2"]
    take_all(screen, pictures, tmp_path, "payment-in-doubt")
    platform.faults()
    screen.until(lambda: payment.code.state == "paid_late", "the late answer")
    assert offered_keys(screen) == ["F2"]
    assert "F4" in payment.code.text
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.page == "selling", "the next customer")


def test_lines_scrolled_off_are_counted(
    open_face: Callable[..., Screen], pictures: Path, tmp_path: Path
) -> None:
    screen = open_face()
    screen.begin_day()
    for goods in ("nf", "yp", "dm", "xf", "mx", "tj"):
        screen.add(goods)
    counter = screen.counter
    counter.settings.choose("text_scale", "200")
    screen.hands.pause(200)
    window = screen.app.window
    assert isinstance(window, QQuickWindow)

    def beyond() -> tuple[int, int]:
        marks = [
            item
            for item in shown(window.contentItem())
            if item.metaObject().className().startswith("LinesBeyond")
        ]
        return (marks[0].property("above"), marks[0].property("below")) if marks else (0, 0)

    lines = counter.basket.lines.count
    for _ in range(lines):
        screen.hands.press("Up")
    screen.until(lambda: beyond()[0] == 0 and beyond()[1] >= 3, "lines below")
    below = beyond()[1]
    take_all(screen, pictures, tmp_path, "counter-lines-below")
    counter.settings.choose("text_scale", "200")
    for _ in range(lines):
        screen.hands.press("Down")
    screen.until(lambda: beyond() == (below, 0), "as many above")
