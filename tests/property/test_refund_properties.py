"""Whatever is given back in whatever order: never more than was sold, to the fen what was paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.basket import Basket
from terminal.domain.errors import UserError
from terminal.domain.money import ZERO, Money
from terminal.domain.refund import (
    CASH_LEG,
    JIAO,
    GivenBack,
    Refund,
    Sold,
    SoldLine,
    left_of,
    returned,
    reversed_whole,
    sold_from,
)
from terminal.domain.sale import sale_body, settle
from terminal.domain.tender import AFFIXED, Part, most_payable
from tests.helpers.baskets import baskets
from tests.property.test_sale_properties import paid_codes

TILL = "T02"
MAIL = frozenset({"postage"})
OWED = [("affixed", ""), ("cash_on_delivery", "K07"), ("on_account", "C1001")]
NOTHING = GivenBack()


@st.composite
def laid_down(draw: st.DrawFn, value: Basket, left: int) -> tuple[Part, ...]:
    """Stamps stuck on letters, and what couriers and customers owe: at most what is missing."""
    parts: list[Part] = []
    most = most_payable(AFFIXED, remaining=Money(left), postage=value.postage(MAIL), affixed=ZERO)
    for kind, owner in draw(st.lists(st.sampled_from(OWED), max_size=3)):
        fen = draw(st.integers(0, most.fen if kind == AFFIXED.kind else left))
        if fen and (kind, owner) not in {(part.kind, part.owner) for part in parts}:
            parts.append(Part(kind, Money(fen), owner))
            left -= fen
            most = min(most, Money(left))
    return tuple(parts)


@st.composite
def sale_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Any completed sale: codes, what is laid down, the rest in cash, with and without rounding.

    Letters do not go back, everything else does.
    """
    value: Basket = draw(baskets(least=1, most=4))
    lines = (replace(line, refundable=line.business_code not in MAIL) for line in value.lines)
    value = replace(value, lines=tuple(lines), voided=())
    codes = draw(paid_codes(value.total.fen))
    missing = value.total - sum((code.amount for code in codes), ZERO)
    value = replace(value, parts=draw(laid_down(value, missing.fen)))
    missing -= sum((part.amount for part in value.parts), ZERO)
    more = draw(st.integers(0, 5_000))
    laid = missing.fen + more if missing or draw(st.booleans()) else 0
    cash = (Money(laid),) if laid else ()
    settled = settle(replace(value, cash_parts=cash), codes, rounds_cash=draw(st.booleans()))
    assert settled is not None
    return sale_body(settled, order_no="61020303-02-000001", till_id=TILL, channel="counter")


def added(given_back: GivenBack, refund: Refund) -> GivenBack:
    """The ledger after one more refund, as the read model keeps it."""
    lines, legs = dict(given_back.lines), dict(given_back.legs)
    for back in refund.lines:
        quantity, fen = lines.get(back.line.line_id, (0, 0))
        lines[back.line.line_id] = (quantity + back.quantity, fen + back.fen)
    for money in refund.legs:
        legs[money.leg.key] = legs.get(money.leg.key, 0) + money.fen
    return GivenBack(lines, legs)


class Fact:
    """Anything with postings."""

    def __init__(self, postings: Any) -> None:
        self.body: Any = {"postings": ledger.to_body(postings)}


@given(sale_bodies())
def test_a_reversal_nets_every_account_to_zero(body: dict[str, Any]) -> None:
    sold = sold_from(body)
    refund = reversed_whole(sold, NOTHING, same_day=True)
    sale = ledger.from_body(body)
    net = ledger.balances([Fact(sale), Fact(refund.postings(TILL))])
    assert set(net.values()) <= {0}
    assert refund.goods_fen == body["total_fen"]
    assert refund.money_fen == body["total_fen"] + body["rounding_fen"]
    by_hand = sorted((row.account, row.fen) for row in ledger.negate(sale))
    summed = ledger.balances([Fact(refund.postings(TILL))])
    assert {name: fen for name, fen in summed.items() if fen} == {
        name: fen for name, fen in ledger.balances([Fact(ledger.negate(sale))]).items() if fen
    }, by_hand


