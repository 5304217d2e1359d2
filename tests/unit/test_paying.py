"""The payment form: one form, one sale, whatever is pressed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from terminal.app.payment_forms import SecondPerson
from terminal.app.refunding import Wish
from terminal.domain.errors import OutletError
from terminal.domain.money import Money
from terminal.domain.pouch import Bundle
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import (
    CLERK,
    PIN,
    RICE,
    SENIOR,
    SENIOR_PIN,
    STAMP,
    TILL,
    Outlet,
    Template,
)
from tests.unit.test_tills import fund, issue

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def _form(outlet: Outlet, pieces: int = 8) -> str:
    """A form over some stamps at 1.20 yuan."""
    outlet.cases.ordering.add_item(STAMP, pieces)
    return outlet.cases.paying.begin().form_id


def test_a_cash_sale_with_change_and_rounding(counter: Outlet) -> None:
    form_id = _form(counter, 9)
    form = counter.cases.paying.view()
    assert (form.due_text, form.cash_remaining_text) == ("10.80", "10.80")
    done = counter.cases.paying.tender_cash(form_id, "20").done
    assert done is not None
    assert (done.total_text, done.taken_text, done.change_text) == ("10.80", "10.80", "9.20")
    assert (done.order_no, done.already_saved, done.drawer) == ("61020303-02-000001", False, True)
    assert counter.books.balances() == {TILL: 1080, "postage:postage": -1080}
    assert counter.cases.ordering.view().count == 0


@pytest.mark.parametrize(("received", "change"), [("20", "14.10"), ("5.90", "0.00")])
def test_a_cash_sale_says_what_was_handed_over_and_what_was_taken(
    counter: Outlet, received: str, change: str
) -> None:
    counter.cases.ordering.add_item(RICE, 1000)
    form_id = counter.cases.paying.begin().form_id
    done = counter.cases.paying.tender_cash(form_id, received).done
    assert done is not None
    assert (done.total_text, done.rounding_text, done.taken_text) == ("5.98", "-0.08", "5.90")
    (cash,) = done.tenders
    assert (cash.kind, cash.name_code) == ("cash", "payment.received_cash")
    assert (Money.parse(cash.amount_text), done.change_text) == (Money.parse(received), change)


def test_two_hundred_presses_of_one_form_are_one_sale(counter: Outlet) -> None:
    form_id = _form(counter)
    views = [counter.cases.paying.tender_cash(form_id, "10") for _ in range(200)]
    sales = [view.done for view in views if view.done is not None]
    assert len(sales) == 200
    assert [sale.already_saved for sale in sales] == [False] + [True] * 199
    assert {(sale.order_no, sale.entry_seq) for sale in sales} == {
        ("61020303-02-000001", sales[0].entry_seq)
    }
    assert counter.books.balances()[TILL] == 960
    assert len(counter.books.print_jobs(limit=10)) == 1


def test_a_press_after_a_restart_says_what_was_saved(counter: Outlet) -> None:
    form_id = _form(counter)
    first = counter.cases.paying.tender_cash(form_id, "10").done
    cases = counter.crash()
    again = cases.paying.tender_cash(form_id, "10").done
    assert first is not None
    assert again is not None
    assert (again.order_no, again.already_saved) == (first.order_no, True)
    assert cases.paying.finish(form_id).done == again


def test_the_next_customer_may_already_have_a_basket_when_an_old_press_arrives(
    counter: Outlet,
) -> None:
    form_id = _form(counter)
    counter.cases.paying.tender_cash(form_id, "10")
    counter.cases.ordering.add_item(STAMP, 2)
    assert counter.cases.paying.tender_cash(form_id, "10").done is not None
    assert counter.cases.ordering.view().lines[0].quantity == 2


def test_cash_in_parts_waits_until_it_is_enough(counter: Outlet) -> None:
    form_id = _form(counter, 10)
    half = counter.cases.paying.tender_cash(form_id, "5")
    assert half.done is None
    assert (half.paid_text, half.remaining_text) == ("5.00", "7.00")
    assert [tender.amount_text for tender in half.tenders] == ["5.00"]
    form = counter.crash()
    form.session.unlock("246810")
    assert form.paying.begin().paid_text == "5.00"
    done = form.paying.tender_cash(form_id, "10").done
    assert done is not None
    assert [part.amount_text for part in done.tenders] == ["15.00"]
    assert done.change_text == "3.00"


def test_a_cash_part_is_taken_back_before_the_sale(counter: Outlet) -> None:
    paying = counter.cases.paying
    form_id = _form(counter, 10)
    paying.tender_cash(form_id, "5")
    paying.tender_cash(form_id, "1")
    assert _code(lambda: paying.cancel_tender(form_id, 2)) == "payment.no_such_tender"
    assert _code(lambda: paying.cancel_tender(form_id, -1)) == "payment.no_such_tender"
    assert paying.cancel_tender(form_id, 0).paid_text == "1.00"
    assert paying.abandon(form_id).paid_text == "0.00"


@pytest.mark.parametrize("typed", ["0", "0.00"])
def test_no_cash_at_all_is_a_slip_of_the_finger(counter: Outlet, typed: str) -> None:
    form_id = _form(counter)
    assert _code(lambda: counter.cases.paying.tender_cash(form_id, typed)) == (
        "payment.cash_not_positive"
    )
    assert _code(lambda: counter.cases.paying.tender_cash(form_id, "ten")) == (
        "money.not_an_amount"
    )
    assert counter.books.last_order() is None


@pytest.mark.parametrize("typed", ["50000.01", "99999999999"])
def test_much_cash_is_legal_tender_and_only_asks_for_a_second_person(
    counter: Outlet, typed: str
) -> None:
    form_id, paying = _form(counter), counter.cases.paying
    assert _code(lambda: paying.tender_cash(form_id, typed)) == "permission.second_needed"
    themselves = SecondPerson(CLERK, PIN)
    assert _code(lambda: paying.tender_cash(form_id, typed, themselves)) == "permission.same_person"
    wrong = SecondPerson(SENIOR, "000000")
    assert _code(lambda: paying.tender_cash(form_id, typed, wrong)) == "session.wrong_secret"
    assert counter.books.last_order() is None
    done = paying.tender_cash(form_id, typed, SecondPerson(SENIOR, SENIOR_PIN, "数过两遍")).done
    assert done is not None
    grant, sale = [counter.books.entry(done.entry_seq - back) for back in (1, 0)]
    assert grant is not None
    assert sale is not None
    assert (grant.kind, sale.kind) == ("authorisation.granted", "sale.completed")
    assert {grant.body[name] for name in ("action", "operator", "authoriser", "reason")} == {
        "cash_over_limit",
        CLERK,
        SENIOR,
        "数过两遍",
    }
    assert counter.books.balances()[TILL] == 960


def test_a_few_fen_that_cash_rounds_off_are_paid_with_no_cash(counter: Outlet) -> None:
    counter.cases.ordering.add_item(RICE, 10)
    paying, form = counter.cases.paying, counter.cases.paying.begin()
    assert (form.remaining_text, form.cash_remaining_text) == ("0.06", "0.00")
    done = paying.tender_cash(form.form_id, form.cash_remaining_text).done
    assert done is not None
    assert counter.books.balances() == {"rounding": 6, "sales:produce": -6}
    assert paying.tender_cash(form.form_id, "0").done is not None
    order = counter.books.last_order()
    assert order is not None
    back = counter.cases.refunding.begin(order.order_no)
    wish = Wish(back.form_id, "return", {back.lines[0].line_id: 10}, "wrong_goods")
    assert counter.cases.refunding.complete(wish).money_text == "0.00"
    assert set(counter.books.balances().values()) == {0}


def _for_nothing(outlet: Outlet, platform: Path, sku: str, quantity: int) -> str:
    """Goods whose price two people set to nothing; the form's number."""
    tell_setting(outlet.home, platform, "limits", {"price_override_percent": 100})
    tell_setting(outlet.home, platform, "dual_control", {"price_override": {"second": 100}})
    ordering = outlet.cases.ordering
    ordering.add_item(sku, quantity)
    line = ordering.basket.lines[-1].line_id
    ordering.override_price(line, "0.00", "gift", SENIOR, SENIOR_PIN)
    return outlet.cases.paying.begin().form_id


