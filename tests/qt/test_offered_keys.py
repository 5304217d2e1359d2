"""The bar at the bottom offers the keys that are of use now, and no others."""

from __future__ import annotations

from tests.helpers.outlet import RICE
from tests.qt.conftest import Screen
from tests.qt.test_cash_up import asked, begin, count, sell, verify
from tests.qt.test_outcome_unknown import offered_keys

pytest_plugins = ["tests.helpers.outlet_fixtures"]

FOR_GOODS = {"F12", "Del", "F7", "F8", "F2", "↑ ↓", "+ − *"}


def test_an_empty_counter_offers_no_key_that_needs_goods_or_a_sale(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.until(lambda: "F10" in offered_keys(screen), "the keys of an empty counter")
    assert not {*FOR_GOODS, "Ctrl+P", "Ctrl+R"} & set(offered_keys(screen))
    screen.add("nf")
    screen.until(lambda: set(offered_keys(screen)) >= FOR_GOODS, "the keys of a basket")
    assert not {"Ctrl+P", "Ctrl+R"} & set(offered_keys(screen))
    screen.hands.press("F2")
    screen.until(lambda: "Ctrl+R" in offered_keys(screen), "the key of a parked basket")
    screen.until(lambda: not FOR_GOODS & set(offered_keys(screen)), "an empty basket's keys")
    screen.hands.press("Ctrl+R")
    screen.until(lambda: counter.page == "parked", "the parked baskets")
    screen.hands.press("Return")
    screen.until(lambda: counter.page == "selling" and not counter.basket.empty, "the basket")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: counter.payment.done, "the sale")
    screen.until(lambda: "Ctrl+P" in offered_keys(screen), "the key of a slip")
    screen.hands.press("F1")
    screen.until(lambda: counter.page == "selling", "the next customer")
    assert "Ctrl+P" in offered_keys(screen)
    assert not {*FOR_GOODS, "Ctrl+R"} & set(offered_keys(screen))


def test_goods_found_over_an_empty_basket_offer_the_arrows(counter_screen: Screen) -> None:
    screen = counter_screen
    screen.hands.scan("1*" + RICE)
    screen.until(lambda: "↑ ↓" in offered_keys(screen), "the arrows")
    screen.hands.press("Esc")
    screen.until(lambda: "↑ ↓" not in offered_keys(screen), "an empty counter")


def test_a_till_that_is_even_offers_another_count_and_no_dispute(counter_screen: Screen) -> None:
    screen = counter_screen
    begin(screen)
    count(screen, 0)
    screen.until(lambda: "F8" in offered_keys(screen), "another count")
    assert "F7" not in offered_keys(screen)


def test_a_disputed_count_offers_no_other_count(counter_screen: Screen) -> None:
    screen, page = counter_screen, counter_screen.counter.cashUp
    sell(screen, handed="100")
    begin(screen)
    count(screen, -50)
    screen.until(lambda: {"F7", "F8"} <= set(offered_keys(screen)), "a dispute")
    screen.hands.press("F7")
    screen.until(lambda: page.asking == "dispute", "the form")
    screen.hands.write("没有短款")
    screen.hands.press("Return")
    asked(screen, "verify")
    screen.until(lambda: "Ctrl+J" in offered_keys(screen), "the evidence")
    assert "F8" not in offered_keys(screen)
    verify(screen)
    screen.until(lambda: "F12" in offered_keys(screen), "the end")
    assert "F8" not in offered_keys(screen)
