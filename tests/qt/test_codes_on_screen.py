"""Payer codes that go wrong, on the screen: in doubt, parked, settled later, given back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from terminal.app.code_payments import AttemptView
from terminal.app.payment_view import PaymentView
from tests.helpers.central import Central
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.qt.conftest import Screen
from tests.qt.test_screens import LOOKS, Album
from ui.common.tender_words import attempt_text
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134500000000000010"
NOT_CHARGED = re.compile("没有(被)?扣款|not charged|nothing was charged", re.IGNORECASE)


def begin_doubt(screen: Screen, platform: Central) -> None:
    """A charge is done, its answer is lost, and then the platform is away."""
    screen.add("nf")
    screen.begin_payment()
    platform.faults(lose_answer=1.0, paths=["/v1/payments"])
    screen.hands.scan(PAYER_CODE)
    screen.until(lambda: screen.counter.payment.code.state == "unknown", "the lost answer")
    platform.faults(offline=True)
    screen.until(lambda: screen.counter.payment.code.inDoubt, "the doubt")


def decide_late(screen: Screen, deed: str, album: Album | None = None) -> None:
    """The channel has the money after all: a second person says what becomes of it."""
    doubts = screen.counter.last.doubts
    screen.until(lambda: any(row.for_a_person for row in doubts.rows.rows), "the late payment")
    screen.hands.pause(100)
    if album is not None:
        album.take("last-late")
    screen.tab_to(deed)
    screen.hands.press("Return")
    screen.until(lambda: bool(doubts.second.open), "the second person")
    screen.hands.pause(50)
    if album is not None:
        album.take("last-late-second")
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")
    screen.until(lambda: doubts.rows.count == 0, "its end")


def test_a_late_payment_that_is_kept_pays_for_its_basket(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    counter = screen.counter
    begin_doubt(screen, platform)
    screen.hands.press("F2")
    screen.until(lambda: counter.page == "selling" and counter.basket.empty, "the next customer")
    screen.hands.press("F4")
    platform.faults()
    decide_late(screen, "收下")
    screen.hands.press("F3")
    screen.until(lambda: counter.parked.rows.count == 1, "the parked basket")
    screen.hands.pause(100)
    screen.hands.press("Return")
    screen.until(lambda: not counter.basket.empty, "the basket back")
    screen.hands.press("F12")
    screen.until(lambda: counter.payment.done, "the sale that the code had paid")


@pytest.mark.parametrize("look", ["zh-1366", "large-1366"])
def test_a_payment_in_doubt_is_parked_and_ends_by_a_persons_word(
    open_face: Callable[..., Screen], platform: Central, pictures: Path, look: str
) -> None:
    size, language, _theme, text_scale = LOOKS[look]
    screen = open_face(platform=platform, size=size, language=language)
    screen.begin_day()
    counter, album = screen.counter, Album(screen, pictures, look)
    counter.settings.choose("text_scale", text_scale)
    counter.settings.choose("language", language)
    begin_doubt(screen, platform)
    assert not counter.payment.takesMoney
    assert "F2" in counter.payment.code.text
    album.take("payment-doubt")
    screen.hands.press("Esc")
    assert counter.page == "payment", "a payment in doubt is not left by the way"
    screen.hands.press("F2")
    screen.until(lambda: counter.page == "selling" and counter.basket.empty, "the next customer")
    screen.hands.press("F4")
    screen.until(lambda: counter.last.doubts.rows.count == 1, "the payment in doubt")
    screen.hands.pause(100)
    album.take("last-doubt")
    platform.faults()
    decide_late(screen, "退回" if language == "zh_CN" else "Give", album)
    screen.hands.press("F3")
    screen.until(lambda: counter.parked.rows.count == 1, "the parked basket")
    screen.hands.pause(100)
    screen.hands.press("Return")
    screen.until(lambda: not counter.basket.empty or counter.payment.done, "the basket back")
    screen.begin_payment()
    screen.until(lambda: counter.payment.code.state == "reversed", "the charge taken back")
    screen.hands.press("F11")
    screen.until(lambda: counter.payment.done, "the sale in cash")


@pytest.mark.parametrize(
    ("state", "words"), [("reversing", "请不要另退现金"), ("reversed", "已退回"), ("doubt", "F2")]
)
def test_money_that_goes_back_is_said_so(state: str, words: str) -> None:
    charge = AttemptView("no", "basket", "wechat", "2.00", state, 3, "payment.closed")
    refund = replace(charge, refunding=True)
    assert words in attempt_text(Words(), refund, 3)
    assert attempt_text(Words(), refund, 3) != attempt_text(Words(), charge, 3)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    "state", ["armed", "sent", "unknown", "reversing", "doubt", "paid", "reversed"]
)
def test_only_a_payment_that_failed_is_said_to_be_not_charged(state: str, language: str) -> None:
    words = Words(language)
    codes = [key.removeprefix("attempt.") for key in words.translator.texts if key.count(".") > 1]
    for code in ["", *codes]:
        for refunding in (False, True):
            attempt = AttemptView("no", "basket", "wechat", "2.00", state, 3, code, refunding)
            assert not NOT_CHARGED.search(attempt_text(words, attempt, 3)), code
    failed = AttemptView("no", "basket", "wechat", "2.00", "failed", 0, "platform.unreachable")
    assert NOT_CHARGED.search(attempt_text(words, failed, 0))


@pytest.mark.parametrize("code", ["database.full", "database.io_error"])
def test_a_doubt_that_is_the_disks_says_so(code: str) -> None:
    attempt = AttemptView("no", "basket", "wechat", "2.00", "doubt", 0, code)
    assert "磁盘" in attempt_text(Words(), attempt, 0)


def test_a_platform_that_dies_under_a_payment_leaves_a_doubt_and_takes_no_cash(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform)
    screen.begin_day()
    code = screen.counter.payment.code
    screen.add("nf")
    screen.begin_payment()
    platform.faults(lose_answer=1.0, paths=["/v1/payments"])
    screen.hands.scan(PAYER_CODE)
    screen.until(lambda: code.state == "unknown", "the lost answer")
    platform.kill()
    screen.until(lambda: code.inDoubt, "the doubt")
    assert "不要再收" in code.text
    assert not NOT_CHARGED.search(code.text)
    assert not screen.counter.payment.takesMoney


def test_what_arrives_after_the_form_was_left_opens_nothing(counter_screen: Screen) -> None:
    screen, payment = counter_screen, counter_screen.counter.payment
    screen.add("yp")
    screen.begin_payment()
    arrived: list[PaymentView] = []
    screen.app.face.operations.run(lambda use: use.paying.view(), arrived.append)
    screen.until(lambda: bool(arrived), "a look at the form")
    screen.hands.press("Esc")
    screen.until(lambda: screen.counter.page == "selling", "the basket")
    payment.show(arrived[0])
    assert not payment.open


def test_a_cash_part_returns_at_once(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.add("nf")
    screen.begin_payment()
    due = counter.payment.remaining
    screen.hands.write("1")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.tenders.count == 1, "the cash part")
    screen.tab_to("退回")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.tenders.count == 0, "the cash back")
    assert counter.payment.remaining == due


def test_the_seconds_shown_are_those_until_the_next_query(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    screen = open_face(platform=platform, payment_speed=0.5)
    screen.begin_day()
    counter = screen.counter
    screen.add("nf")
    screen.begin_payment()
    texts: list[str] = []
    counter.payment.changed.connect(lambda: texts.append(counter.payment.code.text))
    platform.faults(lose_answer=1.0, paths=["/v1/payments"])
    screen.hands.scan(PAYER_CODE)
    screen.until(lambda: any("秒后再查" in text for text in texts), "a countdown")
    platform.faults()
    screen.until(lambda: counter.payment.done, "the sale")
