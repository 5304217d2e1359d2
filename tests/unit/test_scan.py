"""The collision table of scanned codes."""

from __future__ import annotations

from datetime import date

import pytest

from terminal.domain.catalogue import Embedded, InStorePattern
from terminal.domain.scan import ScanClass, ScanContext, ScanKind, classify

TODAY = date(2026, 11, 21)
SCALE = (InStorePattern("22PPPPPVVVVVC", Embedded.WEIGHT),)


def scan(text: str, context: ScanContext = ScanContext.SELLING) -> ScanClass:
    return classify(text, context, today=TODAY, in_store=SCALE)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ScanKind.EMPTY),
        (" \r\n", ScanKind.EMPTY),
        ("6921168509256", ScanKind.GTIN),
        ("６９２１１６８５０９２５６", ScanKind.GTIN),
        ("]E06921168509256", ScanKind.GTIN),
        ("69019388", ScanKind.GTIN),
        ("2200102015003", ScanKind.IN_STORE),
        ("2900000000018", ScanKind.GTIN),
        ("9876543210000", ScanKind.WAYBILL_DOMESTIC),
        ("RA473124829CN", ScanKind.WAYBILL_S10),
        ("ra 473 124 829 cn", ScanKind.WAYBILL_S10),
        ("RA473124828CN", ScanKind.TEXT),
        ("11010519491231002x", ScanKind.RESIDENT_ID),
        ("PT1*T02*7*AAAA*BBBB", ScanKind.RECEIPT_PROOF),
        ("PTC1*voucher", ScanKind.PLATFORM_CODE),
        ("https://example.com/pay", ScanKind.URL),
        ("wxp://f2f0abc", ScanKind.URL),
        ("00101", ScanKind.CODE),
        ("nf550", ScanKind.TEXT),
        ("农夫550", ScanKind.TEXT),
        ("4111111111111111", ScanKind.BANK_CARD_REFUSED),
    ],
)
def test_kinds_while_selling(text: str, kind: ScanKind) -> None:
    assert scan(text).kind is kind


def test_payer_codes_count_in_payment_only() -> None:
    codes = {
        "134567890123456789": "wechat",
        "281234567890123456": "alipay",
        "6212345678901234567": "unionpay",
    }
    for code, scheme in codes.items():
        paying = scan(code, ScanContext.PAYMENT)
        assert (paying.kind, paying.scheme) == (ScanKind.PAYER_CODE, scheme)
        for context in set(ScanContext) - {ScanContext.PAYMENT}:
            assert scan(code, context).kind is ScanKind.PAYER_CODE_EARLY


def test_unionpay_number_that_could_be_a_card_is_refused_everywhere() -> None:
    for context in ScanContext:
        assert scan("6200000000000005", context).kind is ScanKind.BANK_CARD_REFUSED


def test_resident_id_shaped_like_a_wechat_code_is_never_sent_as_payment() -> None:
    # All digits, area 11 …, right date and check: the shape of a payer code.
    resident = "110105194912310089"
    digits = next(
        f"{resident[:-2]}{n:02d}"
        for n in range(100)
        if scan(f"{resident[:-2]}{n:02d}").kind is ScanKind.RESIDENT_ID
    )
    assert scan(digits, ScanContext.PAYMENT).kind is ScanKind.RESIDENT_ID


def test_codes_that_pay_or_name_a_person_never_show_in_logs() -> None:
    for text in ("134567890123456789", "11010519491231002X", "4111111111111111", "PTC1*secret"):
        for context in (ScanContext.SELLING, ScanContext.PAYMENT):
            verdict = scan(text, context)
            assert text not in repr(verdict)
            assert text not in verdict.log_text
            assert text[-4:] not in verdict.log_text


def test_quantity_before_the_star_counts_while_selling() -> None:
    verdict = scan("3*6921168509256")
    assert (verdict.kind, verdict.quantity, verdict.text) == (ScanKind.GTIN, 3, "6921168509256")
    assert scan("12×农夫").quantity == 12
    assert scan("3*6921168509256", ScanContext.PAYMENT).kind is ScanKind.TEXT


@pytest.mark.parametrize("text", ["0*6921168509256", "3*", "99999*6921168509256"])
def test_quantity_out_of_reason_is_no_quantity(text: str) -> None:
    verdict = scan(text)
    assert (verdict.kind, verdict.quantity) == (ScanKind.TEXT, 1)


def test_goods_may_still_be_a_waybill_when_the_catalogue_does_not_know_them() -> None:
    assert scan("6921168509256").also == (ScanKind.WAYBILL_DOMESTIC,)


def test_weighed_goods_carry_their_reading() -> None:
    reading = scan("2200102015003").in_store
    assert reading is not None
    assert (reading.plu, reading.grams) == ("00102", 1500)
