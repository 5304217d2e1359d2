"""A queue of people waits: the next basket starts at once; long baskets stay at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtQuick import QQuickItem, QQuickWindow

from tests.helpers.outlet import RICE, STAMP
from tests.qt.conftest import Screen, focus_name
from tests.qt.test_screens import shown
from ui.common.keys import hints_for

pytest_plugins = ["tests.helpers.outlet_fixtures"]

WATER = "6921168509256"
MANY, STAMP_AT = 200, 102


def sell_for(screen: Screen, received: str) -> None:
    """Sell one item for cash; the change stands on the screen."""
    screen.add("nf")
    screen.begin_payment()
    screen.hands.write(received)
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.done, "the sale")


def test_a_scan_while_the_change_is_shown_starts_the_next_basket(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    sell_for(screen, "100")
    began = time.monotonic()
    screen.hands.scan(WATER)
    screen.until(lambda: counter.basket.lines.count == 1, "the next basket")
    assert time.monotonic() - began < 3
    assert counter.page == "selling"
    screen.until(lambda: focus_name() == "scan", "the scan field's focus")
    assert counter.scanField.text == ""
    screen.until(lambda: "98.00" in counter.last.summary, "the change at the bottom")


def test_typing_while_the_change_is_shown_searches_for_the_next(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    sell_for(screen, "100")
    screen.hands.write("yp")
    screen.until(lambda: counter.scanField.text == "yp", "the typed text")
    screen.until(lambda: counter.scanField.results.count > 0, "results")
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the next basket")
    assert "98.00" in counter.last.summary


def test_an_unknown_scan_after_a_sale_leaves_the_field_empty(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    sell_for(screen, "100")
    screen.hands.scan("6900000000007")
    screen.until(lambda: counter.notices.text != "", "the refusal")
    assert counter.scanField.text == ""


def test_a_form_with_cash_laid_down_is_not_left_behind(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.begin_payment()
    screen.hands.write("0.50")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.split, "the part")
    # As a click on the rail does it; keys do not work there meanwhile.
    counter.act("open_cash_up")
    assert counter.page == "payment"
    assert "尚未入账" in counter.notices.text
    screen.hands.press("Escape")
    screen.until(lambda: counter.page == "selling", "the cash given back")
    counter.act("open_cash_up")
    assert counter.page == "cash_up"


def test_a_warning_of_goods_nobody_knows_stays_true_when_others_follow(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.hands.scan("6900000000007")
    screen.until(lambda: "没有变化" in counter.notices.text, "the refusal")
    screen.hands.scan(WATER)
    screen.until(lambda: counter.basket.lines.count == 1, "the goods")
    assert "没有变化" not in counter.notices.text
    assert "6900000000007" in counter.notices.text
    assert "不在购物篮" in counter.notices.text


def test_a_warning_of_an_unknown_code_is_not_on_the_paid_screen(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.begin_payment()
    screen.hands.scan("6900000000007")
    screen.until(lambda: "6900000000007" in counter.notices.text, "the refusal")
    screen.hands.press("F11")
    screen.until(lambda: counter.payment.done, "the sale")
    assert counter.notices.text == ""


def test_the_change_is_forgotten_with_the_next_sale(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    sell_for(screen, "100")
    screen.hands.scan(WATER)
    screen.until(lambda: counter.basket.lines.count == 1, "the next basket")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: counter.payment.done, "the second sale")
    screen.until(lambda: "98.00" not in counter.last.summary, "the second sale at the bottom")


def test_good_news_stays_on_its_page_and_goes_with_the_next_key(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("F2")
    screen.until(lambda: counter.notices.text != "", "the notice")
    screen.hands.press("F5")
    assert counter.notices.text == ""
    screen.hands.press("F1")
    screen.hands.press("F12")
    screen.until(lambda: counter.notices.tone == "wait", "the refusal")
    refusal = counter.notices.text
    screen.hands.press("Down")
    assert counter.notices.text == refusal, "a key already under way does not take it away"
    screen.hands.pause(1100)
    assert counter.notices.text == refusal, "a refusal does not leave by itself"
    screen.hands.press("Down")
    assert counter.notices.text == ""


def test_a_terminal_that_waits_for_enrolment_complains_of_nothing(
    open_face: Callable[..., Screen],
) -> None:
    screen = open_face(enrolled=False)
    screen.until(lambda: screen.app.face.stage == "enrolment", "the enrolment form")
    screen.counter.refresh()
    screen.hands.pause(200)
    assert screen.app.face.notices.text == ""


def chosen_line(screen: Screen) -> QQuickItem | None:
    """The basket line that is marked, when it can be seen."""
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    for item in shown(window.contentItem()):
        if item.property("note") is not None and item.property("current"):
            view = item.parentItem().parentItem()
            place = item.mapToItem(view, 0, 0)
            if place.y() >= 0 and place.y() + item.height() <= view.height() + 1:
                return item
    return None


def test_two_hundred_lines_are_walked_by_keys(counter_screen: Screen, pictures: Path) -> None:
    screen, counter = counter_screen, counter_screen.counter
    for place in range(MANY):
        counter.scanField.add(*((STAMP, 1) if place == STAMP_AT else (RICE, 250)))
    screen.until(lambda: counter.basket.lines.count == MANY, "many lines")
    screen.until(lambda: chosen_line(screen) is not None, "the last line in sight")
    assert counter.basket.selected == MANY - 1
    for _ in range(12):
        screen.hands.press("PgUp")
    for _ in range(2):
        screen.hands.press("Up")
    screen.hands.press("Down")
    screen.hands.press("PgUp")
    screen.hands.press("PgDown")
    assert counter.basket.selected == STAMP_AT
    screen.until(lambda: chosen_line(screen) is not None, "the chosen line in sight")
    screen.hands.press("+")
    screen.until(
        lambda: counter.basket.lines.rows[STAMP_AT].detail.startswith("2 "), "two of that line"
    )
    screen.hands.picture(pictures / "counter-many.zh-1366.png")
    screen.hands.press("Del")
    screen.until(lambda: counter.basket.lines.count == MANY - 1, "the line gone")
    assert {row.weighed for row in counter.basket.lines.rows} == {True}
    assert any("↑" in hint.label for hint in hints_for("selling"))


def test_nothing_ticks_on_an_idle_counter(counter_screen: Screen) -> None:
    screen = counter_screen
    screen.hands.pause(300)
    busy = [
        timer.interval()
        for timer in screen.app.face.findChildren(QTimer)
        if timer.isActive() and timer.interval() < 1000 and not timer.isSingleShot()
    ]
    assert busy == []
