"""The screen of a booked sale says once what was taken, and by what it was paid."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.helpers.central import Central
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import RICE, SENIOR, SENIOR_PIN, Template
from tests.qt.conftest import Screen
from tests.qt.test_accessibility import window_of
from tests.qt.test_screens import LOOKS, Album, shown
from ui.common.figures import yuan
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134500000000000010"


def said(screen: Screen) -> list[tuple[str, str]]:
    """Name and amount of every line under the big figure."""
    lines = [
        item
        for item in shown(window_of(screen).contentItem())
        if item.metaObject().className().startswith("FigureLine_QMLTYPE")
    ]
    pairs = [(str(line.property("label")), str(line.property("figure"))) for line in lines]
    return [pair for pair in pairs if not pair[0].startswith(("小计", "Subtotal"))]


def open_paid(screen: Screen, album: Album, name: str) -> None:
    """The sale is there: a picture."""
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.pause(100)
    album.take(name)


@pytest.mark.parametrize("look", ["zh-1366", "large-en-1366"])
def test_a_sale_by_code_and_a_split_sale_say_by_what_they_were_paid(
    open_face: Callable[..., Screen], platform: Central, pictures: Path, look: str
) -> None:
    size, language, _theme, text_scale = LOOKS[look]
    screen = open_face(platform=platform, size=size, language=language)
    screen.begin_day()
    album = Album(screen, pictures, look)
    screen.counter.settings.choose("text_scale", text_scale)
    screen.counter.settings.choose("language", language)
    wechat, cash = (
        ("微信支付", "收到现金") if language == "zh_CN" else ("WeChat Pay", "Cash received")
    )
    screen.add("nf")
    screen.begin_payment()
    screen.hands.scan(PAYER_CODE)
    open_paid(screen, album, "paid-by-code")
    assert said(screen) == [(wechat, yuan("2.00"))]
    screen.hands.press("Esc")
    screen.add("nf")
    screen.begin_payment()
    screen.hands.write("0.5")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.split, "the cash part")
    screen.hands.scan(PAYER_CODE)
    open_paid(screen, album, "paid-split")
    assert said(screen) == [(wechat, yuan("1.50")), (cash, yuan("0.50"))]


def test_the_sum_taken_is_the_total_after_rounding(counter_screen: Screen) -> None:
    screen = counter_screen
    screen.app.face.operations.run(
        lambda use: use.ordering.add_item(RICE, 1000), lambda _view: None
    )
    screen.until(lambda: screen.counter.basket.lines.count == 1, "the rice")
    screen.begin_payment()
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    assert screen.counter.payment.sale.taken == yuan("5.90")
    assert said(screen) == [
        ("合计", yuan("5.98")),
        ("现金抹零", yuan("-0.08")),
        ("收到现金", yuan("5.90")),
    ]
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: said(screen)[2][0] == "Cash received", "the other language")


@pytest.mark.parametrize("look", ["zh-1366", "large-en-1366"])
def test_what_costs_nothing_is_completed_with_enter_and_takes_no_money(
    open_face: Callable[..., Screen], outlet_template: Template, pictures: Path, look: str
) -> None:
    size, language, _theme, text_scale = LOOKS[look]

    def for_nothing(home: Path) -> None:
        tell = partial(tell_setting, home, outlet_template.platform)
        tell("limits", {"price_override_percent": 100})
        tell("dual_control", {"price_override": {"second": 100}})

    screen = open_face(prepare=for_nothing, size=size, language=language)
    screen.begin_day()
    album, counter, hands = Album(screen, pictures, look), screen.counter, screen.hands
    counter.settings.choose("text_scale", text_scale)
    counter.settings.choose("language", language)
    screen.add("nf")
    desk, words = screen.app.face.operations.desk, Words(language)
    assert desk is not None
    line = desk.ask(lambda use: use.ordering.basket.lines[0].line_id)
    desk.ask(lambda use: use.ordering.override_price(line, "0.00", "gift", SENIOR, SENIOR_PIN))
    counter.basket.refresh()
    screen.begin_payment()
    assert counter.payment.subtitle == words.text("payment.subtitle.free")
    album.take("payment-free")
    hands.write("5")
    hands.press("Return")
    refusal = words.error("payment.nothing_due")
    screen.until(lambda: screen.app.face.notices.text == refusal, "the refusal")
    hands.press("Backspace")
    hands.pause(400)
    hands.press("Return")
    screen.until(lambda: counter.payment.done, "the sale")
    album.take("paid-free")
    entry = desk.ask(lambda use: use.context.books.entries(limit=1))[0]
    assert (entry.kind, entry.body["total_fen"]) == ("sale.completed", 0)
    assert screen.app.face.notices.text == ""
