"""Settling: what is due, what comes back, and the postings of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal.domain import ledger
from terminal.domain.basket import Basket, line_to_json
from terminal.domain.errors import BugError
from terminal.domain.money import ZERO, Money
from terminal.domain.sale import CodeTender, Settlement, due, sale_body, settle
from terminal.domain.tender import Part
from tests.helpers.baskets import basket, line

NINE = basket(line(quantity=1, list_price=Money(999), unit_price=Money(999)))


def _with_cash(*fen: int) -> Basket:
    return basket(*NINE.lines, cash_parts=tuple(Money(part) for part in fen))


def _code(fen: int) -> CodeTender:
    return CodeTender("a" * 32, "wechat", Money(fen))


def test_what_is_due_in_cash_is_rounded_and_by_code_it_is_not() -> None:
    state = due(NINE, (), rounds_cash=True)
    assert (state.total, state.paid, state.remaining) == (Money(999), ZERO, Money(999))
    assert (state.cash_remaining, state.rounding) == (Money(990), Money(-9))


def test_an_outlet_that_does_not_round_wants_every_fen() -> None:
    assert due(NINE, (), rounds_cash=False).cash_remaining == Money(999)
    assert settle(_with_cash(998), (), rounds_cash=False) is None
    exact = settle(_with_cash(999), (), rounds_cash=False)
    assert exact is not None
    assert (exact.change, exact.rounding) == (ZERO, ZERO)


def test_an_odd_cash_part_does_not_change_what_cash_costs_in_all() -> None:
    assert due(_with_cash(1), (), rounds_cash=True).cash_remaining == Money(989)
    assert due(_with_cash(995), (), rounds_cash=True).cash_remaining == ZERO


def test_what_is_paid_reduces_what_is_due_and_never_below_nothing() -> None:
    assert due(_with_cash(500), (_code(400),), rounds_cash=True).remaining == Money(99)
    assert due(_with_cash(500), (_code(400),), rounds_cash=True).paid == Money(900)
    assert due(_with_cash(5000), (), rounds_cash=True).remaining == ZERO


def test_change_comes_from_cash_and_the_till_keeps_the_rest() -> None:
    settled = settle(_with_cash(500, 1000), (), rounds_cash=True)
    assert settled is not None
    assert (settled.cash_received, settled.change) == (Money(1500), Money(510))
    assert settled.cash_kept == Money(990)
    postings = {row.account: row.fen for row in settled.postings("T02")}
    assert postings == {"cash:T02": 990, "rounding": 9, "postage:postage": -999}


def test_a_code_pays_to_the_fen_without_rounding() -> None:
    settled = settle(NINE, (_code(999),), rounds_cash=True)
    assert settled is not None
    assert settled.rounding == ZERO
    postings = {row.account: row.fen for row in settled.postings("T02")}
    assert postings == {"payments_held": 999, "postage:postage": -999}


def test_split_tender_rounds_only_the_part_in_cash() -> None:
    settled = settle(_with_cash(100), (_code(905),), rounds_cash=True)
    assert settled is not None
    assert (settled.rounding, settled.change) == (Money(-4), Money(10))


def test_too_little_settles_nothing() -> None:
    assert settle(_with_cash(980), (), rounds_cash=True) is None
    assert settle(NINE, (_code(998),), rounds_cash=True) is None


def test_more_by_code_than_the_basket_costs_is_our_bug() -> None:
    with pytest.raises(BugError) as refused:
        settle(NINE, (_code(1000),), rounds_cash=True)
    assert refused.value.code == "sale.codes_exceed_total"
    assert refused.value.params == {"fen": 1}


def test_a_settlement_that_does_not_add_up_is_refused_before_it_is_written() -> None:
    wrong = Settlement(NINE, (), Money(999), Money(1), ZERO)
    with pytest.raises(BugError) as refused:
        wrong.postings("T02")
    assert refused.value.code == "ledger.unbalanced"


def test_nothing_cannot_be_sold() -> None:
    with pytest.raises(BugError) as refused:
        sale_body(
            Settlement(basket(), (), ZERO, ZERO, ZERO), order_no="1", till_id="T", channel="counter"
        )
    assert refused.value.code == "sale.empty"


def test_the_entry_says_who_paid_what_and_what_was_sold() -> None:
    settled = settle(_with_cash(100), (_code(905),), rounds_cash=True)
    assert settled is not None
    body = sale_body(settled, order_no="61-02-000001", till_id="T02", channel="counter")
    assert [tender["kind"] for tender in body["tenders"]] == ["payer_code", "cash"]
    assert body["tenders"][0] == {
        "kind": "payer_code",
        "scheme": "wechat",
        "fen": 905,
        "out_trade_no": "a" * 32,
    }
    assert body["tenders"][1] == {
        "kind": "cash",
        "fen": 90,
        "received_fen": 100,
        "change_fen": 10,
    }
    assert (body["subtotal_fen"], body["total_fen"], body["rounding_fen"]) == (999, 999, -4)
    assert sum(row.fen for row in ledger.from_body(body)) == 0
    assert (body["order_no"], body["till_id"], body["channel"]) == (
        "61-02-000001",
        "T02",
        "counter",
    )
    basket_ = settled.basket
    assert [body[name] for name in ("basket_id", "opened_at", "member_level")] == [
        basket_.basket_id,
        basket_.opened_at,
        basket_.member_level,
    ]
    assert body["lines"] == [line_to_json(row) for row in basket_.lines]
    assert body["voided"] == [line_to_json(row) for row in basket_.voided] == []


def test_goods_for_nothing_leave_no_tender_and_no_posting() -> None:
    free = basket(line(unit_price=ZERO))
    settled = settle(free, (), rounds_cash=True)
    assert settled is not None
    body = sale_body(settled, order_no="1", till_id="T02", channel="counter")
    assert body["tenders"] == []
    assert body["postings"] == []


def test_the_entry_names_who_owes_who_allowed_it_and_what_the_channel_calls_it() -> None:
    goods = basket(
        *NINE.lines, parts=(Part("on_account", Money(500), "C1001", "0315"),), cash_parts=()
    )
    code = replace(_code(499), reference="ref-1")
    settled = settle(goods, (code,), rounds_cash=True)
    assert settled is not None
    body = sale_body(settled, order_no="1", till_id="T02", channel="counter")
    assert body["tenders"] == [
        {
            "kind": "payer_code",
            "scheme": "wechat",
            "fen": 499,
            "out_trade_no": "a" * 32,
            "reference": "ref-1",
        },
        {"kind": "on_account", "fen": 500, "owner": "C1001", "authoriser": "0315"},
    ]
