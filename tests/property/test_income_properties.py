"""Tax-free and taxable income: each line in one family of accounts, reports equal to balances.

Entries written before tax-free postage had accounts of its own booked all income to ``sales:``.
They are made here by renaming accounts; whatever is said of a sale must be the same for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.basket import Basket
from terminal.domain.journal import GENESIS_HASH, Entry
from terminal.domain.money import ZERO
from terminal.domain.refund import GivenBack, returned, reversed_whole, sold_from
from terminal.domain.report import Control, Report, make_report
from terminal.domain.sale import sale_body, settle
from tests.helpers.baskets import line
from tests.property.test_refund_properties import added, sale_bodies

DAY, TILL = "2026-11-21", "T02"
FAMILIES = {"exempt": "postage", "taxable": "sales"}


def _entries(bodies: Sequence[dict[str, Any]]) -> list[Entry]:
    return [
        Entry(
            "61020303-02", 1, seq, "sale.completed", 1, f"intent-{seq}", DAY,
            f"{DAY}T01:05:00.000Z", "0312", body, GENESIS_HASH, GENESIS_HASH, "0" * 128,
        )
        for seq, body in enumerate(bodies, 1)
    ]  # fmt: skip


def _report(entries: Sequence[Entry]) -> Report:
    sums = ledger.balances(entries)
    postings = tuple(row for entry in entries for row in ledger.from_body(entry.body))
    return make_report(DAY, entries, Control(len(entries), postings, sums, sums), {})


def _of_before(body: dict[str, Any]) -> dict[str, Any]:
    """The same sale as a version without ``postage:`` wrote it."""
    sums: Counter[str] = Counter()
    for row in ledger.from_body(body):
        sums[row.account.replace("postage:", "sales:")] += row.fen
    rows: list[Any] = [{"account": name, "fen": fen} for name, fen in sums.items() if fen]
    return {**body, "postings": rows}


def _by_tax(report: Report) -> dict[str, int]:
    return {row.key: row.fen for row in report.tables["tax"] if row.fen}


@given(sale_bodies())
def test_the_income_of_every_line_is_in_exactly_one_of_the_two_families(
    body: dict[str, Any],
) -> None:
    wanted: Counter[str] = Counter()
    for one in body["lines"]:
        wanted[f"{FAMILIES[one['tax']]}:{one['business_code']}"] -= one["amount_fen"]
    income = {row.account: row.fen for row in ledger.from_body(body) if _is_income(row.account)}
    assert income == {name: fen for name, fen in wanted.items() if fen}


def _is_income(account: str) -> bool:
    return account.partition(":")[0] in FAMILIES.values()


@given(st.lists(sale_bodies(), min_size=1, max_size=4))
def test_what_a_report_says_by_tax_is_what_the_accounts_hold(bodies: list[dict[str, Any]]) -> None:
    entries = _entries(bodies)
    held: Counter[str] = Counter()
    for account, fen in ledger.balances(entries).items():
        for tax, family in FAMILIES.items():
            held[tax] -= fen if account.startswith(f"{family}:") else 0
    report = _report(entries)
    assert report.mismatches == ()
    assert _by_tax(report) == {tax: fen for tax, fen in held.items() if fen}
    assert sum(_by_tax(report).values()) == report.total_fen


@given(sale_bodies())
def test_entries_of_before_are_reported_by_tax_as_new_ones_are(body: dict[str, Any]) -> None:
    old = _of_before(body)
    assert not any(row.account.startswith("postage:") for row in ledger.from_body(old))
    report = _report(_entries([old]))
    assert report.mismatches == ()
    assert _by_tax(report) == _by_tax(_report(_entries([body])))


@given(sale_bodies(), st.booleans(), st.data())
def test_what_is_given_back_leaves_each_income_account_as_it_was_before_the_sale(
    body: dict[str, Any], old: bool, data: st.DataObject
) -> None:
    body = _of_before(body) if old else body
    sold, given_back = sold_from(body), GivenBack()
    returnable = [one for one in sold.lines if one.refundable]
    refunds = []
    if returnable:
        first = data.draw(st.sampled_from(returnable))
        some = data.draw(st.integers(1, first.quantity))
        refunds = [returned(sold, given_back, {first.line_id: some}, rounds_cash=True)]
        given_back = added(given_back, refunds[0])
    rest = {
        one.line_id: one.quantity - given_back.quantity(one.line_id)
        for one in returnable
        if one.quantity > given_back.quantity(one.line_id)
    }
    refunds += [returned(sold, given_back, rest, rounds_cash=True)] if rest else []
    ways = [[reversed_whole(sold, GivenBack(), same_day=True)]]
    # Accepted mail is not given back line by line: then only a reversal empties every account.
    ways += [refunds] if len(returnable) == len(sold.lines) else []
    for way in ways:
        sums: Counter[str] = Counter()
        rows = [row for refund in way for row in refund.postings(TILL)]
        for row in (*ledger.from_body(body), *rows):
            sums[row.account] += row.fen
        assert {name: fen for name, fen in sums.items() if _is_income(name) and fen} == {}


def test_a_business_may_hold_both_and_a_line_goes_back_to_its_own_account() -> None:
    basket = Basket(
        "basket-1", "intent-1", "2026-03-02T08:00:00.000Z",
        (line("l1", business_code="mail"), line("l2", business_code="mail", tax="taxable")),
    )  # fmt: skip
    body = sale_body(_paid(basket), order_no="1", till_id=TILL, channel="counter")
    accounts = {one.line_id: one.account for one in sold_from(body).lines}
    assert accounts == {"l1": "postage:mail", "l2": "sales:mail"}
    old = sold_from(_of_before(body))
    assert [one.account for one in old.lines] == ["sales:mail", "sales:mail"]


def _paid(basket: Basket) -> Any:
    settled = settle(replace(basket, cash_parts=(basket.total,)), (), rounds_cash=False)
    assert settled is not None
    assert settled.change == ZERO
    return settled
