"""Giving back by keys alone: found, chosen, allowed, booked once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.central import Central
from tests.helpers.outlet import CLERK, SENIOR, SENIOR_PIN
from tests.helpers.stalled_handler import key, presses
from tests.qt.conftest import Screen
from tests.qt.test_screens import LOOKS, Album

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PEN, STAMP = "2900000000117", "2900000000018"


def sell(screen: Screen, code: str, quantity: int = 1) -> str:
    """Sell goods for cash by keys; the order's number."""
    lines = screen.counter.basket.lines.count
    screen.hands.write(f"{quantity}*{code}")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.basket.lines.count == lines + 1, "a line")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("F1")
    screen.until(lambda: screen.counter.page == "selling", "the next customer")
    screen.until(lambda: bool(screen.counter.last.order_no()), "the last sale")
    return str(screen.counter.last.order_no())


def open_sale(screen: Screen, number: str) -> None:
    """Open the refund page with a sale by its last figures."""
    screen.hands.press("Ctrl+B")
    screen.until(lambda: screen.counter.refund.finding.sales.count > 0, "the last sales")
    screen.hands.write(number[-6:])
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.refund.step == "refund_form", "the form")


def entries(screen: Screen, kind: str) -> int:
    """How many entries of a kind the journal has."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    found = desk.ask(lambda use: use.context.books.entries(limit=500))
    return sum(entry.kind == kind for entry in found)


def test_a_return_by_keys_alone_is_booked_once_however_often_enter_is_pressed(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    number = sell(screen, PEN, 3)
    open_sale(screen, number)
    page = screen.counter.refund
    screen.hands.press("+")
    screen.hands.press("F2")
    screen.until(lambda: page.money not in {"", "¥0.00", "￥0.00", "0.00"}, "what it comes to")
    for _ in range(5):
        screen.hands.press("F12")
    screen.until(lambda: page.step == "refund_done", "the refund")
    assert entries(screen, "refund.completed") == 1
    screen.hands.press("F12")
    screen.until(lambda: "没有再退一次" in page.saved, "the answer to a further press")
    assert entries(screen, "refund.completed") == 1
    screen.hands.press("Escape")
    screen.until(lambda: page.step == "refund", "the list")


def test_stamps_go_back_only_by_two_people_and_the_page_says_so(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    open_sale(screen, sell(screen, STAMP))
    page = screen.counter.refund
    assert "不退现金" in page.lines.rows[0].note
    screen.hands.press("F8")
    screen.hands.press("F2")
    screen.until(lambda: page.need != "", "the need of a second person")
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.second.open, "the second person's form")
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")
    screen.until(lambda: page.step == "refund_done", "the reversal")
    assert not screen.counter.second.open
    assert entries(screen, "authorisation.granted") == 1


def test_signing_off_waits_for_the_platform_and_the_refund_stays_hers(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    open_sale(screen, sell(screen, PEN, 3))
    page, face = screen.counter.refund, screen.app.face
    screen.hands.press("+")
    screen.hands.press("F2")
    screen.until(lambda: page.money not in {"", "¥0.00", "￥0.00", "0.00"}, "what it comes to")
    platform.faults(delay_ms=[1500, 1500])
    screen.hands.press("F12")
    screen.until(lambda: entries(screen, "refund.intended") == 1, "the question")
    screen.hands.press("F6")
    screen.until(lambda: screen.counter.dialog == "leave", "the ways to leave")
    screen.hands.press("F6")
    screen.until(lambda: "询问平台" in face.notices.text, "that it waits")
    assert face.stage == "counter"
    screen.until(lambda: page.step == "refund_done", "the refund")
    desk = face.operations.desk
    assert desk is not None
    (booked,) = desk.ask(lambda use: use.context.books.entries(limit=1))
    assert (booked.kind, booked.clerk_id) == ("refund.completed", CLERK)


@pytest.mark.parametrize("combo", ["Return", "F12"])
def test_two_hundred_presses_while_the_core_is_stuck_give_back_once(
    counter_screen: Screen, combo: str
) -> None:
    screen = counter_screen
    open_sale(screen, sell(screen, PEN, 4))
    page = screen.counter.refund
    screen.hands.press("F7")
    screen.hands.press("F2")
    screen.until(lambda: page.parts.count == 1, "what it comes to")
    desk = screen.app.face.operations.desk
    assert desk is not None
    booked = presses(screen, desk, key(screen.app.window, combo))
    assert [entry.kind for entry in booked] == ["refund.completed"]
    assert page.step == "refund_done"


@pytest.mark.parametrize("look", ["zh-1366", "en-1920", "large-1366", "dark-1366"])
def test_every_step_fits_in_every_look(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(size=size, language=language)
    album, hands = Album(screen, pictures, look), screen.hands
    screen.begin_day()
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        screen.counter.settings.choose(name, value)
    hands.write(PEN)
    hands.press("Return")
    screen.until(lambda: screen.counter.basket.lines.count == 1, "the pen")
    number = sell(screen, STAMP, 2)
    hands.press("Ctrl+B")
    page = screen.counter.refund
    screen.until(lambda: page.finding.sales.count > 0, "the last sales")
    hands.pause(150)
    album.take("refund")
    open_sale(screen, number)
    hands.press("+")
    hands.press("F2")
    screen.until(lambda: page.parts.count == 1, "what it comes to")
    hands.pause(150)
    album.take("refund-form")
    hands.press("F8")
    hands.press("F2")
    screen.until(lambda: page.need != "", "the need of a second person")
    hands.press("F12")
    screen.until(lambda: screen.counter.second.open, "the second person's form")
    hands.pause(150)
    album.take("second-person")
    hands.write(SENIOR)
    hands.press("Return")
    hands.write(SENIOR_PIN)
    hands.press("Return")
    screen.until(lambda: page.step == "refund_done", "the reversal")
    hands.pause(150)
    assert not any(told in page.saved for told in ("twice", "没有再退"))
    album.take("refund-done")
