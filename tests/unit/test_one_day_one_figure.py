"""Every paper of one day says the same of it, and the same as the accounts."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from terminal.app.refunding import Wish
from terminal.app.session_slip import session_totals
from terminal.domain.attempt import Answer
from terminal.domain.money import Money
from tests.helpers.cash_ups import closed, show_tills
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL, Outlet
from tests.helpers.payments import payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]
PEN = "P0011"


@pytest.fixture
def counter(counter: Outlet) -> Outlet:
    """A counter whose till is not counted blind: everything is told at any time."""
    show_tills(counter.cases)
    return counter


def _paid_by_code(outlet: Outlet, quantity: int) -> str:
    cases = outlet.cases
    cases.ordering.add_item(PEN, quantity)
    form = cases.paying.begin()
    attempt = cases.codes.arm(form.form_id, payer_code("paid")).attempt
    cases.codes.record(attempt.out_trade_no, "charge", Answer("ok", "paid", attempt.amount_fen))
    done = cases.paying.finish(form.form_id).done
    assert done is not None
    return done.order_no


def _return_all(outlet: Outlet, order: str) -> None:
    form = outlet.cases.refunding.begin(order)
    every = {line.line_id: line.left for line in form.lines}
    outlet.cases.refunding.complete(Wish(form.form_id, "return", every, "wrong_goods"))


def _refused(outlet: Outlet) -> str:
    """The channel does not give the money back."""
    (payment,) = outlet.cases.refund_money.to_ask()
    no = {"outcome": "refused", "code": "refund.refused", "result": {}}
    outlet.cases.refund_money.record(payment.number, no)
    return payment.number


@pytest.fixture
def moved(counter: Outlet) -> Outlet:
    """Cash 20.00; WeChat 10.00 returned, refused by the channel, given back in cash."""
    counter.sell(PEN, 40)
    _return_all(counter, _paid_by_code(counter, 20))
    counter.cases.refund_money.pay_in_cash(_refused(counter), SENIOR, SENIOR_PIN)
    return counter


def _report_tenders(outlet: Outlet) -> dict[str, int]:
    report = outlet.cases.reports.report().report
    assert report.mismatches == ()
    return {row.key: row.fen for row in report.tables["tender"]}


def test_the_report_knows_that_a_refused_refund_was_given_back_in_cash(moved: Outlet) -> None:
    assert moved.books.ledger.balance(TILL) == 1000
    assert _report_tenders(moved) == {"cash": 1000, "wechat": 1000}
    day = moved.books.day().business_date
    lines = moved.cases.reports.entries_behind(day, "tender", "cash")
    assert [line.kind for line in lines][-1] == "refund.rerouted"


def test_the_file_of_the_day_and_the_slip_of_signing_off_say_what_the_report_says(
    moved: Outlet,
) -> None:
    report = moved.cases.reports.report().report
    slip = session_totals(moved.books.all_entries(), confirmed_seq=0)
    assert dict(slip.tenders) == _report_tenders(moved)
    rows = list(csv.reader(io.StringIO(moved.cases.reports.csv(report.business_date).decode())))
    cells = [row for row in rows if len(row) > 2]
    for row in report.tables["tender"]:
        assert any(Money(row.fen).text in line for line in cells)


def test_a_refund_given_back_another_way_sells_nothing(moved: Outlet) -> None:
    report = moved.cases.reports.report().report
    assert report.total_fen == 2000
    entries = moved.books.all_entries()
    given_back = {entry.seq for entry in entries if entry.kind == "refund.rerouted"}
    assert given_back
    for dimension in ("business", "clerk", "hour", "channel", "tax"):
        for row in report.tables[dimension]:
            assert not given_back & {part.seq for part in row.parts}


def test_asking_the_channel_again_moves_no_money_between_tenders(counter: Outlet) -> None:
    _return_all(counter, _paid_by_code(counter, 20))
    counter.cases.refund_money.try_again(_refused(counter))
    kinds = [taking.kind for taking in counter.cases.reports.report().report.takings]
    assert kinds == ["sale.completed", "refund.completed"]


def _z(outlet: Outlet) -> dict[str, Any]:
    closed(outlet.cases)
    return next(e.body for e in outlet.books.entries(limit=5) if e.kind == "cash_up.closed")


def test_the_closing_report_says_what_the_day_s_report_says(moved: Outlet) -> None:
    tenders = _report_tenders(moved)
    told = _z(moved)
    assert {row["kind"]: row["fen"] for row in told["tenders"]} == tenders
    assert (told["orders"], told["sold_fen"]) == (2, 3000)
    assert (told["refunds"], told["refunded_fen"]) == (1, -1000)


def test_the_closing_report_takes_refunds_off_what_was_sold(counter: Outlet) -> None:
    order = counter.sell(PEN, 5)
    _return_all(counter, order)
    counter.sell(PEN, 3)
    told = _z(counter)
    total = counter.cases.reports.report().report.total_fen
    assert told["sold_fen"] + told["refunded_fen"] == total == 150
    assert [row["fen"] for row in told["tenders"]] == [told["counted_fen"]] == [150]
    (slip,) = [job for job in counter.books.print_jobs(limit=5) if job.kind == "cash_up"]
    assert "退款笔数" in str(slip.document)
    assert "-2.50" in str(slip.document)


def test_the_interim_report_before_the_count_tells_no_refund_in_cash(counter: Outlet) -> None:
    _return_all(counter, counter.sell(PEN, 5))
    counter.cases.cash_ups.interim()
    (told,) = [e.body for e in counter.books.entries(limit=3) if e.kind == "cash_up.interim"]
    assert (told["refunds"], told["refunded_fen"], told["tenders"]) == (1, 0, [])
