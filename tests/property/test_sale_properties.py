"""Any basket, any mixture of tenders: no fen appears, vanishes or comes back from a code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.basket import Basket
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import BugError
from terminal.domain.money import ZERO, Money
from terminal.domain.sale import CodeTender, due, sale_body, settle
from tests.helpers.baskets import baskets

cash_parts = st.lists(st.integers(0, 200_000).map(Money), max_size=3).map(tuple)
schemes = st.sampled_from(["wechat", "alipay", "unionpay"])


@st.composite
def paid_codes(draw: st.DrawFn, total: int) -> tuple[CodeTender, ...]:
    """Codes that never exceed the total together, as arming makes them."""
    codes: list[CodeTender] = []
    left = total
    for number in range(draw(st.integers(0, 3))):
        if left:
            amount = draw(st.integers(1, left))
            left -= amount
            codes.append(CodeTender(f"{number:032x}", draw(schemes), Money(amount)))
    return tuple(codes)


@given(baskets(least=1), cash_parts, st.booleans(), st.data())
def test_a_settled_basket_adds_up(
    value: Basket, cash: tuple[Money, ...], rounds: bool, data: st.DataObject
) -> None:
    codes = data.draw(paid_codes(value.total.fen))
    paid = replace(value, cash_parts=cash)
    settled = settle(paid, codes, rounds_cash=rounds)
    by_code, in_cash = sum(x.amount.fen for x in codes), sum(part.fen for part in cash)
    if settled is None:
        assert due(paid, codes, rounds_cash=False).remaining > ZERO
        assert by_code + in_cash < value.total.fen
        return
    assert settled.cash_received.fen == in_cash
    assert ZERO <= settled.change <= settled.cash_received
    assert -9 <= settled.rounding.fen <= 0
    assert not settled.rounding or (cash and rounds)
    assert settled.cash_kept.fen + by_code == value.total.fen + settled.rounding.fen
    body = sale_body(settled, order_no="1", till_id="T02", channel="counter")
    postings = ledger.from_body(body)
    ledger.check_balanced(postings)
    by_account = ledger.balances([_Fact(body)])
    assert by_account.get("cash:T02", 0) == in_cash - settled.change.fen
    assert sum(fen for name, fen in by_account.items() if ledger.income_tax(name)) == (
        -value.total.fen
    )


@given(baskets(), cash_parts, st.booleans(), st.data())
def test_what_is_due_settles_exactly(
    value: Basket, cash: tuple[Money, ...], rounds: bool, data: st.DataObject
) -> None:
    codes = data.draw(paid_codes(value.total.fen))
    paid = replace(value, cash_parts=cash)
    state = due(paid, codes, rounds_cash=rounds)
    assert ZERO <= state.cash_remaining <= state.remaining <= state.total
    # Under ten fen nothing is left after rounding; it still takes a coin to say "cash".
    coins = max(state.cash_remaining, Money(1)) if state.remaining else ZERO
    settled = settle(replace(paid, cash_parts=(*cash, coins)), codes, rounds_cash=rounds)
    assert settled is not None
    if state.cash_remaining:
        assert settled.change == ZERO


@given(baskets(), st.integers(1, 1000))
def test_codes_beyond_the_total_are_never_settled(value: Basket, excess: int) -> None:
    code = CodeTender("a" * 32, "wechat", value.total + Money(excess))
    with pytest.raises(BugError):
        settle(value, (code,), rounds_cash=True)


class _Fact:
    def __init__(self, body: JsonObject) -> None:
        self.body = body
