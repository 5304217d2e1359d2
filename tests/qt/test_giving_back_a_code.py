"""A paid code goes back to the customer by keys, at the real gateway.

The sale of a paid code stays open when the order numbers are used up; the clerk gives it back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from terminal.app.usecases import UseCases
from tests.helpers.central import Central
from tests.qt.conftest import Screen

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134500000000000010"
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
