"""A paid code goes back to the customer by keys, at the real gateway.

The sale of a paid code stays open when the order numbers are used up; the clerk gives it back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from terminal.app.usecases import UseCases
from tests.helpers.central import Central
from tests.qt.conftest import Screen
from tests.qt.test_screens import Album

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134500000000000010"
REFUSED_CODE = "134500000000000080"
NO_NUMBERS = {"status_5xx": 1.0, "paths": ["/v1/ranges"]}
CODE_FEN = 100


def use_up_order_numbers(cases: UseCases) -> None:
    """As after weeks without the platform."""
    books = cases.context.books
    with books.transaction() as tx:
        for _ in range(books.numbers_left("order")):
            tx.next_order_number()


def ask(screen: Screen, work: Callable[[UseCases], Any]) -> Any:
    """What the books say."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk.ask(work)


def outcomes(screen: Screen) -> list[tuple[str, str, bool]]:
    """State before, state after and whether a refund, of every outcome in the journal."""
    entries = ask(screen, lambda use: use.context.books.entries(limit=50))
    bodies: list[Any] = [entry.body for entry in entries if entry.kind == "payment.outcome"]
    return [(body["before"], body["state"], body["refunding"]) for body in reversed(bodies)]


@pytest.fixture
def held(open_face: Callable[..., Screen], platform: Central) -> Screen:
    """1 yuan in cash and the rest by a confirmed code, and no number to book the sale under."""
    platform.begin_books()
    platform.faults(**NO_NUMBERS)
    screen = open_face(platform=platform)
    screen.begin_day()
    ask(screen, use_up_order_numbers)
    payment = screen.counter.payment
    screen.add("nf")
    screen.begin_payment()
    screen.hands.write("1")
    screen.hands.press("Return")
    screen.until(lambda: payment.tenders.count == 1, "the cash part")
    screen.hands.scan(PAYER_CODE)
    screen.until(lambda: payment.code.state == "paid", "the confirmed code")
    screen.until(lambda: payment.tenders.count == 2, "both tenders")
    assert not payment.done
    assert platform.books()["gateway"]["net_fen"] == CODE_FEN
    return screen


def test_a_paid_code_goes_back_by_keys(held: Screen, platform: Central) -> None:
    payment = held.counter.payment
    held.tab_to("退回 微信")
    held.hands.press("Return")
    held.hands.press("Return")
    held.until(lambda: payment.code.state == "reversed", "the money back")
    held.until(lambda: payment.tenders.count == 1, "only the cash left")
    assert "已退回" in payment.code.text
    assert payment.takesMoney
    assert not held.counter.basket.frozen
    assert outcomes(held) == [
        ("armed", "paid", False),
        ("paid", "reversing", True),
        ("reversing", "reversed", True),
    ]
    book = platform.books()["gateway"]
    assert (book["net_fen"], book["reversed_fen"]) == (0, CODE_FEN)


def gateway(platform: Central) -> tuple[int, int, int]:
    """Number of charges, what was taken, what is left, by the gateway's own book."""
    book = platform.books()["gateway"]
    return book["charges"], book["charged_fen"], book["net_fen"]


def test_the_platform_sees_the_money_come_and_go(held: Screen, platform: Central) -> None:
    held.tab_to("退回 微信")
    held.hands.press("Return")
    held.until(lambda: held.counter.payment.code.state == "reversed", "the money back")
    head = ask(held, lambda use: use.queue.summary().head_seq)
    held.until(
        lambda: ask(held, lambda use: use.queue.summary().confirmed_seq) >= head, "the upload"
    )
    assert platform.books()["accounts"] == {}
    assert gateway(platform) == (1, CODE_FEN, 0)