@given(sale_bodies(), st.data())
def test_returns_in_any_order_end_at_exactly_what_was_paid(
    body: dict[str, Any], data: st.DataObject
) -> None:
    sold, given_back, facts = sold_from(body), NOTHING, [Fact(ledger.from_body(body))]
    for _ in range(12):
        left = _may_go_back(sold, given_back)
        if not any(left.values()):
            break
        wished = {
            line_id: data.draw(st.integers(0, most)) for line_id, most in left.items() if most
        }
        if not any(wished.values()):
            continue
        rounds = data.draw(st.booleans())
        refund = returned(sold, given_back, wished, rounds_cash=rounds)
        given_back = added(given_back, refund)
        facts.append(Fact(refund.postings(TILL)))
        _never_too_much(sold, given_back)
    rest = _may_go_back(sold, given_back)
    if any(rest.values()):
        refund = returned(sold, given_back, rest, rounds_cash=data.draw(st.booleans()))
        facts.append(Fact(refund.postings(TILL)))
        given_back = added(given_back, refund)
    letters = sum(line.fen for line in sold.lines if not line.refundable)
    assert given_back.goods_fen == body["total_fen"] - letters
    if not letters:
        assert set(ledger.balances(facts).values()) <= {0}
        assert all(given_back.of_leg(leg.key) == leg.fen for leg in sold.legs)
    for line in sold.lines:
        with pytest.raises(UserError) as caught:
            returned(sold, given_back, {line.line_id: 1}, rounds_cash=False)
        wrong = "refund.more_than_sold" if line.refundable else "refund.not_refundable"
        assert caught.value.code == wrong


def _may_go_back(sold: Sold, given_back: GivenBack) -> dict[str, int]:
    return {line.line_id: left_of(line, given_back) for line in sold.lines if line.refundable}


def _goods(sold: Sold) -> SoldLine:
    """The first line that may go back."""
    found = next((line for line in sold.lines if line.refundable), None)
    assume(found is not None)
    assert found is not None
    return found


def _never_too_much(sold: Sold, given_back: GivenBack) -> None:
    for line in sold.lines:
        assert 0 <= given_back.quantity(line.line_id) <= line.quantity
        assert 0 <= given_back.lines.get(line.line_id, (0, 0))[1] <= line.fen
    for leg in sold.legs:
        assert 0 <= given_back.of_leg(leg.key) <= leg.fen
        # A stamp on a letter is gone with the letter.
        assert leg.kind != "affixed" or not given_back.of_leg(leg.key)
    money = sum(given_back.legs.values())
    assert given_back.goods_fen + sold.rounding_fen <= money + (JIAO - 1)
    assert money <= given_back.goods_fen + (JIAO - 1)


@given(sale_bodies(), st.integers(1, 3), st.booleans())
def test_more_than_is_left_is_refused_and_changes_nothing(
    body: dict[str, Any], more: int, rounds: bool
) -> None:
    sold = sold_from(body)
    line = _goods(sold)
    first = returned(sold, NOTHING, {line.line_id: line.quantity}, rounds_cash=rounds)
    for given_back, quantity in ((NOTHING, line.quantity + more), (added(NOTHING, first), more)):
        with pytest.raises(UserError) as caught:
            returned(sold, given_back, {line.line_id: quantity}, rounds_cash=rounds)
        assert caught.value.code == "refund.more_than_sold"


@given(sale_bodies())
def test_channels_come_before_cash(body: dict[str, Any]) -> None:
    sold = sold_from(body)
    first = returned(sold, NOTHING, {_goods(sold).line_id: 1}, rounds_cash=True)
    channels = sum(leg.fen for leg in sold.legs if leg.by_channel)
    paid_back = sum(back.fen for back in first.legs if back.leg.by_channel)
    assert paid_back == min(channels, first.goods_fen)
    if first.goods_fen < channels:
        assert CASH_LEG not in {back.leg.key for back in first.legs}


@given(sale_bodies(), st.data(), st.booleans())
def test_a_limit_is_asked_for_all_of_it_however_a_return_is_split(
    body: dict[str, Any], data: st.DataObject, rounds: bool
) -> None:
    """Many small forms come to the size of one great one."""
    sold = sold_from(body)
    line, given_back = _goods(sold), NOTHING
    while left := left_of(line, given_back):
        pieces = {line.line_id: data.draw(st.integers(max(1, left // 3), left))}
        refund = returned(sold, given_back, pieces, rounds_cash=rounds)
        size = given_back.money_fen + refund.money_fen
        given_back = added(given_back, refund)
        so_far = {line.line_id: given_back.quantity(line.line_id)}
        assert size == returned(sold, NOTHING, so_far, rounds_cash=rounds).money_fen
