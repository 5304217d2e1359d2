"""A report: every table has the same total, opens its entries, and hides no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.journal import Entry
from terminal.domain.ledger import Posting
from terminal.domain.report import DIMENSIONS, Control, Report, make_report, taking_of

DAY = "2026-11-21"


def _entry(seq: int, body: dict[str, Any], at: str = "01:05", clerk: str = "0312") -> Entry:
    stamp = f"{DAY}T{at}:00.000Z"
    return Entry(
        "61020303-02", 1, seq, "sale.completed", 1, f"intent-{seq}", DAY, stamp, clerk, body,
        "0" * 64, "0" * 64, "0" * 128,
    )  # fmt: skip


def _sale(*postings: tuple[str, int], **more: Any) -> dict[str, Any]:
    rows = [Posting(account, fen) for account, fen in postings]
    return {"channel": "counter", "postings": ledger.to_body(rows), **more}


def _control(made_of: Sequence[Entry], **changes: Any) -> Control:
    postings = tuple(row for entry in made_of for row in ledger.from_body(entry.body))
    sums = ledger.balances(made_of)
    return replace(Control(len(made_of), postings, sums, sums), **changes)


def _report(made_of: Sequence[Entry], **changes: Any) -> Report:
    return make_report(DAY, made_of, _control(made_of, **changes), {"goods": 120})


MORNING = _entry(
    3,
    _sale(
        ("cash:T02", 990),
        ("payments_held", 300),
        ("rounding", 9),
        ("sales:goods", -900),
        ("sales:postage", -399),
        order_no="61-02-000001",
        tenders=[
            {"kind": "payer_code", "scheme": "wechat", "fen": 300},
            {"kind": "cash", "fen": 990},
        ],
        lines=[
            {"tax": "taxable", "amount_fen": 900},
            {"tax": "exempt", "amount_fen": 399},
        ],
    ),
)
NOON = _entry(4, _sale(("cash:T02", 500), ("postage:letters", -500), order_no="n"), "04:30", "0315")
REFUND = _entry(5, _sale(("cash:T02", -900), ("sales:goods", 900)), "04:59")
PAYMENT = _entry(6, _sale(("channel:wechat", 300), ("payments_held", -300)))
DAY_OF_ALL = (MORNING, NOON, REFUND, PAYMENT)


def _table(report: Report, dimension: Any) -> dict[str, int]:
    return {row.key: row.fen for row in report.tables[dimension]}


def test_each_table_sorts_the_same_takings_by_another_key() -> None:
    report = _report(DAY_OF_ALL)
    assert report.mismatches == ()
    assert report.total_fen == 899
    assert _table(report, "business") == {"goods": 0, "letters": 500, "postage": 399}
    assert _table(report, "tender") == {"cash": 590, "wechat": 300, "rounding": 9}
    assert _table(report, "clerk") == {"0312": 399, "0315": 500}
    # Beijing time: 01:05 UTC is nine in the morning.
    assert _table(report, "hour") == {"09": 1299, "12": -400}
    assert _table(report, "channel") == {"counter": 899}
    assert _table(report, "tax") == {"taxable": 900, "exempt": 899, "unsorted": -900}
    assert [row.key for row in report.tables["tender"]] == ["cash", "wechat", "rounding"]


def test_every_row_opens_the_entries_it_is_the_sum_of() -> None:
    (goods,) = [row for row in _report(DAY_OF_ALL).tables["business"] if row.key == "goods"]
    assert [(part.seq, part.fen) for part in goods.parts] == [(3, 900), (5, -900)]
    hours = {row.key: row for row in _report(DAY_OF_ALL).tables["hour"]}
    assert [part.seq for part in hours["12"].parts] == [4, 5]


def test_an_entry_that_only_moves_money_about_is_no_taking() -> None:
    assert taking_of(PAYMENT) is None
    assert taking_of(_entry(9, {})) is None


def test_tenders_that_do_not_add_up_are_told_by_the_accounts_instead() -> None:
    told: dict[str, Any] = {**MORNING.body, "tenders": [{"kind": "cash", "fen": 1}]}
    taking = taking_of(replace(MORNING, body=told))
    assert taking is not None
    assert taking.tender == {"cash": 990, "payments_held": 300, "rounding": 9}
    lone = taking_of(_entry(9, _sale(("channel:card", 5), ("sales:goods", -5))))
    assert lone is not None
    assert lone.tender == {"bank_card": 5}


def test_lines_that_do_not_add_up_are_taxed_by_the_accounts_instead() -> None:
    told: dict[str, Any] = {**MORNING.body, "lines": [{"tax": "exempt", "amount_fen": 1}]}
    taking = taking_of(replace(MORNING, body=told))
    assert taking is not None
    assert taking.tax == {"unsorted": 1299}


def test_lines_that_do_not_say_their_tax_are_asked_for_by_their_article() -> None:
    lines = [{"sku": "P0001", "amount_fen": -399}, {"sku": "L1", "amount_fen": -900}]
    body = _sale(("cash:T02", -1299), ("sales:goods", 900), ("sales:postage", 399), lines=lines)
    taking = taking_of(_entry(9, body), {"P0001": "exempt", "L1": "taxable"}.__getitem__)
    assert taking is not None
    assert taking.tax == {"exempt": -399, "taxable": -900}
    unknown = taking_of(_entry(9, body))
    assert unknown is not None
    assert unknown.tax == {"unsorted": -1299}


def test_commission_is_rounded_for_each_entry_and_taken_back_exactly() -> None:
    sold = _entry(3, _sale(("cash:T02", 104), ("sales:goods", -104)))
    back = _entry(4, _sale(("cash:T02", -104), ("sales:goods", 104)))
    half = _entry(5, _sale(("cash:T02", 4), ("sales:goods", -4)))
    (row,) = _report([sold, back, half]).commission
    # 104 × 12 % is 12.48, and 4 × 12 % is 0.48.
    assert [(part.seq, part.fen) for part in row.parts] == [(3, 12), (4, -12), (5, 0)]
    assert (row.business, row.permille, row.base_fen, row.fen) == ("goods", 120, 4, 0)
    report = make_report(DAY, [half], _control([half]), {"goods": 125})
    assert report.commission_fen == 1
    nearly = [_entry(3, _sale(("cash:T02", fen), ("sales:goods", -fen))) for fen in (499, 500)]
    (row,) = make_report(DAY, nearly, _control(nearly), {"goods": 1}).commission
    assert [part.fen for part in row.parts] == [0, 1]


def test_a_taking_says_which_entry_it_is_and_a_report_which_day() -> None:
    taking = taking_of(MORNING)
    assert taking is not None
    told = (taking.seq, taking.kind, taking.order_no, taking.channel, taking.clerk_id)
    assert told == (3, "sale.completed", "61-02-000001", "counter", "0312")
    bare = taking_of(_entry(9, {"postings": ledger.to_body([Posting("sales:goods", 0)])}))
    assert bare is not None
    assert (bare.order_no, bare.channel) == ("", "")
    assert _report(DAY_OF_ALL).business_date == DAY


def test_postings_of_a_day_that_do_not_balance_are_a_difference() -> None:
    lone = replace(NOON, body=_sale(("cash:T02", 501), ("postage:letters", -500)))
    found = {one.what: (one.shown, one.kept) for one in _report([lone]).mismatches}
    assert found["balanced"] == (1, 0)


def test_an_account_without_a_balance_holds_nothing() -> None:
    balances = {n: fen for n, fen in _control(DAY_OF_ALL).balances.items() if n != "rounding"}
    (found,) = _report(DAY_OF_ALL, balances=balances).mismatches
    assert (found.what, found.shown, found.kept) == ("rounding", 9, 0)


@pytest.mark.parametrize(
    ("changes", "what", "shown", "kept"),
    [
        ({"entries": 5}, "entries", 4, 5),
        ({"balances": {**_control(DAY_OF_ALL).balances, "cash:T02": 591}}, "cash:T02", 590, 591),
        ({"balances": {**_control(DAY_OF_ALL).balances, "cod:0401": 7}}, "cod:0401", 0, 7),
    ],
)
def test_a_sum_that_differs_from_what_the_books_keep_is_shown_with_both(
    changes: dict[str, Any], what: str, shown: int, kept: int
) -> None:
    (found,) = _report(DAY_OF_ALL, **changes).mismatches
    assert (found.what, found.shown, found.kept) == (what, shown, kept)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_an_entry_lost_on_the_way_to_the_report_is_a_difference_in_every_table(
    missing: int,
) -> None:
    """Data tree: totals from part of the data must never pass for totals."""
    rest = [entry for place, entry in enumerate(DAY_OF_ALL) if place != missing]
    report = make_report(DAY, rest, _control(DAY_OF_ALL), {})
    assert {found.what for found in report.mismatches} == {"entries", "total", *DIMENSIONS}


amounts = st.integers(-10_000, 10_000).filter(bool)
sales = st.lists(
    st.tuples(
        st.sampled_from(["sales:goods", "sales:produce", "postage:letters"]),
        amounts,
        st.sampled_from(["cash:T02", "payments_held", "channel:card", "vouchers:gift"]),
        st.integers(0, 23),
        st.sampled_from(["0312", "0315"]),
    ),
    max_size=12,
)


@given(sales)
def test_whatever_is_sold_every_table_has_the_total_of_the_books(rows: list[Any]) -> None:
    entries = [
        _entry(seq, _sale((tender, fen), (income, -fen)), f"{hour:02}:00", clerk)
        for seq, (income, fen, tender, hour, clerk) in enumerate(rows, 1)
    ]
    report = _report(entries)
    assert report.mismatches == ()
    total = sum(fen for _, fen, *_ in rows)
    assert report.total_fen == total
    for dimension in DIMENSIONS:
        table = report.tables[dimension]
        assert sum(row.fen for row in table) == total
        assert sorted(part.seq for row in table for part in row.parts) == [
            entry.seq for entry in entries
        ]
