"""Reports of a real outlet: any day, on paper and as a file, and every total opens its entries."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime, timedelta

import pytest

from terminal.app.carrying import Carrying
from terminal.documents.report_csv import MARK, safe_cell
from terminal.domain import ledger
from terminal.domain.document import Document
from terminal.domain.errors import BugError, UserError
from terminal.domain.leases import ORDER
from terminal.domain.money import Money
from terminal.domain.report import Dimension
from terminal.ports.media import Medium
from terminal.store.exports_folder import ExportsFolder
from tests.helpers.cash_ups import show_tills
from tests.helpers.documents import words_of
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SECRETS,
    STAMP,
    Outlet,
    Template,
)
from tests.helpers.quick_verifiers import cheapen_verifiers

pytest_plugins = ["tests.helpers.outlet_fixtures"]

LATE = "2039-01-01T00:00:00.000Z"


@pytest.fixture
def counter(counter: Outlet) -> Outlet:
    """A counter whose till is not counted blind: everything is told at any time."""
    show_tills(counter.cases)
    return counter


@pytest.fixture
def sold(counter: Outlet) -> Outlet:
    """Two sales today."""
    counter.sell(STAMP, 3)
    counter.clock.advance(timedelta(hours=2))
    counter.sell("S0001", 2)
    return counter


def test_a_report_is_what_was_sold_and_its_rows_open_their_entries(sold: Outlet) -> None:
    view = sold.cases.reports.report()
    report = view.report
    assert report.mismatches == ()
    assert (len(report.takings), view.is_open) == (2, True)
    assert report.business_date == sold.books.day().business_date
    assert [row.key for row in report.tables["hour"]] == ["10", "12"]
    assert view.clerks[CLERK]
    for dimension, rows in report.tables.items():
        for row in rows:
            lines = sold.cases.reports.entries_behind(report.business_date, dimension, row.key)
            assert sum(Money.parse(line.amount_text.lstrip("-")).fen for line in lines) == row.fen
    (exempt,) = [row for row in report.tables["tax"] if row.key == "exempt"]
    assert exempt.fen == 360


def test_tax_free_postage_and_taxed_services_of_one_business_have_accounts_of_their_own(
    counter: Outlet,
) -> None:
    cases = counter.cases
    for sku, pieces in (("M0102", 2), ("M0106", 1), ("M0107", 3)):
        cases.ordering.add_item(sku, pieces)
    form = cases.paying.begin()
    cases.paying.tender_cash(form.form_id, "20")
    counter.sell(STAMP, 2)
    counter.sell("S0001")
    report = cases.reports.report().report
    assert report.mismatches == ()
    held = counter.books.balances()
    assert {name: fen for name, fen in held.items() if ledger.income_tax(name)} == {
        "postage:mail": -460,
        "sales:mail": -600,
        "postage:postage": -240,
        "sales:goods": -200,
    }
    assert {row.key: row.fen for row in report.tables["tax"]} == {"exempt": 700, "taxable": 800}
    (mail,) = [row for row in report.tables["business"] if row.key == "mail"]
    assert (mail.fen, len(mail.parts)) == (1060, 1)
    assert counter.books.read_model_differences() == []


def test_an_unknown_row_opens_nothing_and_an_unknown_day_is_refused(sold: Outlet) -> None:
    day = sold.books.day().business_date
    assert sold.cases.reports.entries_behind(day, "clerk", "9999") == ()
    assert sold.cases.reports.entries_of_commission(day, "letters") == ()
    with pytest.raises(UserError) as refused:
        sold.cases.reports.report("1999-01-01")
    assert (refused.value.code, refused.value.params) == (
        "report.no_such_day",
        {"day": "1999-01-01"},
    )


def test_commission_opens_its_entries_too(sold: Outlet) -> None:
    report = sold.cases.reports.report().report
    (row,) = report.commission
    lines = sold.cases.reports.entries_of_commission(report.business_date, row.business)
    assert [line.amount_text for line in lines] == [Money(row.fen).text]


def test_every_day_of_the_journal_can_be_reported(sold: Outlet) -> None:
    first = sold.books.day().business_date
    sold.cases.session.sign_off()
    sold.cases.session.close_outlet(MANAGER, MANAGER_PIN, True)
    sold.clock.advance(timedelta(days=1))
    sold.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    sold.cases.session.sign_on(CLERK, PIN)
    sold.sell(STAMP)
    second = sold.books.day().business_date
    days = [day.business_date for day in sold.cases.reports.days()]
    # The enrolment has a day of its own.
    assert days[:2] == [second, first]
    assert sold.cases.reports.report(first).report.total_fen > 360
    assert sold.cases.reports.report(second).report.total_fen == 120
    assert not sold.cases.reports.report(first).is_open
    counts = Counter(entry.business_date for entry in sold.books.all_entries())
    assert {day.business_date: day.entries for day in sold.cases.reports.days()} == counts
    assert len(sold.cases.reports.journal(first)) == counts[first]


@pytest.mark.parametrize(
    ("last", "following"), [("2027-01-31", "2027-02-01"), ("2027-12-31", "2028-01-01")]
)
def test_a_day_that_goes_on_past_midnight_and_month_end_is_one_day(
    outlet: Outlet, outlet_template: Template, last: str, following: str
) -> None:
    """The business day decides, not the calendar: a sale after midnight is of the day before."""
    wall = datetime.fromisoformat(outlet.clock.now_utc())
    outlet.clock.set_wall(datetime.fromisoformat(f"{last}T15:59:59+00:00") - wall)
    cheapen_verifiers(outlet.home, outlet_template.platform, SECRETS, LATE)
    with outlet.books.transaction() as tx:
        tx.add_range(ORDER, 500_001, 500_999, LATE)
    outlet.open_day()
    show_tills(outlet.cases)
    outlet.sell(STAMP, 2)
    outlet.clock.advance(timedelta(seconds=2))
    outlet.sell(STAMP, 3)
    report = outlet.cases.reports.report(last).report
    assert {row.key: row.fen for row in report.tables["hour"]} == {"23": 240, "00": 360}
    assert (report.total_fen, report.mismatches) == (600, ())
    outlet.cases.session.sign_off()
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, True)
    outlet.open_day()
    outlet.sell(STAMP, 4)
    assert outlet.books.day().business_date == following
    days = [(day.business_date, outlet.cases.reports.report(day.business_date).report) for day in
            outlet.cases.reports.days()[:2]]  # fmt: skip
    assert [(day, report.total_fen, report.mismatches) for day, report in days] == [
        (following, 480, ()),
        (last, 600, ()),
    ]
    held = outlet.books.balances()
    assert -sum(fen for name, fen in held.items() if ledger.income_tax(name)) == 1080


def test_the_journal_of_the_day_lists_what_moved_and_what_did_not(sold: Outlet) -> None:
    lines = sold.cases.reports.journal(sold.books.day().business_date)
    assert [line.seq for line in lines] == sorted(line.seq for line in lines)
    amounts = {line.kind: line.amount_text for line in lines}
    assert amounts["clerk.signed_on"] == ""
    assert amounts["sale.completed"] != ""
    # The journal itself knows who and which order.
    (first, *_) = [line for line in lines if line.kind == "sale.completed"]
    assert (first.clerk_id, first.order_no[-6:]) == (CLERK, "000001")


def test_the_slip_says_every_table_and_that_the_day_goes_on(sold: Outlet) -> None:
    job = sold.cases.reports.slip("")
    said = words_of(Document.from_json(job.document))
    report = sold.cases.reports.report().report
    for word in ("营业日报", "营业日未结束", "按业务", "按支付方式", "按时段", "酬金", "免税邮资"):
        assert word in said
    assert Money(report.total_fen).text in said
    assert "数字不符" not in said
    assert sold.books.print_jobs(limit=1)[0].kind == "report"


def test_a_difference_stands_on_the_slip_and_in_the_file(sold: Outlet) -> None:
    sold.books._connection.execute("UPDATE balances SET fen = fen + 1 WHERE account = 'cash:T02'")
    day = sold.books.day().business_date
    (found,) = sold.cases.reports.report().report.mismatches
    assert (found.what, found.kept - found.shown) == ("cash:T02", 1)
    said = words_of(Document.from_json(sold.cases.reports.slip("").document))
    assert "数字不符" in said
    assert "数字不符" in sold.cases.reports.csv(day).decode("utf-8-sig")


def test_the_file_is_read_back_with_the_same_figures(sold: Outlet) -> None:
    report = sold.cases.reports.report().report
    data = sold.cases.reports.csv(report.business_date)
    assert data.startswith(MARK)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    titles: dict[Dimension, str] = {"business": "按业务", "tender": "按支付方式", "hour": "按时段"}
    for dimension, title in titles.items():
        told = [row for row in rows if row[:1] == [title]]
        figures = [Money(row.fen).text for row in report.tables[dimension]]
        assert [row[2] for row in told] == [*figures, Money(report.total_fen).text]
    entries = len(sold.cases.reports.journal(report.business_date))
    assert len(rows[rows.index(["当日账目"]) + 2 :]) == entries


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\u3000=1", "'\u3000=1"),
        ("-12.50", "-12.50"),
        ("0.00", "0.00"),
        ("-1e9", "'-1e9"),
        ("邮票", "邮票"),
        ("", ""),
    ],
)
def test_no_cell_of_a_file_can_run(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


def test_files_go_to_the_homes_folder_or_onto_a_stick(sold: Outlet) -> None:
    carrying = Carrying(_NobodyCalled(), tuple, ExportsFolder(sold.home))
    where = carrying.keep("report-2026-11-21.csv", b"one")
    assert where == str(sold.home / "exports" / "report-2026-11-21.csv")
    assert carrying.keep("report-2026-11-21.csv", b"two") == where
    stick = sold.home / "stick"
    stick.mkdir()
    onto = carrying.keep("r.csv", b"three", Medium("stick", str(stick), 1))
    assert (stick / "postal-reports" / "r.csv").read_bytes() == b"three"
    assert onto.endswith("r.csv")
    assert (sold.home / "exports" / "report-2026-11-21.csv").read_bytes() == b"two"
    for name in ("../x", "a/b", "", ".x"):
        with pytest.raises(BugError):
            carrying.keep(name, b"")


def test_where_no_files_are_kept_it_says_so() -> None:
    with pytest.raises(UserError) as refused:
        Carrying(_NobodyCalled(), tuple).keep("r.csv", b"")
    assert refused.value.code == "exports.no_place"


class _NobodyCalled:
    """No agent is asked when a file is written."""

    def call(self, name: str, params: object) -> dict[str, object]:
        raise AssertionError(name, params)