def test_what_costs_nothing_is_sold_for_nothing_and_leaves_the_till(
    counter: Outlet, outlet_template: Template
) -> None:
    paying, sheet = counter.cases.paying, Bundle(STAMP, 10)
    fund(counter, 0, sheet)
    issue(counter, {}, sheet)
    form_id = _for_nothing(counter, outlet_template.platform, STAMP, 3)
    assert paying.view().due_text == "0.00"
    assert _code(lambda: paying.tender_cash(form_id, "5.00")) == "payment.nothing_due"
    arm = counter.cases.codes.arm_tender
    assert _code(lambda: arm(form_id, "merchant_code", "")).startswith("payment.")
    assert counter.books.last_order() is None
    assert counter.books.stock.pieces("till:T02") == {STAMP: 10}
    done = paying.tender_cash(form_id, "0.00").done
    assert done is not None
    assert (done.total_text, done.taken_text, done.change_text) == ("0.00", "0.00", "0.00")
    assert (done.tenders, done.drawer) == ((), False)
    assert paying.tender_cash(form_id, "0.00").done == replace(done, already_saved=True)
    sale = counter.books.entry(done.entry_seq)
    assert sale is not None
    assert (sale.kind, sale.body["postings"], sale.body["tenders"]) == ("sale.completed", [], [])
    assert counter.books.stock.pieces("till:T02") == {STAMP: 7}
    (job,) = counter.books.print_jobs(limit=1)
    assert job.order_no == done.order_no
    assert not any(counter.books.balances().values())
    assert counter.books.read_model_differences() == []


