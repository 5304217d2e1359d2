"""The family of tenders: what each may do, and that the form can rely on every one of them."""

from __future__ import annotations

import json

import pytest

from terminal.domain.errors import BugError
from terminal.domain.money import ZERO, Money
from terminal.domain.tender import (
    AFFIXED,
    CASH,
    PAYER_CODE,
    POINTS,
    PREPAID_CARD,
    TENDERS,
    VOUCHER,
    Part,
    account_of_scheme,
    masked,
    most_by_points,
    most_payable,
    part_from_json,
    part_to_json,
    scheme_of,
    scheme_words,
    tender_of,
    tender_words,
    worth,
)
from tests.static.sources import ROOT


def test_every_tender_has_an_account_a_way_back_and_words() -> None:
    words = json.loads((ROOT / "assets" / "translations" / "en.json").read_text("utf-8"))
    for tender in TENDERS:
        assert tender.account_of("T02").split(":")[0] == tender.account
        assert tender_of(tender.kind) is tender
        assert tender_words(tender.kind) in words, tender.kind
    assert len({tender.kind for tender in TENDERS}) == len(TENDERS)


def test_change_comes_from_cash_alone() -> None:
    assert [tender.kind for tender in TENDERS if tender.gives_change] == ["cash"]
    assert [tender.kind for tender in TENDERS if tender.back == "hand_back"] == ["cash"]


def test_stamps_affixed_pay_postage_only_and_never_come_back() -> None:
    assert [tender.kind for tender in TENDERS if tender.pays == "postage"] == ["affixed"]
    assert AFFIXED.back == "nothing"


def test_a_tender_nobody_declared_is_a_fault_of_ours() -> None:
    with pytest.raises(BugError, match=r"tender\.unknown"):
        tender_of("barter")


@pytest.mark.parametrize(
    ("remaining", "postage", "affixed", "most"),
    [(500, 300, 0, 300), (500, 300, 200, 100), (100, 300, 0, 100), (500, 300, 400, 0)],
)
def test_stamps_pay_what_is_left_of_the_postage(
    remaining: int, postage: int, affixed: int, most: int
) -> None:
    sums = {
        "remaining": Money(remaining),
        "postage": Money(postage),
        "affixed": Money(affixed),
    }
    assert most_payable(AFFIXED, **sums) == Money(most)
    assert most_payable(CASH, **sums) == Money(remaining)


@pytest.mark.parametrize(
    ("value", "payable", "paid", "lost"), [(1000, 600, 600, 400), (500, 600, 500, 0)]
)
def test_what_a_voucher_does_not_pay_lapses_what_a_card_does_not_pay_stays(
    value: int, payable: int, paid: int, lost: int
) -> None:
    sums = {"value": Money(value), "payable": Money(payable)}
    assert worth(VOUCHER, **sums) == (Money(paid), Money(lost))
    assert worth(PREPAID_CARD, **sums) == (Money(paid), ZERO)


@pytest.mark.parametrize(("percent", "most"), [(0, 0), (50, 499), (100, 999)])
def test_points_pay_no_more_than_the_platforms_share(percent: int, most: int) -> None:
    assert most_by_points(Money(999), percent) == Money(most)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_beyond_the_whole_is_refused(percent: int) -> None:
    with pytest.raises(BugError, match=r"tender\.bad_cap"):
        most_by_points(Money(100), percent)


@pytest.mark.parametrize(
    ("number", "shown"), [("690000000018", "…0018"), ("1234", "…"), ("12345", "…2345"), ("", "…")]
)
def test_no_more_than_four_of_a_number_are_kept_and_never_all(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_words_of_a_payer_code_are_its_schemes() -> None:
    assert tender_words("payer_code", "wechat") == "tender.wechat"
    assert tender_words("payer_code") == "tender.payer_code"
    assert [scheme_words(name) for name in ("card", "wechat", "points", "cash")] == [
        *("tender.bank_card", "tender.wechat", "tender.points", "tender.cash"),
    ]
    assert tender_words("bank_card", "card") == "tender.bank_card"
    assert (scheme_of(POINTS), scheme_of(VOUCHER), scheme_of(PREPAID_CARD)) == (
        "points",
        "voucher",
        "prepaid_card",
    )


def test_what_a_channel_gives_back_leaves_the_account_its_payment_was_on() -> None:
    for tender in TENDERS:
        if tender.road != "counter" and tender != PAYER_CODE:
            assert account_of_scheme(scheme_of(tender)) == tender.account_of()
    assert account_of_scheme("wechat") == PAYER_CODE.account_of("wechat") == "channel:wechat"
    assert account_of_scheme("points") == "points"
    assert account_of_scheme("voucher") == "vouchers:platform"


def test_a_part_survives_the_working_table() -> None:
    part = Part("on_account", Money(1234), "C1001", "0315")
    assert part_from_json(part_to_json(part)) == part
    assert part.account == "receivable:C1001"
    assert (POINTS.account_of("x"), VOUCHER.account_of("x")) == ("points", "vouchers:platform")


def test_what_cannot_be_is_named_with_what_was_said() -> None:
    with pytest.raises(BugError) as unknown:
        tender_of("seashells")
    assert (unknown.value.code, unknown.value.params) == ("tender.unknown", {"kind": "seashells"})
    with pytest.raises(BugError) as cap:
        most_by_points(Money(100), 101)
    assert (cap.value.code, cap.value.params) == ("tender.bad_cap", {"percent": 101})


def test_a_channel_goes_by_its_owner_and_all_others_by_their_kind() -> None:
    names = {tender.kind: scheme_of(tender) for tender in TENDERS}
    assert names["bank_card"] == "card"
    assert names["cash"] == "cash"
    assert names["payer_code"] == "payer_code"
    assert AFFIXED.account_of() == "affixed"
