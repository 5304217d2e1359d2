"""Totals open into their postings, and stock into its movements, on the real file."""

from __future__ import annotations

import pytest

from terminal.domain import ledger, stock
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import BugError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.stock import Movement
from tests.helpers.outlet import TILL, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]
VAULT, DRAWER = stock.till("V01"), stock.till("T02")


def _move(counter: Outlet, *lines: Movement) -> None:
    draft = EntryDraft(
        "stock.moved", new_uuid7(), "2026-08-01", "0312", {"stock": stock.to_body(lines)}
    )
    with counter.books.transaction() as tx:
        tx.append(draft)


def test_every_balance_is_the_sum_of_the_postings_it_opens(counter: Outlet) -> None:
    counter.sell(quantity=3)
    counter.sell(quantity=1)
    reading = counter.crash().context.books.ledger
    assert reading.balance(TILL) == 480
    assert reading.balance("cash:T99") == 0
    assert reading.balances_of("cash") == {TILL: 480}
    for account, fen in counter.books.balances().items():
        assert sum(row.fen for row in reading.postings(account)) == fen == reading.balance(account)
    first, second = reading.postings(TILL)
    assert (first.fen, second.fen) == (360, 120)
    assert {row.kind for row in (first, second)} == {"sale.completed"}
    assert reading.postings(TILL, after_seq=first.seq) == (second,)
    rows = reading.postings_on(first.business_date)
    assert sum(row.fen for row in rows) == 0
    assert {row.seq for row in rows} == {first.seq, second.seq}
    assert reading.postings_on("1999-01-01") == ()


def test_stock_moves_and_its_numbers_are_found_again(counter: Outlet) -> None:
    _move(counter, *stock.moved_range(stock.source("centre"), VAULT, "V1", 1, 100))
    _move(counter, *stock.moved_range(VAULT, DRAWER, "V1", 11, 20))
    _move(counter, *stock.moved_range(DRAWER, stock.SOLD, "V1", 15, 15))
    _move(counter, *stock.moved(stock.source("centre"), VAULT, "S1", 50))
    reading = counter.crash().context.books.stock
    assert reading.pieces(VAULT) == {"S1": 50, "V1": 90}
    assert reading.ranges(VAULT, "V1") == ((1, 10), (21, 100))
    assert reading.ranges(DRAWER, "V1") == ((11, 14), (16, 20))
    assert reading.ranges(stock.SOLD, "V1") == ((15, 15),)
    assert [row.pieces for row in reading.movements(DRAWER, "V1")] == [10, -1]
    _move(counter, *stock.moved_range(DRAWER, VAULT, "V1", 11, 14))
    assert counter.books.stock.ranges(VAULT, "V1") == ((1, 14), (21, 100))
    assert counter.books.read_model_differences() == []


def test_stock_that_vanishes_is_refused_before_anything_is_written(counter: Outlet) -> None:
    head = counter.books.head()
    with pytest.raises(BugError) as refused:
        _move(counter, Movement(DRAWER, "V1", -1, 5, 5))
    assert refused.value.code == "stock.unbalanced"
    assert counter.books.head() == head
    assert counter.books.stock.pieces(DRAWER) == {}


def test_postings_of_an_unknown_account_are_refused(counter: Outlet) -> None:
    lines = [ledger.Posting("cash:T02", 5), ledger.Posting("purse:T02", -5)]
    body: JsonObject = {"postings": ledger.to_body(lines)}
    with pytest.raises(BugError), counter.books.transaction() as tx:
        tx.append(EntryDraft("cash.moved", new_uuid7(), "2026-08-01", "0312", body))
    assert counter.books.ledger.balance(TILL) == 0