def test_what_cost_nothing_goes_back_for_nothing_once(
    counter: Outlet, outlet_template: Template
) -> None:
    form_id = _for_nothing(counter, outlet_template.platform, "P0011", 2)
    sold = counter.cases.paying.tender_cash(form_id, "0.00").done
    assert sold is not None
    back = counter.cases.refunding.begin(sold.order_no)
    wish = Wish(back.form_id, "return", {back.lines[0].line_id: 2}, "wrong_goods")
    told = counter.cases.refunding.complete(wish, SENIOR, SENIOR_PIN)
    assert (told.money_text, told.cash_text) == ("0.00", "0.00")
    assert counter.cases.refunding.begin(sold.order_no).lines[0].left == 0


def test_a_basket_whose_last_line_was_voided_has_nothing_to_sell(counter: Outlet) -> None:
    ordering, paying = counter.cases.ordering, counter.cases.paying
    form_id = _form(counter)
    ordering.void_line(ordering.basket.lines[0].line_id)
    assert _code(lambda: paying.tender_cash(form_id, "0")) == "basket.empty"
    assert _code(paying.begin) == "basket.empty"


def test_much_cash_in_many_parts_is_much_cash(counter: Outlet) -> None:
    counter.cases.ordering.add_item("P0003", 9_999)
    paying, form_id = counter.cases.paying, counter.cases.paying.begin().form_id
    second = SecondPerson(SENIOR, SENIOR_PIN, "数过两遍")
    assert paying.tender_cash(form_id, "49999.99").done is None
    assert _code(lambda: paying.tender_cash(form_id, "0.02")) == "permission.second_needed"
    assert paying.tender_cash(form_id, "0.02", second).paid_text == "50000.01"
    grant = counter.books.entries(limit=1)[0]
    assert (grant.kind, grant.body["size"]) == ("authorisation.granted", 5_000_001)
    assert _code(lambda: paying.tender_cash(form_id, "0.01")) == "permission.second_needed"


def test_a_form_of_nowhere_and_an_empty_basket_take_no_money(counter: Outlet) -> None:
    paying = counter.cases.paying
    assert _code(paying.begin) == "basket.empty"
    assert paying.finish(counter.cases.ordering.basket.sale_intent).done is None
    form_id = _form(counter)
    assert _code(lambda: paying.tender_cash("another", "10")) == "payment.form_gone"
    assert paying.finish("another").done is None
    counter.cases.ordering.clear("left")
    assert _code(lambda: paying.tender_cash(form_id, "10")) == "payment.form_gone"


def test_death_inside_the_sale_leaves_the_basket_and_its_form(counter: Outlet) -> None:
    form_id = _form(counter)
    counter.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        counter.cases.paying.tender_cash(form_id, "10")
    cases = counter.crash()
    cases.session.unlock("246810")
    assert cases.paying.begin().form_id == form_id
    done = cases.paying.tender_cash(form_id, "10").done
    assert done is not None
    assert done.order_no == "61020303-02-000001"
    assert not done.already_saved


def test_used_up_order_numbers_keep_the_basket_and_say_so(counter: Outlet) -> None:
    counter.books._connection.execute("UPDATE ranges SET next = hi + 1")
    form_id = _form(counter)
    assert _code(lambda: counter.cases.paying.tender_cash(form_id, "10")) == "range.used_up"
    assert counter.cases.ordering.view().lines[0].quantity == 8
    assert counter.books.balances() == {}
    goods = counter.cases.settings.availability()[0]
    assert (goods.service_code, goods.state) == ("goods", "off")
