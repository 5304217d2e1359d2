"""A refund whose money the channel has given back elsewhere: told, asked, taken back by two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.app.usecases import UseCases
from terminal.domain.proof import sale_proof_text
from tests.helpers.driven_refunds import given, opened
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.helpers.payments import payer_code
from tests.qt.conftest import Screen
from tests.qt.test_refund_page import PEN, entries, open_sale
from tests.qt.test_screens import LOOKS, Album
from tests.qt.test_second_person_elsewhere import two_counters
from tests.sync.test_refunds_across_counters import until
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]


def sell_by_code(screen: Screen) -> str:
    """Three pens, paid by a payer code; the order's number."""
    screen.hands.write(f"3*{PEN}")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.basket.lines.count == 1, "a line")
    screen.begin_payment()
    screen.hands.scan(payer_code("paid"))
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("F1")
    screen.until(lambda: bool(screen.counter.last.order_no()), "the last sale")
    return str(screen.counter.last.order_no())


def allow(screen: Screen) -> None:
    """The second person says so."""
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")


@pytest.mark.parametrize("look", ["zh-1366", "large-en-1366"])
def test_a_refund_that_was_one_too_many_is_taken_back_by_keys(
    open_face: Callable[..., Screen],
    neighbours_template: Path,
    tmp_path: Path,
    pictures: Path,
    look: str,
) -> None:
    size, language, _theme, text_scale = LOOKS[look]
    with two_counters(
        open_face, neighbours_template, tmp_path / "outlet", size=size, language=language
    ) as (screen, beside):
        counter, hands, words = screen.counter, screen.hands, Words(language)
        number = sell_by_code(screen)
        desk = screen.app.face.operations.desk
        assert desk is not None
        slip = desk.ask(lambda use: sale_slip(use, number))
        beside.line(up=False)
        with beside.driving() as driver:
            given(driver, opened(driver, slip), 3, ("", ""))
            until(beside, "refunded")
        open_sale(screen, number)
        hands.press("F7")
        hands.press("F2")
        hands.press("F12")
        screen.until(lambda: counter.refund.step == "refund_done", "the refund")
        rows = counter.refund.pending.rows
        screen.until(lambda: any(row.exhausted and row.refused for row in rows.rows), "the refusal")
        hands.press("F1")
        hands.press("Ctrl+B")
        for name, value in (("text_scale", text_scale), ("language", language)):
            counter.settings.choose(name, value)
        album, second = Album(screen, pictures, look), counter.second
        screen.tab_to(words.text("refund.pay_cash"))
        hands.press("Return")
        screen.until(lambda: second.open, "the second person's form for cash")
        hands.press("Esc")
        screen.until(lambda: not second.open, "the page")
        screen.tab_to(words.text("refund.take_back"))
        album.take("refund-exhausted")
        hands.press("Return")
        screen.until(lambda: second.open, "the second person's form")
        allow(screen)
        unknown = words.error("refund.not_explained")
        screen.until(lambda: second.message == unknown, "nobody knows yet")
        beside.sync()
        hands.write(SENIOR_PIN)
        hands.press("Return")
        told = words.text("notice.refund_taken_back")
        screen.until(lambda: screen.app.face.notices.text == told, "the undone refund")
        screen.until(lambda: rows.count == 0, "no money that waits")
        assert not second.open
        assert entries(screen, "sale.completed") == 2
        assert desk.ask(lambda use: use.context.books.balances()["payments_held"]) == 0
        album.take("refund-taken-back")


def sale_slip(use: UseCases, number: str) -> str:
    """What the code of the slip says."""
    order = use.context.books.order(number)
    entry = use.context.books.entry(order.seq) if order else None
    assert entry is not None
    return sale_proof_text(entry)
