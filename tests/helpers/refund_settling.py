"""Refused refund money of the two counters: settled once, and never paid a second time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from sync.central import schema
from sync.central.platform import Platform
from terminal.domain.errors import UserError
from tests.helpers.outlet import SENIOR, SENIOR_PIN

if TYPE_CHECKING:
    from tests.helpers.refund_machine import Desk


def settle_one(desk: Desk, number: str, fate: str, *, cash: bool, dies: bool) -> None:
    """Settle refused money, once; the counter may die on the way."""
    refused = desk.outlet.cases.refund_refused
    question = refused.question(number)
    word = None if question is None else desk.road.call("refund.sale", question, fate)
    deed = refused.pay_in_cash if cash else refused.take_back
    desk.outlet.clock.dies_at_next_reading = dies
    try:
        deed(number, word, SENIOR, SENIOR_PIN)
    finally:
        desk.outlet.clock.dies_at_next_reading = False
    head = desk.outlet.books.head()
    for again in (refused.pay_in_cash, refused.take_back):
        with pytest.raises(UserError, match=r"refund\.not_refused"):
            again(number, word, SENIOR, SENIOR_PIN)
    assert desk.outlet.books.head() == head


def no_code_is_paid_twice(platform: Platform, desks: Sequence[Desk]) -> None:
    """Cash for a code's money never exceeds what its channel has kept of it."""
    ledger = schema.gateway_ledger.c
    sums = select(ledger.out_trade_no, func.sum(ledger.fen)).group_by(ledger.out_trade_no)
    kept = {row[0]: int(row[1]) for row in platform.database.look(lambda c: c.execute(sums).all())}
    cash: Counter[str] = Counter()
    for desk in desks:
        refunds = desk.outlet.books.refunds
        for entry in desk.outlet.books.all_entries():
            if entry.kind == "refund.rerouted" and entry.body["scheme"] == "cash":
                money = refunds.payment(str(entry.body["instead_of"]))
                assert money is not None
                cash[money.out_trade_no] += money.amount_fen
        assert not [one for one in refunds.open_payments() if one.state == "refused"]
    assert all(fen <= kept[number] for number, fen in cash.items())
