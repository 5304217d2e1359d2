"""Double entry under arbitrary postings."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import BugError
from terminal.domain.ledger import Posting
from terminal.domain.tender import PAYER_CODE

accounts = st.one_of(
    st.sampled_from([ledger.PAYMENTS_HELD, ledger.ROUNDING]),
    st.from_regex(r"[0-9A-Z][0-9A-Z_.-]{0,31}", fullmatch=True).map(ledger.cash),
    st.sampled_from(["wechat", "alipay", "unionpay"]).map(PAYER_CODE.account_of),
    st.from_regex(r"[0-9A-Z]{1,6}", fullmatch=True).map(ledger.sales),
)
postings = st.lists(
    st.builds(Posting, accounts, st.integers(min_value=-(10**13), max_value=10**13)), max_size=12
)


@dataclass(frozen=True)
class _Fact:
    body: JsonObject


@given(postings)
def test_postings_with_their_negation_sum_to_zero_in_every_account(rows: list[Posting]) -> None:
    undone = [*rows, *ledger.negate(rows)]
    ledger.check_balanced(undone)
    totals = ledger.balances([_Fact({"postings": ledger.to_body(undone)})])
    assert set(totals) == {row.account for row in rows}
    assert not any(totals.values())


@given(postings)
def test_negating_twice_changes_nothing(rows: list[Posting]) -> None:
    assert list(ledger.negate(ledger.negate(rows))) == rows


@given(postings, accounts, st.integers(min_value=-1000, max_value=1000).filter(bool))
def test_any_amount_too_much_is_refused(rows: list[Posting], account: str, fen: int) -> None:
    balanced = [*rows, *ledger.negate(rows)]
    with pytest.raises(BugError) as refused:
        ledger.check_balanced([*balanced, Posting(account, fen)])
    assert refused.value.params == {"fen": fen}


@given(st.lists(postings, max_size=5))
def test_balances_do_not_depend_on_how_postings_are_spread_over_entries(
    entries: list[list[Posting]],
) -> None:
    spread = [_Fact({"postings": ledger.to_body(rows)}) for rows in entries]
    together = _Fact({"postings": ledger.to_body([row for rows in entries for row in rows])})
    assert ledger.balances(spread) == ledger.balances([together])
    assert ledger.balances(reversed(spread)) == ledger.balances(spread)


@given(postings)
def test_body_form_round_trips(rows: list[Posting]) -> None:
    assert list(ledger.from_body({"postings": ledger.to_body(rows)})) == rows
