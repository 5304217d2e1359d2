"""What a journal entry says, told so that a person can read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from terminal.app.entry_account import EntryAccount, account_of
from terminal.documents.account_words import account_name
from terminal.domain import ledger
from tests.helpers.central import Central
from tests.helpers.outlet import RICE, SENIOR, SENIOR_PIN, STAMP, Outlet
from tests.helpers.payments import Driving, online_calls, payer_code
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def newest(outlet: Outlet, **body: Any) -> EntryAccount:
    """The account of the newest entry; ``body`` takes the place of its body when given."""
    (entry,) = outlet.books.entries(limit=1)
    if body:
        entry = replace(entry, body=body)
    return account_of(outlet.cases.context, entry)


def told(account: EntryAccount) -> dict[str, str]:
    return {fact.label_code: fact.value for fact in account.facts}


def test_a_sale_names_its_goods_tenders_and_accounts(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    ordering.add_item(STAMP, 2)
    ordering.add_item(RICE, 1350)
    view = ordering.add_item("P0003", 1)
    ordering.void_line(view.lines[-1].line_id)
    form = counter.cases.paying.begin()
    done = counter.cases.paying.tender_cash(form.form_id, "20.00").done
    assert done is not None
    account = newest(counter)
    assert told(account)["fact.order_no"] == done.order_no
    assert account.clerk_text.endswith(" 0312")
    assert account.clerk_text != " 0312"
    goods = [(row.quantity_text, row.amount_text, row.voided) for row in account.goods]
    assert goods == [("2", "2.40", False), ("1.350 kg", "8.07", False), ("1", "5.40", True)]
    assert [(fact.label_code, fact.value) for fact in account.tenders] == [
        ("tender.cash", "10.40"),
        ("fact.received_fen", "20.00"),
        ("fact.change_fen", "9.60"),
    ]
    postings = [(row.account, row.owner_zh, row.amount_text, row.debit) for row in account.postings]
    assert ("cash", "", "10.40", True) in postings
    assert ("rounding", "", "0.07", True) in postings
    assert ("postage", "邮资票品", "2.40", False) in postings
    assert ("sales", "散装农产品", "8.07", False) in postings


def test_exact_cash_gives_no_change_to_tell_of(counter: Outlet) -> None:
    counter.sell()
    assert [fact.label_code for fact in newest(counter).tenders] == ["tender.cash"]


def test_an_authorisation_names_both_persons_and_both_prices(counter: Outlet) -> None:
    view = counter.cases.ordering.add_item(STAMP, 1)
    counter.cases.ordering.override_price(
        view.lines[0].line_id, "1.00", "包装破损", SENIOR, SENIOR_PIN
    )
    facts = told(newest(counter))
    assert facts["fact.action"] == "action.price_override"
    assert (facts["fact.before_fen"], facts["fact.after_fen"]) == ("1.20", "1.00")
    assert facts["fact.operator"].endswith(" 0312")
    assert facts["fact.authoriser"].endswith(f" {SENIOR}")
    assert facts["fact.reason"] == "包装破损"


def test_a_clerk_who_left_the_platform_is_told_by_number(counter: Outlet) -> None:
    (entry,) = counter.books.entries(limit=1)
    account = account_of(counter.cases.context, replace(entry, clerk_id="9999"))
    assert account.clerk_text == "9999"
    nobody = account_of(counter.cases.context, replace(entry, clerk_id=""))
    assert nobody.clerk_text == ""


def test_signing_off_tells_the_cash_even_when_there_is_none(counter: Outlet) -> None:
    counter.cases.ordering.add_item(STAMP, 1)
    counter.cases.ordering.suspend()
    counter.cases.session.sign_off()
    facts = told(newest(counter))
    assert (facts["fact.cash_fen"], facts["fact.parked"]) == ("0.00", "1")
    assert facts["fact.till_id"] == "T02"


@pytest.mark.parametrize(
    ("body", "told_as"),
    [
        ({"roles": ["clerk", "senior_clerk"]}, ("fact.roles", "role.clerk role.senior_clerk")),
        ({"scheme": "wechat"}, ("fact.scheme", "scheme.wechat")),
        ({"code": "payment.refused"}, ("fact.code", "answer.payment.refused")),
        ({"member_level": "gold"}, ("fact.member_level", "金卡会员")),
        ({"member_level": "copper"}, ("fact.member_level", "copper")),
        ({"original_seq": 4}, ("fact.original_seq", "4")),
        ({"refunding": True}, ("fact.refunding", "True")),
        ({"waiting": 0}, ("fact.waiting", "0")),
        ({"tariff_no": "A7"}, ("tariff_no", "A7")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_field_is_told_in_its_own_way_and_an_unnamed_one_by_its_own_name(
    counter: Outlet, body: dict[str, Any], told_as: tuple[str, str]
) -> None:
    assert list(told(newest(counter, **body)).items()) == [told_as]


def test_what_only_engineers_need_stays_in_the_raw_form(counter: Outlet) -> None:
    assert newest(counter, basket_id="x", refunding=False, code="", rounding_fen=0).facts == ()


def test_a_paid_code_names_its_scheme_its_numbers_and_who_owes_what(
    counter: Outlet, platform: Central
) -> None:
    counter.payment_speed = 0.002
    counter.cases.ordering.add_item(STAMP, 5)
    form = counter.cases.paying.begin()
    code = payer_code("paid")
    with online_calls(counter, platform) as calls:
        driving = Driving(counter, calls)
        order = counter.cases.codes.arm(form.form_id, code)
        assert driving.until_settled(order, code) == "paid"
        driving.stop()
    row = counter.cases.queue.rows(limit=1)[0]
    assert (row.kind_code, row.amount_text) == ("payment.outcome.paid", "6.00")
    account = newest(counter)
    facts = told(account)
    assert facts["fact.scheme"] == "scheme.wechat"
    assert facts["fact.amount_fen"] == "6.00"
    assert facts["fact.out_trade_no"] == order.attempt.out_trade_no
    assert facts["fact.channel_no"]
    postings = [(row.account, row.owner, row.amount_text, row.debit) for row in account.postings]
    assert postings == [
        ("channel", "wechat", "6.00", True),
        ("payments_held", "", "6.00", False),
    ]
    assert counter.cases.paying.finish(form.form_id) is not None
    (tender,) = newest(counter).tenders
    assert (tender.label_code, tender.value) == ("tender.wechat", "6.00")


def test_every_kind_of_account_has_words_on_the_screen_and_on_paper() -> None:
    for language in ("zh_CN", "en"):
        words = Words(language)
        for kind in ledger.KINDS:
            assert words.has(f"account.{kind}"), (language, kind)
            assert not account_name(kind, language).startswith(kind), (language, kind)
