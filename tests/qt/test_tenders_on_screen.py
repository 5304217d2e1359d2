"""Every tender by its key, on the real form against the real platform and a card terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.simulators.virtual_card_bank import VirtualCardBank
from devices.simulators.virtual_card_terminal import VirtualCardTerminal
from devices.simulators.virtual_line import TcpLine
from tests.helpers.central import Central
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.qt.conftest import Screen
from tests.qt.test_screens import LOOKS, Album

pytest_plugins = ["tests.helpers.outlet_fixtures"]

CARD, VOUCHER, EMPTY_CARD = "690000000018", "QA20260001", "690000000034"
Open = Callable[..., Screen]


@pytest.fixture
def bank() -> VirtualCardBank:
    return VirtualCardBank()


@pytest.fixture
def card_line(bank: VirtualCardBank) -> Iterator[str]:
    with TcpLine(VirtualCardTerminal(bank.answer)) as line:
        yield line.url


@pytest.fixture
def till(open_face: Open, platform: Central, card_line: str) -> Screen:
    """A counter with a card terminal, online, day begun."""
    screen = open_face(platform=platform, devices={"card_terminal": {"url": card_line}})
    screen.begin_day()
    return screen


def begin(screen: Screen, *goods: str) -> None:
    for text in goods:
        screen.add(text)
    screen.begin_payment()
    screen.hands.pause(50)


def enter(screen: Screen, key: str, kind: str) -> None:
    """Press a tender's key; its entry opens."""
    screen.hands.press(key)
    screen.until(lambda: screen.counter.payment.entry.kind == kind, kind)
    screen.hands.pause(50)


def paid(screen: Screen) -> list[tuple[str, str]]:
    """What the booked sale says it was paid by."""
    payment = screen.counter.payment
    screen.until(lambda: payment.done, f"the sale: {payment.entry.message} {payment.code.text}")
    rows = payment.sale.tenders.rows
    return [(row.name, row.amount.replace("\u202f", "")) for row in rows]


def a_prepaid_card_is_looked_up_then_charged(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "F6", "prepaid_card")
    till.hands.write(CARD)
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.entry.worthText != "", "its worth")
    assert "200.00" in till.counter.payment.entry.worthText
    till.hands.press("Return")
    assert paid(till) == [("预付卡 …0018", "¥2.00")]


def a_blocked_card_is_refused_and_cash_still_pays(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "F6", "prepaid_card")
    till.hands.write(EMPTY_CARD)
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.entry.message != "", "the refusal")
    assert "没有扣款" in till.counter.payment.entry.message
    till.hands.press("Esc")
    assert not till.counter.payment.entry.open
    till.hands.press("F11")
    assert paid(till) == [("收到现金", "¥2.00")]


def a_late_enter_takes_no_cash_for_another_tender(till: Screen, _bank: VirtualCardBank) -> None:
    """The keyboard may still be on its way to the other field: a late Enter must do nothing."""
    begin(till, "nf")
    enter(till, "F6", "prepaid_card")
    till.counter.payment.payCash("")
    till.counter.payment.payCash("2")
    till.hands.pause(200)
    assert not till.counter.payment.done
    assert till.counter.payment.tenders.count == 0
    till.hands.press("F11")
    assert paid(till) == [("收到现金", "¥2.00")]


def a_voucher_says_what_lapses_before_it_is_used(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "F9", "voucher")
    till.hands.scan(VOUCHER)
    till.until(lambda: till.counter.payment.entry.worthText != "", "its worth")
    assert "8.00 作废" in till.counter.payment.entry.worthText
    till.hands.press("Return")
    assert paid(till) == [("券 …0001", "¥2.00")]


def our_own_code_is_shown_until_it_is_paid(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "F4", "merchant_code")
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.code.qrPath != "", "the code to be scanned")
    till.hands.press("F4")
    assert paid(till) == [("收款码", "¥2.00")]


def a_bank_card_gives_a_masked_number_and_nothing_else(till: Screen, bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "F5", "bank_card")
    till.hands.press("Return")
    assert paid(till) == [("银行卡 …5702", "¥2.00")]
    assert sum(bank.book.values()) == 200


