"""Before a blind count nothing that the clerk can read tells what should be in her till."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from terminal.app.entry_account import account_of
from terminal.app.last_transaction import last_transaction
from terminal.app.refunding import Wish
from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.documents.report_tables import Names, mismatch_lines, sections
from terminal.domain.attempt import Answer
from terminal.domain.authority import ELSEWHERE
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from tests.helpers.cash_ups import book_fen, count, show_tills
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, TILL, Outlet
from tests.helpers.payments import payer_code
from tests.unit.test_tills import fund, issue

pytest_plugins = ["tests.helpers.outlet_fixtures"]
PEN = "P0011"


@pytest.fixture
def odd(counter: Outlet) -> Outlet:
    """A float, sales in cash and by code, one taken back: a sum that stands nowhere by itself."""
    fund(counter, 1_000_000)
    issue(counter, {10_000: 7})
    counter.sell(STAMP, 7)
    counter.sell(PEN, 13)
    _paid_by_code(counter, PEN, 9)
    order = counter.sell(STAMP, 2)
    form = counter.cases.refunding.begin(order)
    every = {line.line_id: line.left for line in form.lines}
    wish = Wish(form.form_id, "reversal", every, "keyed_wrong")
    counter.cases.refunding.complete(wish, SENIOR, SENIOR_PIN)
    return counter


def _paid_by_code(outlet: Outlet, sku: str, quantity: int) -> None:
    cases = outlet.cases
    cases.ordering.add_item(sku, quantity)
    form = cases.paying.begin()
    attempt = cases.codes.arm(form.form_id, payer_code("paid")).attempt
    cases.codes.record(attempt.out_trade_no, "charge", Answer("ok", "paid", attempt.amount_fen))
    assert cases.paying.finish(form.form_id).done is not None


def _refusals(outlet: Outlet) -> Iterator[str]:
    """What refusals say of a till that holds too little."""
    held = book_fen(outlet.cases)
    pieces_of_too_much = {10_000: held // 10_000 + 1}
    with pytest.raises(UserError) as refused:
        outlet.cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", pieces_of_too_much))
    yield f"{refused.value.code} {refused.value.params}"
    outlet.cases.ordering.add_item(PEN, 1)
    order = next(e for e in outlet.books.all_entries() if e.kind == "sale.completed")
    form = outlet.cases.refunding.begin(str(order.body["order_no"]))
    every = {line.line_id: line.left for line in form.lines}
    outlet.books._connection.execute("UPDATE balances SET fen = 1 WHERE account = 'cash:T02'")
    with pytest.raises(UserError, match=r"refund\.not_enough_cash") as refused:
        outlet.cases.refunding.complete(
            Wish(form.form_id, "reversal", every, "keyed_wrong"), SENIOR, SENIOR_PIN
        )
    yield f"{refused.value.code} {refused.value.params}"
    outlet.books._connection.execute(
        "UPDATE balances SET fen = ? WHERE account = 'cash:T02'", (held,)
    )
    outlet.cases.ordering.void_line(outlet.cases.ordering.basket.lines[-1].line_id)


def _questions(outlet: Outlet) -> Iterator[str]:
    """What other counters are asked of the tills here, and what was allowed at this one."""
    tills, checks = outlet.cases.tills, outlet.cases.till_checks
    issued = MoveForm(new_uuid7(), "V01", "T02", {10_000: 3})
    back = MoveForm(new_uuid7(), "V01", "bank", {10_000: 4})
    for ask, form in ((tills.send, issued), (tills.fund, back)):
        with pytest.raises(UserError, match=r"approval\.asked") as asked:
            ask(form, ELSEWHERE, "")
        yield json.dumps(outlet.cases.approving.request(str(asked.value.params["request_id"])))
    for till_id in ("T02", "V01"):
        with pytest.raises(UserError) as refused:
            checks.check(CheckForm(new_uuid7(), till_id, {}), ELSEWHERE, "")
        yield f"{refused.value.code} {refused.value.params}"
        if refused.value.code == "approval.asked":
            number = str(refused.value.params["request_id"])
            yield json.dumps(outlet.cases.approving.request(number))


def _told(outlet: Outlet) -> Iterator[str]:
    """Everything that is said to the clerk who has not counted, as views, files and slips."""
    cases, day = outlet.cases, outlet.books.day().business_date
    yield from _refusals(outlet)
    yield from _questions(outlet)
    yield repr(cases.session.view())
    yield repr(cases.tills.view())
    yield repr(cases.cash_ups.view())
    yield repr(last_transaction(cases.context))
    view = cases.reports.report(day)
    yield repr(view)
    for dimension, rows in view.report.tables.items():
        for row in rows:
            yield repr(cases.reports.entries_behind(day, dimension, row.key))
    yield cases.reports.csv(day).decode("utf-8")
    for language in ("zh_CN", "en"):
        names = Names({}, {})
        yield repr(list(sections(view.report, names, language)))
        yield repr(mismatch_lines(view.report, language))
    cases.reports.slip(day)
    cases.cash_ups.interim()
    cases.slips.reprint()
    for waiting in cases.queue.rows(200):
        entry = outlet.books.entry(waiting.seq)
        assert entry is not None
        yield repr(waiting)
        yield repr(account_of(cases.context, entry))
        yield json.dumps(entry.to_wire(), ensure_ascii=False)
    cases.session.sign_off()
    yield json.dumps(outlet.books.entries(limit=1)[0].to_wire())
    for job in outlet.books.print_jobs(limit=100):
        yield json.dumps(job.document, ensure_ascii=False)


def _amounts(outlet: Outlet) -> tuple[str, ...]:
    """What nobody may read: what the tills should hold, and what was sold for cash."""
    held = book_fen(outlet.cases)
    kinds = {e.seq: e.kind for e in outlet.books.all_entries()}
    sold = sum(
        row.fen for row in outlet.books.ledger.postings(TILL) if kinds[row.seq].startswith("sale")
    )
    back = sum(
        row.fen for row in outlet.books.ledger.postings(TILL) if kinds[row.seq].startswith("ref")
    )
    vault = outlet.books.ledger.balance("cash:V01")
    shown = [Money(fen).text for fen in (held, sold, sold + back, vault)]
    return (*shown, *(text.replace(".", "") for text in shown))


def _reads(told: str, amount: str) -> bool:
    return re.search(rf"(?<![0-9.A-Fa-f-]){re.escape(amount)}(?![0-9A-Fa-f-])", told) is not None


def test_nothing_that_is_told_before_the_count_says_what_should_be_in_the_till(
    odd: Outlet,
) -> None:
    amounts = _amounts(odd)
    assert len(set(amounts)) == 8
    told = list(_told(odd))
    assert [(amount, one[:80]) for one in told for amount in amounts if _reads(one, amount)] == []


def test_where_tills_are_not_blind_the_same_look_finds_it(odd: Outlet) -> None:
    """Negative control."""
    amounts = _amounts(odd)
    show_tills(odd.cases)
    told = list(_told(odd))
    assert {amount for one in told for amount in amounts if _reads(one, amount)} >= set(amounts[:4])


def test_the_report_of_an_uncounted_day_has_other_tenders_and_all_of_it_after_the_count(
    odd: Outlet,
) -> None:
    report = odd.cases.reports.report().report
    assert report.blind
    assert {row.key: row.fen for row in report.tables["tender"]} == {"wechat": 450}
    assert (report.total_fen, report.count) == (450, 1)
    assert [name for name, rows in report.tables.items() if rows] == ["tender"]
    count(odd.cases)
    report = odd.cases.reports.report().report
    assert not report.blind
    assert report.tables["tender"][0].key == "cash"
    odd.sell(STAMP)
    assert odd.cases.reports.report().report.blind, "what moved since the count is not counted"


def test_a_difference_in_the_books_is_said_without_figures_before_the_count(odd: Outlet) -> None:
    odd.books._connection.execute("UPDATE balances SET fen = fen + 1 WHERE account = 'cash:T02'")
    report = odd.cases.reports.report().report
    assert [one.what for one in report.mismatches] == [TILL]
    assert mismatch_lines(report, "zh_CN") == (TILL,)
