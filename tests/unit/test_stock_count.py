"""Counting stock by the rules and by the use cases: blind, whole, and recorded like cash."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from terminal.app.cash_up_view import CashUpView
from terminal.app.hand_over import Found
from terminal.app.till_checks import CheckForm
from terminal.domain.cash_up import Step
from terminal.domain.document import Document
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from terminal.domain.pouch import Bundle
from terminal.domain.stock import Movement, span_text
from terminal.domain.stock_count import Stock, net, read_stock
from tests.helpers.cash_ups import book_fen, pieces
from tests.helpers.documents import words_of
from tests.helpers.outlet import CLERK, SENIOR, SENIOR_PIN, STAMP, Outlet
from tests.unit.test_tills import POSTCARD, fund, issue

pytest_plugins = ["tests.helpers.outlet_fixtures"]

RIGHT = {STAMP: "50+40", POSTCARD: "1001-1040"}


@pytest.fixture
def stocked(counter: Outlet) -> Outlet:
    """A drawer with cash, ninety stamps and forty numbered postcards."""
    fund(counter, 1_000_000, Bundle(STAMP, 400), Bundle(POSTCARD, 100, 1001))
    issue(counter, {10_000: 5}, Bundle(STAMP, 90), Bundle(POSTCARD, 40, 1001))
    return counter


def count(outlet: Outlet, **typed: str) -> CashUpView:
    """Count the cash rightly, and the stock as typed."""
    cases = outlet.cases
    form = cases.cash_ups.view().form_id
    return cases.cash_ups.count(form, pieces(book_fen(cases)), {**RIGHT, **typed})


def places(outlet: Outlet, item: str) -> dict[str, int]:
    """Pieces of an item at the till, in suspense, and over or short."""
    stock = outlet.books.stock
    named = ("till:T02", "suspense:T02", "over_short:T02")
    return {name.partition(":")[0]: stock.pieces(name).get(item, 0) for name in named}


def test_what_was_typed_is_read_as_people_count() -> None:
    assert read_stock("s", "100+100+35", numbered=False) == Stock("s", 235)
    assert read_stock("s", " 1 000 ", numbered=False) == Stock("s", 1000)
    assert read_stock("v", "1001 - 1040，1051", numbered=True) == Stock(
        "v", 41, ((1001, 1040), (1051, 1051))
    )
    assert read_stock("v", "1-5、4-9", numbered=True) == Stock("v", 9, ((1, 9),))
    assert read_stock("v", "0", numbered=True) == Stock("v", 0)
    for text, numbered, code in (
        ("  ", False, r"stock_count\.not_counted"),
        ("", True, r"stock_count\.not_counted"),
        ("x", False, r"cash_count\.not_pieces"),
        ("9-1", True, r"cash_count\.not_a_range"),
    ):
        with pytest.raises(UserError, match=code):
            read_stock("s", text, numbered=numbered)


def test_movements_of_a_place_come_to_as_few_rows_as_possible() -> None:
    place = "suspense:T02"
    moved = [
        Movement(place, "v", 10, 1, 10),
        Movement(place, "v", -3, 4, 6),
        Movement(place, "s", 5),
        Movement(place, "s", -5),
        Movement(place, "v", -2, 20, 21),
    ]
    assert net(moved) == (
        Movement(place, "v", 3, 1, 3),
        Movement(place, "v", 4, 7, 10),
        Movement(place, "v", -2, 20, 21),
    )
    assert span_text(((1, 3), (7, 7))) == "1-3 7"


def test_before_the_count_the_view_names_items_and_no_quantity(stocked: Outlet) -> None:
    view = stocked.cases.cash_ups.view()
    assert [(row.item, row.numbered) for row in view.stock] == [(STAMP, False), (POSTCARD, True)]
    told = repr([asdict(row) for row in view.stock])
    assert not any(secret in told for secret in ("90", "40", "1001", "1040"))
    assert "500.00" not in repr(asdict(view))
    with pytest.raises(UserError, match=r"cash_up\.not_counted"):
        stocked.cases.cash_up_behind.stock(STAMP)


def test_an_item_that_nobody_counted_is_asked_for_and_nothing_is_booked(stocked: Outlet) -> None:
    head = stocked.books.head()
    with pytest.raises(UserError, match=r"stock_count\.not_counted") as refused:
        count(stocked, **{POSTCARD: " "})
    assert refused.value.params == {"item": POSTCARD}
    assert stocked.books.head() == head


def test_stock_that_is_all_there_moves_nothing(stocked: Outlet) -> None:
    view = count(stocked)
    assert view.outcome is not None
    assert view.outcome.disposition == "even"
    assert [(row.item, row.line.expected, row.line.counted) for row in view.outcome.stock] == [
        (STAMP, 90, 90),
        (POSTCARD, 40, 40),
    ]
    (entry,) = stocked.books.entries(limit=1)
    assert "stock" not in entry.body


def test_missing_stock_lies_in_suspense_before_it_is_shown_and_is_taken_over_like_cash(
    stocked: Outlet,
) -> None:
    view = count(stocked, **{STAMP: "87", POSTCARD: "1001-1009 1011-1041"})
    assert view.outcome is not None
    stamps, postcards = (row.line for row in view.outcome.stock)
    assert (stamps.expected, stamps.counted, stamps.off) == (90, 87, 3)
    assert (postcards.missing, postcards.extra) == (((1010, 1010),), ((1041, 1041),))
    assert view.outcome.disposition == "stock"
    assert places(stocked, STAMP) == {"till": 87, "suspense": 3, "over_short": 0}
    assert stocked.books.stock.ranges("till:T02", POSTCARD) == ((1001, 1009), (1011, 1041))
    moved = stocked.cases.cash_up_behind.stock(STAMP)
    assert [(row.kind_code, row.pieces) for row in moved.rows] == [("pouch.received", 90)]
    booked = stocked.cases.cash_ups.book(view.form_id)
    assert places(stocked, STAMP) == {"till": 87, "suspense": 0, "over_short": 3}
    assert places(stocked, POSTCARD) == {"till": 40, "suspense": 0, "over_short": 0}
    done = stocked.cases.cash_ups.verify(booked.form_id, SENIOR, SENIOR_PIN)
    stocked.cases.cash_ups.close(done.form_id)
    slip = words_of(Document.from_json(stocked.books.print_jobs(limit=1)[0].document))
    for said in ("90 / 87", "缺号|1010", "多号|1041"):
        assert said in slip
    assert stocked.books.read_model_differences() == []


def test_a_recount_brings_pieces_back_and_the_first_count_stays(stocked: Outlet) -> None:
    count(stocked, **{STAMP: "80"})
    again = stocked.cases.cash_ups.recount()
    typed = pieces(book_fen(stocked.cases))
    view = stocked.cases.cash_ups.count(again.form_id, typed, RIGHT)
    assert view.outcome is not None
    assert (view.counts, view.outcome.disposition) == (2, "even")
    assert places(stocked, STAMP) == {"till": 90, "suspense": 0, "over_short": 0}


def test_a_disputed_difference_of_stock_stays_in_suspense_and_the_next_period_begins_without(
    stocked: Outlet,
) -> None:
    view = count(stocked, **{STAMP: "88"})
    view = stocked.cases.cash_ups.dispute(view.form_id, "发票时就少两枚")
    assert view.frozen
    assert view.outcome is not None
    assert view.outcome.disposition == "disputed"
    stocked.sell(STAMP, 3)
    typed = pieces(book_fen(stocked.cases))
    form = stocked.cases.cash_ups.view().form_id
    view = stocked.cases.cash_ups.count(form, typed, {**RIGHT, STAMP: "84"})
    stocked.cases.cash_ups.book(view.form_id)
    assert places(stocked, STAMP) == {"till": 84, "suspense": 2, "over_short": 1}


def test_stock_that_moves_without_cash_makes_a_cash_up_due_and_a_new_count(
    stocked: Outlet,
) -> None:
    cases = stocked.cases
    view = cases.cash_ups.book(count(stocked).form_id)
    view = cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    cases.cash_ups.close(view.form_id)
    assert not cases.cash_ups.due()
    issue(stocked, {}, Bundle(STAMP, 10))
    assert cases.cash_ups.due()
    count(stocked, **{STAMP: "100"})
    issue(stocked, {}, Bundle(STAMP, 5))
    view = cases.cash_ups.view()
    assert (view.step, view.moved) == (Step.COUNT, True)


def test_a_surprise_check_counts_stock_too_and_settles_nothing(stocked: Outlet) -> None:
    checks = stocked.cases.till_checks
    assert [row.item for row in checks.asked("T02")] == [STAMP, POSTCARD]
    form = CheckForm(new_uuid7(), "T02", {10_000: 5}, {**RIGHT, STAMP: "89"})
    done = checks.check(form, SENIOR, SENIOR_PIN)
    assert (done.amount_text, done.stock_off) == ("0.00", 1)
    assert places(stocked, STAMP) == {"till": 90, "suspense": 0, "over_short": 0}
    (entry,) = stocked.books.entries(limit=1)
    assert entry.body["stock_off"] == 1
    assert "stock" not in entry.body
    with pytest.raises(UserError, match=r"stock_count\.not_counted"):
        checks.check(CheckForm(new_uuid7(), "T02", {}, {}), SENIOR, SENIOR_PIN)
    assert entry.clerk_id == CLERK


def test_what_ran_out_long_ago_is_not_counted_for_ever(stocked: Outlet) -> None:
    stocked.sell(STAMP, 90)
    view = count(stocked, **{STAMP: "0"})
    view = stocked.cases.cash_ups.book(view.form_id)
    view = stocked.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    after = stocked.cases.cash_ups.close(view.form_id)
    assert after.step is Step.COUNT
    assert [row.item for row in after.stock] == [POSTCARD]


def test_the_next_clerk_counts_the_stock_for_herself_too(stocked: Outlet) -> None:
    cash_ups = stocked.cases.cash_ups
    view = cash_ups.book(count(stocked, **{STAMP: "88"}).form_id)
    form = cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).form_id
    amount = Money(book_fen(stocked.cases)).text
    with pytest.raises(UserError, match=r"stock_count\.not_counted"):
        cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(amount))
    for typed in ({**RIGHT, STAMP: "90"}, {**RIGHT, STAMP: "88", POSTCARD: "1001-1039"}):
        with pytest.raises(UserError, match=r"cash_up\.handover_differs"):
            cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(amount, typed))
    done = cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(amount, {**RIGHT, STAMP: "88"}))
    assert done.last_closed == 1


def test_stock_that_turns_up_after_a_dispute_is_not_booked_as_over(stocked: Outlet) -> None:
    view = count(stocked, **{STAMP: "87", POSTCARD: "1001-1038"})
    stocked.cases.cash_ups.dispute(view.form_id, "没有少")
    stocked.sell(STAMP, 1)
    view = count(stocked, **{STAMP: "87", POSTCARD: "1001-1037 1039-1040"})
    stocked.cases.cash_ups.book(view.form_id)
    assert places(stocked, STAMP) == {"till": 87, "suspense": 2, "over_short": 0}
    assert places(stocked, POSTCARD) == {"till": 39, "suspense": 0, "over_short": 1}
    assert stocked.books.stock.ranges("over_short:T02", POSTCARD) == ((1038, 1038),)
    assert stocked.books.read_model_differences() == []
