"""A clerk's work with real keys on the real face over real books."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from tests.helpers.central import Central
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, RICE
from tests.qt.conftest import Screen, focus_name

pytest_plugins = ["tests.helpers.outlet_fixtures"]

WATER = "6921168509256"


def field_text() -> str:
    """What stands in the field that has the keyboard."""
    focus = QGuiApplication.focusObject()
    assert focus is not None
    return str(focus.property("text"))


def test_typing_before_the_core_is_open_is_kept(screen: Screen) -> None:
    screen.hands.write(MANAGER)
    screen.hands.press("Return")
    screen.hands.write(MANAGER_PIN)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.signOn.mode == "clerk", "the outlet opened early")


def test_a_whole_sale_without_the_mouse(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("+")
    screen.until(lambda: counter.basket.lines.rows[0].detail.startswith("2"), "two pieces")
    total = counter.basket.total
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.due == total, "the form")
    screen.hands.write("10")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.done, "the sale")
    assert counter.payment.sale.change == "¥\u202f6.00"
    screen.hands.pause(1300)
    screen.hands.press("Return")
    screen.until(lambda: focus_name() == "scan" and counter.page == "selling", "the next customer")
    assert counter.basket.empty


def test_the_second_press_says_already_saved_and_books_nothing(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.due != "", "the form")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.done, "the sale")
    head = _entries(screen)
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.sale.alreadyText != "", "the answer")
    assert counter.payment.done
    screen.hands.pause(200)
    assert _entries(screen) == head


def _entries(screen: Screen) -> int:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk.ask(lambda cases: cases.queue.summary()).head_seq


def test_a_scan_lands_in_the_basket_and_never_in_the_field(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.hands.write("zz")
    screen.hands.scan(WATER)
    screen.until(lambda: counter.basket.lines.count == 1, "the line")
    assert WATER not in field_text()


def test_a_scan_works_while_a_dialog_is_open(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("*")
    screen.until(lambda: counter.dialog == "quantity", "the dialog")
    screen.hands.scan("6931958014105")
    screen.until(lambda: counter.basket.lines.count == 2, "the second line")
    assert counter.dialog == ""


def test_twenty_scans_in_a_second_are_twenty_pieces(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    for _ in range(20):
        screen.hands.scan(WATER)
    screen.until(
        lambda: sum(int(row.detail.split()[0]) for row in counter.basket.lines.rows) == 20,
        "twenty pieces",
    )


def test_esc_goes_one_step_back_and_loses_nothing(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.due != "", "the form")
    screen.hands.press("Esc")
    screen.until(lambda: counter.page == "selling", "selling")
    assert counter.basket.lines.count == 1
    screen.hands.write("nf")
    screen.hands.press("Esc")
    assert field_text() == ""
    assert counter.basket.lines.count == 1


def test_quantity_void_suspend_and_recall_by_keys(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.add("yp")
    screen.hands.press("*")
    screen.until(lambda: counter.dialog == "quantity", "the dialog")
    screen.hands.write("12")
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.rows[1].detail.startswith("12 "), "twelve")
    screen.until(lambda: focus_name() == "scan", "the scan field's focus")
    screen.hands.press("Del")
    screen.until(lambda: counter.basket.lines.count == 1, "one line")
    screen.hands.press("F2")
    screen.until(lambda: counter.basket.empty, "an empty basket")
    screen.hands.press("Ctrl+R")
    screen.until(lambda: counter.parked.rows.count == 1, "the parked basket")
    screen.hands.pause(100)
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the basket back")


def test_a_price_override_needs_a_second_person(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("dm")
    screen.hands.press("F8")
    screen.until(lambda: counter.dialog == "override", "the dialog")
    for text in ("6", "box damaged", CLERK):
        screen.hands.write(text)
        screen.hands.press("Return")
    screen.hands.write(PIN)
    screen.hands.press("Return")
    screen.until(lambda: counter.override.message != "", "the refusal")
    counter.override.submit("6", "box damaged", MANAGER, MANAGER_PIN)
    screen.until(lambda: counter.dialog == "", "the allowed price")
    assert counter.basket.total == "¥\u202f6.00"


def test_a_wrong_pin_says_how_many_tries_are_left(screen: Screen) -> None:
    screen.open_core()
    screen.open_outlet()
    screen.hands.write(CLERK)
    screen.hands.press("Return")
    screen.hands.write("000000")
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.signOn.tone == "danger", "the refusal")
    assert "{left}" not in screen.app.face.signOn.message


def test_the_lock_keeps_the_basket_and_unlocks_with_the_pin(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("F10")
    screen.until(lambda: screen.app.face.signOn.mode == "unlock", "the lock")
    screen.hands.write(PIN)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "counter", "the counter again")
    assert counter.basket.lines.count == 1


def test_another_language_without_a_restart(counter_screen: Screen) -> None:
    counter = counter_screen.counter
    counter_screen.add("nf")
    assert counter.basket.countText.startswith("小计")
    counter.settings.choose("language", "en")
    assert counter.basket.countText.startswith("Subtotal")
    texts = {
        item.property("text")
        for item in counter_screen.app.window.findChildren(QObject)
        if isinstance(item.property("text"), str)
    }
    assert "Take payment" in texts
    assert "收款" not in texts


def test_a_payer_code_pays_the_basket_through_the_platform(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    counter = screen.counter
    screen.add("nf")
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.due != "", "the form")
    screen.hands.scan("134500000000000010")
    screen.until(lambda: counter.payment.done, "the sale")
    assert not counter.payment.sale.hasChange


def test_a_refused_code_says_so_and_cash_still_works(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    counter = screen.counter
    screen.add("nf")
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.due != "", "the form")
    screen.hands.scan("134500000000000082")
    screen.until(lambda: counter.payment.code.state == "failed", "the refusal")
    assert counter.payment.code.text
    screen.hands.press("F11")
    screen.until(lambda: counter.payment.done, "the sale in cash")


def test_the_second_press_after_a_part_does_not_take_the_rest(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.due != "", "the form")
    screen.hands.write("1")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.split, "the part")
    screen.hands.press("Return")
    screen.hands.pause(300)
    assert not counter.payment.done
    assert counter.payment.tenders.count == 1


@pytest.mark.parametrize(
    ("goods", "wrong", "bound", "most"),
    [("nf", "99999999", "9999", "9999"), (RICE, "1000", "999.999", "999.999")],
)
def test_a_quantity_that_no_line_takes_is_answered_with_the_bound(
    counter_screen: Screen, goods: str, wrong: str, bound: str, most: str
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.hands.write(goods)
    screen.until(lambda: counter.scanField.results.count > 0, "results")
    screen.hands.press("Return")
    if goods == "nf":
        screen.until(lambda: counter.basket.lines.count == 1, "the line")
        screen.hands.press("*")
    screen.until(lambda: counter.dialog == "quantity", "the dialog")
    screen.hands.write(wrong)
    screen.hands.press("Return")
    screen.until(lambda: bound in counter.quantity.message, "the bound")
    assert counter.dialog == "quantity"
    counter.settings.choose("language", "en")
    screen.until(lambda: "nothing was changed" in counter.quantity.message, "the bound in English")
    for _ in wrong:
        screen.hands.press("Backspace")
    screen.hands.write(most)
    screen.hands.press("Return")
    screen.until(lambda: counter.dialog == "", "the quantity taken")
    screen.until(lambda: counter.basket.lines.count == 1, "the line")


def test_a_scan_as_long_as_a_page_is_repeated_in_short(counter_screen: Screen) -> None:
    screen = counter_screen
    screen.hands.scan("69" * 150)
    screen.until(lambda: "6969" in screen.counter.notices.text, "the refusal")
    assert "69" * 19 + "6…" in screen.counter.notices.text
    assert "69" * 20 not in screen.counter.notices.text