def a_split_over_stamps_points_and_cash(till: Screen, _bank: VirtualCardBank) -> None:
    """1.20 of postage in stamps, a yuan in points by an amount typed first, the rest in cash."""
    begin(till, "hjyz", "nf")
    enter(till, "F1", "affixed")
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.tenders.count == 1, "the stamps")
    till.hands.write("1")
    enter(till, "F8", "points")
    till.hands.write("880000000012")
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.entry.worthText != "", "the points")
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.tenders.count == 2, "the points paid")
    till.hands.press("F11")
    assert paid(till) == [
        ("积分支付 …0012", "¥1.00"),
        ("贴票", "¥1.20"),
        ("收到现金", "¥1.00"),
    ]


def on_account_needs_a_second_person(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "Ctrl+O", "on_account")
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.entry.second.open, "the second person")
    till.hands.write(SENIOR)
    till.hands.press("Return")
    till.hands.write(SENIOR_PIN)
    till.hands.press("Return")
    assert paid(till) == [("记欠 C1001", "¥2.00")]


def cash_on_delivery_names_the_courier(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    enter(till, "F10", "cash_on_delivery")
    till.hands.press("Return")
    assert paid(till) == [("货到付款 K07", "¥2.00")]


def much_cash_is_counted_by_two(till: Screen, _bank: VirtualCardBank) -> None:
    begin(till, "nf")
    till.hands.write("60000")
    till.hands.press("Return")
    till.until(lambda: till.counter.payment.entry.second.open, "the second person")
    till.hands.write(SENIOR)
    till.hands.press("Return")
    till.hands.write(SENIOR_PIN)
    till.hands.press("Return")
    assert paid(till) == [("收到现金", "¥60000.00")]


FLOWS: tuple[Callable[[Screen, VirtualCardBank], None], ...] = (
    a_prepaid_card_is_looked_up_then_charged,
    a_blocked_card_is_refused_and_cash_still_pays,
    a_late_enter_takes_no_cash_for_another_tender,
    a_voucher_says_what_lapses_before_it_is_used,
    our_own_code_is_shown_until_it_is_paid,
    a_bank_card_gives_a_masked_number_and_nothing_else,
    a_split_over_stamps_points_and_cash,
    on_account_needs_a_second_person,
    cash_on_delivery_names_the_courier,
    much_cash_is_counted_by_two,
)


def test_every_tender_by_its_key_one_customer_after_the_other(
    till: Screen, bank: VirtualCardBank
) -> None:
    """One counter for all: what one sale leaves behind, the next must bear."""
    for number, flow in enumerate(FLOWS, 1):
        flow(till, bank)
        till.counter.act("open_selling")
        till.until(lambda: till.counter.basket.empty, f"the customer after {flow.__name__}")
        desk = till.app.face.operations.desk
        assert desk is not None
        held = desk.ask(lambda cases: cases.context.books.balances().get("payments_held", 0))
        assert (number, held) == (number, 0), flow.__name__


@pytest.mark.parametrize("look", ["zh-1366", "dark-1366", "large-1366", "en-1920"])
def test_pictures_of_the_tenders(
    open_face: Open, platform: Central, card_line: str, pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(
        platform=platform,
        size=size,
        language=language,
        devices={"card_terminal": {"url": card_line}},
    )
    screen.begin_day()
    album = Album(screen, pictures, look)
    for name, value in (("text_scale", text_scale), ("theme", theme), ("language", language)):
        screen.counter.settings.choose(name, value)
    begin(screen, "hjyz", "nf")
    screen.hands.press("F1")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.tenders.count == 1, "the stamps")
    album.take("tenders")
    enter(screen, "F9", "voucher")
    screen.hands.scan(VOUCHER)
    screen.until(lambda: screen.counter.payment.entry.worthText != "", "its worth")
    screen.hands.pause(100)
    album.take("tender-voucher")
    screen.hands.press("Esc")
    enter(screen, "Ctrl+O", "on_account")
    album.take("tender-on-account")
    screen.hands.press("Esc")
    platform.faults(gateway="closes")
    enter(screen, "F4", "merchant_code")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.payment.code.qrPath != "", "the code to be scanned")
    album.take("tender-our-code")
