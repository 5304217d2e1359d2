"""Whatever arrives in the scan field gets one safe verdict."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.checks import gtin_check_digit, is_gtin, is_luhn
from terminal.domain.scan import MAX_QUANTITY, ScanContext, ScanKind, classify, clean

TODAY = date(2026, 11, 21)
CONTEXTS = st.sampled_from(ScanContext)


@given(st.text(max_size=80), CONTEXTS)
def test_any_text_gets_a_verdict_and_cleaning_twice_changes_nothing(
    text: str, context: ScanContext
) -> None:
    verdict = classify(text, context, today=TODAY)
    assert 1 <= verdict.quantity <= MAX_QUANTITY
    assert (verdict.kind is ScanKind.EMPTY) == (not clean(text))


@given(st.text("0123456789", min_size=16, max_size=24), CONTEXTS)
def test_long_numbers_outside_payment_never_become_payer_codes(
    digits: str, context: ScanContext
) -> None:
    kind = classify(digits, context, today=TODAY).kind
    if context is not ScanContext.PAYMENT:
        assert kind is not ScanKind.PAYER_CODE
    if digits.startswith("62") and len(digits) <= 19 and is_luhn(digits):
        assert kind in (ScanKind.BANK_CARD_REFUSED, ScanKind.RESIDENT_ID)


@given(st.text("0123456789", min_size=12, max_size=12).filter(lambda body: body.strip("0")))
def test_exactly_one_last_digit_makes_goods(body: str) -> None:
    assert [d for d in "0123456789" if is_gtin(body + d)] == [gtin_check_digit(body)]
    goods = classify(body + gtin_check_digit(body), ScanContext.SELLING, today=TODAY)
    assert goods.kind is ScanKind.GTIN


@given(st.integers(1, MAX_QUANTITY), st.sampled_from(["6921168509256", "农夫", "00101"]))
def test_quantity_and_rest_come_apart(quantity: int, rest: str) -> None:
    verdict = classify(f"{quantity}*{rest}", ScanContext.SELLING, today=TODAY)
    assert (verdict.quantity, verdict.text) == (quantity, rest)
