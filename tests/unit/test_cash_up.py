"""Cashing up by its use cases: blind, booked before it is shown, resumable, once."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from terminal.app.refunding import Wish
from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.domain.attempt import Answer
from terminal.domain.cash_up import DISPUTED, Step
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from tests.helpers.cash_ups import book_fen, closed, count, pieces, verified
from tests.helpers.inbox import Centre, deliver
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, TILL, Outlet, Template
from tests.helpers.payments import payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SUSPENSE, OVER_SHORT = "suspense:T02", "over_short:T02"


def held(outlet: Outlet, account: str) -> int:
    """What an account holds."""
    return outlet.books.ledger.balance(account)


def kinds(outlet: Outlet) -> list[str]:
    """Kinds of the entries of cashing up, oldest first."""
    return [
        entry.kind
        for entry in reversed(outlet.books.entries(limit=100))
        if entry.kind.startswith("cash_up.")
    ]


def test_before_the_count_nothing_says_what_is_expected(counter: Outlet) -> None:
    counter.sell(STAMP, 3)
    view = counter.cases.cash_ups.view()
    assert (view.step, view.outcome) == (Step.COUNT, None)
    amount = counter.books.ledger.balance(TILL)
    assert Money(amount).text not in repr(asdict(view))
    with pytest.raises(UserError, match=r"cash_up\.not_counted"):
        counter.cases.cash_up_behind.line("cash_in", "sale.completed", comes_in=True)


def test_a_count_is_an_entry_and_its_difference_lies_in_suspense_before_it_is_shown(
    counter: Outlet,
) -> None:
    counter.sell(STAMP, 3)
    expected = book_fen(counter.cases)
    view = count(counter.cases, -50)
    assert kinds(counter) == ["cash_up.counted"]
    assert held(counter, TILL) == expected - 50
    assert held(counter, SUSPENSE) == 50
    assert view.step is Step.DIFFERENCE
    assert view.outcome is not None
    assert (view.outcome.difference_text, view.outcome.disposition) == ("0.50", "short")
    assert [line.code for line in view.outcome.lines] == ["float", "cash_in"]


def test_a_second_press_of_the_same_form_counts_nothing_and_says_what_was_saved(
    counter: Outlet,
) -> None:
    counter.sell()
    form = counter.cases.cash_ups.view().form_id
    typed = pieces(book_fen(counter.cases) + 100)
    first = counter.cases.cash_ups.count(form, typed)
    again = counter.cases.cash_ups.count(form, typed)
    assert first.outcome is not None
    assert again.saved_seq == first.outcome.seq
    assert kinds(counter) == ["cash_up.counted"]


def test_a_recount_is_another_entry_and_the_first_stays(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    count(counter.cases, -5_00)
    again = counter.cases.cash_ups.recount()
    assert (again.step, again.outcome) == (Step.COUNT, None)
    found = held(counter, TILL) + 5_00
    view = counter.cases.cash_ups.count(again.form_id, pieces(found))
    assert (view.counts, kinds(counter)) == (2, ["cash_up.counted"] * 2)
    assert view.outcome is not None
    assert view.outcome.disposition == "even"
    assert held(counter, SUSPENSE) == 0


def test_one_fen_short_is_booked_as_short_and_verified_by_somebody_else(counter: Outlet) -> None:
    counter.sell()
    view = counter.cases.cash_ups.book(count(counter.cases, -1).form_id)
    assert (held(counter, OVER_SHORT), held(counter, SUSPENSE)) == (1, 0)
    assert view.step is Step.VERIFY
    with pytest.raises(UserError, match=r"permission\.same_person"):
        counter.cases.cash_ups.verify(view.form_id, CLERK, PIN)
    done = counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    assert (done.step, done.verifier) == (Step.HAND_OVER, SENIOR)


def test_an_even_till_goes_the_same_way_and_books_no_posting(counter: Outlet) -> None:
    counter.sell()
    closed(counter.cases)
    assert kinds(counter) == [
        "cash_up.counted",
        "cash_up.booked",
        "cash_up.verified",
        "cash_up.closed",
    ]
    assert held(counter, OVER_SHORT) == held(counter, SUSPENSE) == 0


def test_a_dispute_leaves_the_difference_in_suspense_prints_a_slip_and_freezes_the_count(
    counter: Outlet,
) -> None:
    counter.sell()
    form = count(counter.cases, -70).form_id
    with pytest.raises(UserError, match=r"cash_up\.reason_missing"):
        counter.cases.cash_ups.dispute(form, "  ")
    view = counter.cases.cash_ups.dispute(form, "我没有收过这笔")
    assert (held(counter, SUSPENSE), held(counter, OVER_SHORT)) == (70, 0)
    assert view.frozen
    assert view.outcome is not None
    assert view.outcome.disposition == "disputed"
    assert counter.books.print_jobs(limit=1)[0].kind == "cash_up"
    with pytest.raises(UserError, match=r"cash_up\.frozen"):
        counter.cases.cash_ups.recount()
    done = counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    counter.cases.cash_ups.close(done.form_id)
    assert held(counter, SUSPENSE) == 70


def test_an_even_till_cannot_be_disputed(counter: Outlet) -> None:
    with pytest.raises(UserError, match=r"cash_up\.no_difference"):
        counter.cases.cash_ups.dispute(count(counter.cases).form_id, "x")


def test_cash_that_lies_here_for_an_unfinished_sale_is_not_counted_as_over(
    counter: Outlet,
) -> None:
    cases = counter.cases
    counter.sell(STAMP, 3)
    cases.ordering.add_item(STAMP, 10)
    form = cases.paying.begin()
    cases.paying.tender_cash(form.form_id, "5")
    with pytest.raises(UserError) as refusal:
        count(cases, 500)
    assert (refusal.value.code, refusal.value.params) == ("cash_up.laid_down", {"amount": "5.00"})
    form_of = CheckForm(new_uuid7(), TILL.removeprefix("cash:"), {100: 1})
    with pytest.raises(UserError, match=r"cash_up\.laid_down"):
        cases.till_checks.check(form_of, SENIOR, SENIOR_PIN)
    assert kinds(counter) == []
    # Given back or taken to its end, the till can be counted.
    cases.paying.abandon(form.form_id)
    view = count(cases, 0)
    assert view.outcome is not None
    assert view.outcome.disposition == "even"


def test_a_directive_that_clears_a_dispute_is_not_undone_by_the_next_cash_up(
    counter: Outlet, outlet_template: Template
) -> None:
    counter.sell(STAMP, 3)
    cases, centre = counter.cases, Centre(outlet_template.platform)
    view = cases.cash_ups.dispute(count(cases, -50).form_id, "金额不符")
    disputed = next(one for one in counter.books.entries(limit=5) if one.kind == DISPUTED)
    view = cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    cases.cash_ups.close(view.form_id)
    assert held(counter, SUSPENSE) == 50
    record = centre.directive(
        disputed,
        50,
        postings=[
            {"account": SUSPENSE, "fen": -50},
            {"account": "sales:postal_supplies", "fen": 50},
        ],
    )
    deliver(counter, record)
    cases.directives.accept(record["directive_id"])
    assert held(counter, SUSPENSE) == 0
    counter.sell(STAMP, 2)
    view = count(cases, 0)
    cases.cash_ups.book(view.form_id)
    assert (held(counter, SUSPENSE), held(counter, OVER_SHORT)) == (0, 0)


def test_a_payment_in_doubt_is_carried_over_and_stops_nobody(counter: Outlet) -> None:
    cases = counter.cases
    counter.sell(STAMP, 3)
    cases.ordering.add_item(STAMP, 5)
    number = left_in_doubt(cases)
    cases.ordering.suspend("")
    assert cases.cash_ups.view().step is Step.COUNT
    view = verified(cases)
    assert [name for name, _ in view.in_doubt] == [number]
    cases.cash_ups.close(view.form_id)
    closing = next(one for one in counter.books.entries(limit=3) if one.kind == "cash_up.closed")
    body: Any = closing.body
    assert body["in_doubt"] == [{"out_trade_no": number, "fen": 600, "state": "doubt"}]
    slip = next(job for job in counter.books.print_jobs(limit=9) if job.kind == "cash_up")
    assert "存疑付款" in json.dumps(slip.document, ensure_ascii=False)
    cases.session.sign_off()
    assert counter.books.day().clerk_id == ""


def test_money_a_channel_took_for_a_parked_basket_is_named_on_the_report(counter: Outlet) -> None:
    cases = counter.cases
    counter.sell(STAMP, 3)
    cases.ordering.add_item(STAMP, 5)
    form = cases.paying.begin()
    number = cases.codes.arm(form.form_id, payer_code("paid"), "4").attempt.out_trade_no
    cases.codes.record(number, "charge", Answer("ok", "paid", 400))
    cases.ordering.suspend("")
    view = verified(cases)
    assert view.held_text == "4.00"
    cases.cash_ups.close(view.form_id)
    closing = next(one for one in counter.books.entries(limit=3) if one.kind == "cash_up.closed")
    body: Any = closing.body
    assert body["held_fen"] == 400
    slip = next(job for job in counter.books.print_jobs(limit=9) if job.kind == "cash_up")
    assert "已收未结" in json.dumps(slip.document, ensure_ascii=False)


def left_in_doubt(cases: UseCases) -> str:
    """A payment whose channel says nothing, however often it is asked."""
    form = cases.paying.begin()
    number = cases.codes.arm(form.form_id, payer_code("paid")).attempt.out_trade_no
    silence = Answer("unknown", code="net")
    for move in ("charge", *["query"] * 9, *["reverse"] * 5):
        order = cases.codes.record(number, move, silence)
    assert order.attempt.state == "doubt"
    return number


@pytest.mark.parametrize(("off_fen", "entries"), [(-100, 0), (100, 0), (-101, 1), (-100_000, 1)])
def test_above_what_a_clerk_takes_over_alone_who_vouches_answers_for_it(
    counter: Outlet, off_fen: int, entries: int
) -> None:
    counter.sell(STAMP, 999)
    verified(counter.cases, off_fen)
    granted = [one for one in counter.books.entries(limit=9) if one.kind == "authorisation.granted"]
    mine = [one for one in granted if one.body["action"] == "cash_write_off"]
    assert len(mine) == entries
    if mine:
        assert mine[0].body["size"] == -off_fen


def test_what_nobody_may_take_over_is_disputed_or_counted_again(counter: Outlet) -> None:
    counter.sell(STAMP, 999)
    view = count(counter.cases, -100_001)
    with pytest.raises(UserError) as refusal:
        counter.cases.cash_ups.book(view.form_id)
    assert (refusal.value.code, refusal.value.params) == (
        "cash_up.too_much",
        {"limit": "1000.00"},
    )
    assert held(counter, OVER_SHORT) == 0
    view = counter.cases.cash_ups.dispute(view.form_id, "金额不符")
    assert view.step is Step.VERIFY
    assert counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).step is Step.HAND_OVER


def test_cash_that_moves_after_the_count_has_to_be_counted_again(counter: Outlet) -> None:
    counter.sell()
    verified(counter.cases, -20)
    counter.sell(STAMP, 2)
    view = counter.cases.cash_ups.view()
    assert (view.step, view.moved, view.outcome) == (Step.COUNT, True, None)
    done = closed(counter.cases)
    assert done.last_closed == 1
    assert held(counter, OVER_SHORT) == 20


def test_a_payment_nobody_knows_about_is_the_one_reason_to_refuse(counter: Outlet) -> None:
    counter.sell()
    form = counter.cases.cash_ups.view().form_id
    counter.cases.ordering.add_item(STAMP, 5)
    asked = counter.cases.paying.begin()
    attempt = counter.cases.codes.arm(asked.form_id, payer_code("paid")).attempt
    view = counter.cases.cash_ups.view()
    assert view.step is Step.RESOLVE
    assert [one.out_trade_no for one in view.unknown] == [attempt.out_trade_no]
    with pytest.raises(UserError, match=r"cash_up\.payments_open") as refused:
        counter.cases.cash_ups.count(form, pieces(0))
    assert refused.value.params == {"count": 1}


def test_closing_is_once_and_the_next_period_begins_with_what_is_left(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    form = verified(counter.cases, 30).form_id
    first = counter.cases.cash_ups.close(form)
    again = counter.cases.cash_ups.close(form)
    assert kinds(counter).count("cash_up.closed") == 1
    assert again.saved_seq
    assert (first.period, first.step) == (2, Step.COUNT)
    assert not counter.cases.cash_ups.due()
    counter.sell()
    assert counter.cases.cash_ups.due()
    view = count(counter.cases)
    assert view.outcome is not None
    opening = next(line for line in view.outcome.lines if line.code == "float")
    slips = [job for job in counter.books.print_jobs(limit=9) if job.kind == "cash_up"]
    assert len(slips) == 1
    assert opening.amount_text == Money(book_fen(counter.cases) - 120).text


def test_the_interim_report_leaves_cash_out_until_it_is_counted(counter: Outlet) -> None:
    counter.sell()
    counter.cases.cash_ups.interim()
    before = counter.books.entries(limit=1)[0].body
    assert (before["tenders"], before["sold_fen"]) == ([], 0)
    count(counter.cases)
    counter.cases.cash_ups.interim()
    after = counter.books.entries(limit=1)[0].body
    assert [row["kind"] for row in after["tenders"]] == ["cash"]  # type: ignore[index,union-attr,call-overload]


def test_every_line_opens_the_entries_that_make_it(counter: Outlet) -> None:
    for pieces_sold in (1, 2, 3):
        counter.sell(STAMP, pieces_sold)
    view = count(counter.cases)
    assert view.outcome is not None
    sold = next(line for line in view.outcome.lines if line.code == "cash_in")
    behind = counter.cases.cash_up_behind.line(sold.code, sold.kind, comes_in=True)
    assert len(behind.rows) == sold.entries == 3
    assert counter.cases.cash_up_behind.entries([behind.rows[0].seq]).rows == behind.rows[:1]


def test_open_baskets_are_carried_over_and_listed(counter: Outlet) -> None:
    counter.sell()
    counter.cases.ordering.add_item(STAMP, 2)
    counter.cases.ordering.suspend("")
    view = verified(counter.cases)
    assert len(view.parked) == 1
    counter.cases.cash_ups.close(view.form_id)
    assert counter.books.entries(limit=1)[0].body["parked"] == [view.parked[0][0]]
    assert counter.books.parked_count() == 1


def test_a_refund_paid_out_twice_is_a_line_of_its_own_and_the_likeliest_cause(
    counter: Outlet,
) -> None:
    counter.sell(STAMP, 9)
    form = counter.cases.refunding.begin(counter.sell("P0011", 2))
    quantities = {line.line_id: 1 for line in form.lines}
    done = counter.cases.refunding.complete(Wish(form.form_id, "return", quantities, "wrong_goods"))
    paid = Money.parse(done.cash_text).fen
    view = count(counter.cases, -abs(paid))
    assert view.outcome is not None
    refund = next(line for line in view.outcome.lines if line.code == "refund")
    assert (refund.entries, refund.comes_in) == (1, False)
    causes = {cause.code: cause for cause in view.outcome.explanation.causes}
    assert "refund" in causes
    assert [
        row.kind_code for row in counter.cases.cash_up_behind.entries(causes["refund"].seqs).rows
    ] == ["refund.completed"]


def test_handing_in_what_was_counted_asks_for_no_new_count(counter: Outlet) -> None:
    counter.sell(STAMP, 100)
    closed(counter.cases)
    assert not counter.cases.cash_ups.due()
    sent = counter.cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", {10_000: 1}))
    counter.cases.pouches.receive(new_uuid7(), sent.pouch, SENIOR, SENIOR_PIN)
    assert not counter.cases.cash_ups.due()
    counter.cases.session.sign_off()
    assert "not_cashed_up" not in counter.books.entries(limit=1)[0].body
    counter.cases.session.sign_on(CLERK, PIN)
    counter.sell()
    assert counter.cases.cash_ups.due()