def test_a_code_given_back_without_the_platform_stays_in_doubt_until_it_is_back(
    held: Screen, platform: Central, pictures: Path
) -> None:
    counter, payment = held.counter, held.counter.payment
    platform.faults(offline=True)
    held.tab_to("退回 微信")
    held.hands.press("Return")
    held.until(lambda: payment.code.state == "reversing", "the reversal under way")
    assert payment.code.chip == "微信 · 退回中"
    assert "不要另退现金" in payment.code.text
    held.until(lambda: payment.code.inDoubt, "the doubt")
    assert payment.code.chip == "微信 · 退回存疑"
    Album(held, pictures, "zh-1366").take("refund-in-doubt")
    held.hands.press("F2")
    held.hands.pause(200)
    assert counter.page == "payment", "a basket with cash on it is not parked"
    held.tab_to("退回 现金")
    held.hands.press("Return")
    held.until(lambda: payment.tenders.count == 0, "the cash back")
    held.hands.press("F2")
    held.until(lambda: counter.page == "selling" and counter.basket.empty, "the next customer")
    platform.faults(**NO_NUMBERS)
    held.until(lambda: outcomes(held)[-1] == ("doubt", "reversing", True), "another try")
    held.until(lambda: outcomes(held)[-1] == ("reversing", "reversed", True), "the money back")
    assert gateway(platform) == (1, CODE_FEN, 0)


def test_a_lost_answer_to_a_reversal_is_asked_for_and_nothing_goes_back_twice(
    held: Screen, platform: Central
) -> None:
    platform.faults(lose_answer=1.0, paths=["/v1/payments"])
    held.tab_to("退回 微信")
    held.hands.press("Return")
    held.until(lambda: held.counter.payment.code.inDoubt, "the doubt")
    platform.faults(**NO_NUMBERS)
    held.until(lambda: held.counter.payment.code.state == "reversed", "the money back")
    assert platform.books()["gateway"]["reversed_fen"] == CODE_FEN
    assert not held.counter.basket.frozen


def test_a_sale_that_could_not_be_booked_is_booked_once_when_it_can(
    held: Screen, platform: Central, pictures: Path
) -> None:
    payment = held.counter.payment
    held.until(lambda: payment.covered, "all the money")
    held.until(lambda: "单号已用完" in held.counter.notices.text, "why it is not booked")
    Album(held, pictures, "zh-1366").take("payment-not-booked")
    held.hands.press("Return")
    held.hands.pause(300)
    assert not payment.done
    platform.faults()
    held.until(
        lambda: ask(held, lambda use: use.context.books.numbers_left("order")) > 0, "numbers"
    )
    held.hands.press("Return")
    held.until(lambda: payment.done, "the sale")
    # The desk tries by itself too: whoever was first, the other finds it booked.
    kinds = ask(held, lambda use: [e.kind for e in use.context.books.entries(limit=50)])
    assert kinds.count("sale.completed") == 1
    assert gateway(platform) == (1, CODE_FEN, CODE_FEN)


def test_a_paid_code_stays_with_its_basket_and_goes_back_from_a_longer_one(
    held: Screen, platform: Central
) -> None:
    counter, payment = held.counter, held.counter.payment
    held.hands.press("Esc")
    held.until(lambda: counter.page == "selling", "the basket")
    held.add("yp")
    held.begin_payment()
    held.until(lambda: payment.tenders.count == 1, "the code alone")
    assert payment.split
    assert not payment.covered
    held.tab_to("退回 微信")
    held.hands.press("Return")
    held.until(lambda: payment.code.state == "reversed", "the money back")
    assert payment.remaining == payment.due
    assert gateway(platform) == (1, CODE_FEN, 0)
    held.hands.press("Esc")
    held.until(lambda: counter.page == "selling", "the basket free again")
    held.hands.press("Del")
    held.until(lambda: counter.basket.lines.count == 1, "a line less")


def test_while_the_older_of_two_codes_goes_back_no_money_is_taken(
    held: Screen, platform: Central
) -> None:
    counter, payment = held.counter, held.counter.payment
    held.hands.press("Esc")
    held.until(lambda: counter.page == "selling", "the basket")
    held.add("yp")
    held.begin_payment()
    held.hands.scan(REFUSED_CODE)
    held.until(lambda: payment.code.state == "failed", "the refusal")
    platform.faults(offline=True)
    held.tab_to("退回 微信")
    held.hands.press("Return")
    held.until(lambda: held.counter.basket.frozen, "the reversal under way")
    assert not payment.takesMoney
    held.hands.press("F11")
    held.hands.pause(200)
    assert payment.tenders.count == 0, "no cash while the money is on its way back"
    platform.faults(**NO_NUMBERS)
    held.until(lambda: payment.takesMoney, "the basket free again")
    assert gateway(platform) == (1, CODE_FEN, 0)
