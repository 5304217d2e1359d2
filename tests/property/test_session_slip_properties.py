"""Any day's sales: what a sign-off slip says is the sum of the journal's entries."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.app.session_slip import session_totals
from terminal.domain import ledger
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, Entry, EntryDraft, seal
from terminal.domain.money import Money
from terminal.domain.sale import CodeTender, sale_body, settle
from tests.helpers.baskets import baskets

CLERKS = ("0312", "0315")
cash = st.lists(st.integers(1, 200_000).map(Money), max_size=2).map(tuple)


@st.composite
def sales(draw: st.DrawFn) -> dict[str, Any] | None:
    """The body of a sale, or None while the customer has not paid enough."""
    basket = replace(draw(baskets(least=1, most=3)), cash_parts=draw(cash))
    codes: tuple[CodeTender, ...] = ()
    if basket.total and draw(st.booleans()):
        amount = Money(draw(st.integers(1, basket.total.fen)))
        codes = (CodeTender("f" * 32, draw(st.sampled_from(["wechat", "alipay"])), amount),)
    settled = settle(basket, codes, rounds_cash=draw(st.booleans()))
    if settled is None:
        return None
    return sale_body(settled, order_no="", till_id="T02", channel="counter")


@st.composite
def days(draw: st.DrawFn) -> list[Entry]:
    """Entries of one business day, begun after some other entries."""
    before = draw(st.integers(0, 20))
    entries: list[Entry] = []
    for body in draw(st.lists(sales(), max_size=8)):
        seq = before + len(entries) + 1
        clerk = draw(st.sampled_from(CLERKS))
        if body is None:
            entries.append(_entry(seq, "basket.abandoned", clerk, {"lines": []}))
        else:
            entries.append(_entry(seq, "sale.completed", clerk, {**body, "order_no": f"{seq:06d}"}))
    return [*entries, _entry(before + len(entries) + 1, "outlet.signed_off", "0301", {})]


def _entry(seq: int, kind: str, clerk_id: str, body: dict[str, Any]) -> Entry:
    return seal(
        EntryDraft(kind, new_uuid7(), "2026-03-02", clerk_id, body),
        terminal_id="T-1",
        epoch=1,
        seq=seq,
        recorded_at="2026-03-02T08:00:00.000Z",
        prev_hash=GENESIS_HASH,
        signer=lambda digest: digest + digest,
    )


@settings(deadline=None)
@given(days(), st.integers(0, 40), st.sampled_from(["", *CLERKS]), st.randoms())
def test_every_figure_is_a_sum_of_entries(
    day: list[Entry], confirmed_seq: int, clerk_id: str, order: Any
) -> None:
    order.shuffle(day)
    totals = session_totals(day, clerk_id=clerk_id, confirmed_seq=confirmed_seq)
    mine = [entry for entry in day if clerk_id in ("", entry.clerk_id)]
    sold = [entry for entry in mine if entry.kind == "sale.completed"]
    # The postings are the oracle: what the till and the channel got against what was sold.
    accounts = ledger.balances(sold)
    kept = dict(totals.tenders)
    assert kept.pop("cash", 0) == accounts.get("cash:T02", 0)
    assert sum(kept.values()) == accounts.get(ledger.PAYMENTS_HELD, 0)
    assert totals.rounding_fen == -accounts.get(ledger.ROUNDING, 0)
    income = sum(fen for name, fen in accounts.items() if ledger.income_tax(name))
    assert totals.sold_fen == -income
    assert sum(fen for _, fen in totals.tenders) == totals.sold_fen + totals.rounding_fen
    by_kind: Counter[str] = Counter()
    for entry in sold:
        for tender in _tenders(entry):
            by_kind[tender.get("scheme", tender["kind"])] += tender["fen"]
    assert dict(totals.tenders) == dict(by_kind)
    numbers = sorted(str(entry.body["order_no"]) for entry in sold)
    assert (totals.first_order, totals.last_order) == (
        (numbers[0], numbers[-1]) if numbers else ("", "")
    )
    assert totals.orders == len(sold)
    assert totals.confirmed == sum(entry.seq <= confirmed_seq for entry in mine)
    assert totals.confirmed + totals.waiting == len(mine)
    earlier = min(entry.seq for entry in day) - 1
    assert totals.waiting_before == (0 if clerk_id else max(0, earlier - confirmed_seq))


def _tenders(entry: Entry) -> Any:
    return entry.body["tenders"]
