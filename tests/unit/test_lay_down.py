"""What needs no channel: stamps affixed, cash on delivery, on account; the cap of points."""

from __future__ import annotations

from typing import Any

import pytest

from terminal.app.payment_forms import LayDown, SecondPerson
from terminal.domain.attempt import Answer
from terminal.domain.errors import OutletError
from tests.helpers.outlet import PIN, SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

POSTAGE = "M0101"
ALLOWED = SecondPerson(SENIOR, SENIOR_PIN, "合同客户")


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def _form(outlet: Outlet, *goods: tuple[str, int]) -> str:
    for sku, pieces in goods:
        outlet.cases.ordering.add_item(sku, pieces)
    return outlet.cases.paying.begin().form_id


def _tenders(outlet: Outlet) -> list[dict[str, Any]]:
    entries = [entry for entry in outlet.books.all_entries() if entry.kind == "sale.completed"]
    tenders: Any = entries[-1].body["tenders"]
    return list(tenders)


def test_stamps_affixed_pay_postage_alone_and_cash_the_rest(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (POSTAGE, 2), (STAMP, 1))
    view = paying.lay_down(form, LayDown("affixed"))
    assert (view.done, view.paid_text, view.remaining_text) == (None, "2.40", "1.20")
    assert _code(lambda: paying.lay_down(form, LayDown("affixed"))) == "tender.postage_only"
    assert paying.tender_cash(form, "5").done is not None
    stamps, cash = _tenders(counter)
    assert stamps == {"kind": "affixed", "fen": 240}
    assert (cash["fen"], cash["change_fen"]) == (120, 380)
    assert counter.books.balances()["affixed"] == 240


def test_stamps_affixed_buy_no_goods_and_not_even_stamps(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 1))
    assert _code(lambda: paying.lay_down(form, LayDown("affixed"))) == "tender.postage_only"
    choice = next(one for one in paying.view().choices if one.kind == "affixed")
    assert (choice.usable, choice.note_code) == (False, "tender.note.no_postage")


def test_no_more_stamps_than_postage(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (POSTAGE, 1), (STAMP, 5))
    too_much = LayDown("affixed", "1.21")
    assert _code(lambda: paying.lay_down(form, too_much)) == "tender.out_of_range"


def test_stamps_stay_with_their_letter_also_after_a_crash(counter: Outlet) -> None:
    form = _form(counter, (POSTAGE, 2), (STAMP, 5))
    counter.cases.paying.lay_down(form, LayDown("affixed", "1.30"))
    cases = counter.crash()
    cases.session.unlock(PIN)
    ordering, letters = cases.ordering, cases.ordering.basket.lines[0].line_id
    for act in (
        lambda: ordering.void_line(letters),
        lambda: ordering.set_quantity(letters, 1),
        lambda: ordering.override_price(letters, "0.64", "x", SENIOR, SENIOR_PIN),
    ):
        assert _code(act) == "basket.paid_in_part"
    assert ordering.override_price(letters, "0.65", "x", SENIOR, SENIOR_PIN).total_text == "7.30"
    cases.paying.cancel_tender(form, 0)
    assert ordering.void_line(letters).total_text == "6.00"


def test_cash_on_delivery_is_what_the_courier_owes(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 5))
    nobody = LayDown("cash_on_delivery", owner="K99")
    assert _code(lambda: paying.lay_down(form, nobody)) == "tender.owner_unknown"
    done = paying.lay_down(form, LayDown("cash_on_delivery", owner="K07")).done
    assert done is not None
    assert not done.drawer
    assert counter.books.balances() == {"cod:K07": 600, "postage:postage": -600}


def test_on_account_needs_a_second_person_and_keeps_the_limit(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 30))
    school = LayDown("on_account", "36.00", "C1002")
    assert _code(lambda: paying.lay_down(form, school)) == "permission.second_needed"
    assert counter.books.last_order() is None
    assert paying.lay_down(form, school, ALLOWED).done is not None
    assert _tenders(counter) == [
        {"kind": "on_account", "fen": 3600, "owner": "C1002", "authoriser": SENIOR}
    ]
    again = _form(counter, (STAMP, 30))
    over = LayDown("on_account", "14.01", "C1002")
    assert _code(lambda: paying.lay_down(again, over, ALLOWED)) == "tender.over_credit"
    just = LayDown("on_account", "14.00", "C1002")
    assert paying.lay_down(again, just, ALLOWED).remaining_text == "22.00"
    one_more = LayDown("on_account", "0.01", "C1002")
    assert _code(lambda: paying.lay_down(again, one_more, ALLOWED)) == "tender.over_credit"


@pytest.mark.parametrize("amount", ["0", "6.01"])
def test_an_amount_beyond_the_sum_is_refused(counter: Outlet, amount: str) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 5))
    what = LayDown("cash_on_delivery", amount, "K07")
    assert _code(lambda: paying.lay_down(form, what)) == "tender.out_of_range"


@pytest.mark.parametrize("kind", ["cash", "payer_code", "bank_card"])
def test_what_a_channel_decides_is_not_laid_down(counter: Outlet, kind: str) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 5))
    assert _code(lambda: paying.lay_down(form, LayDown(kind))) == "payment.no_such_tender"


def test_parts_go_back_one_by_one_and_all_at_once(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 5))
    paying.tender_cash(form, "1")
    paying.lay_down(form, LayDown("cash_on_delivery", "2", "K07"))
    assert paying.view().paid_text == "3.00"
    assert paying.cancel_tender(form, 1).paid_text == "1.00"
    paying.lay_down(form, LayDown("cash_on_delivery", "2", "K07"))
    assert _code(counter.cases.ordering.suspend) == "basket.paid_in_part"
    assert _code(lambda: counter.cases.ordering.set_quantity(_line(counter), 1)) == (
        "basket.paid_in_part"
    )
    assert paying.abandon(form).paid_text == "0.00"
    assert counter.books.balances() == {}


def _line(outlet: Outlet) -> str:
    return outlet.cases.ordering.basket.lines[0].line_id


def test_a_part_survives_the_end_of_the_program(counter: Outlet) -> None:
    form = _form(counter, (STAMP, 5))
    counter.cases.paying.lay_down(form, LayDown("cash_on_delivery", "2", "K07"))
    counter.crash()
    assert counter.cases.paying.view().paid_text == "2.00"


def test_two_hundred_presses_lay_it_down_once(counter: Outlet) -> None:
    paying, form = counter.cases.paying, _form(counter, (STAMP, 5))
    what = LayDown("cash_on_delivery", owner="K07")
    views = [paying.lay_down(form, what) for _ in range(200)]
    assert {view.done.order_no for view in views if view.done} == {"61020303-02-000001"}
    assert counter.books.balances()["cod:K07"] == 600


def test_points_pay_no_more_than_the_platforms_half(counter: Outlet) -> None:
    form = _form(counter, (STAMP, 5))
    codes = counter.cases.codes
    assert codes.chargeable(form, "points").fen == 300
    assert _code(lambda: codes.arm_tender(form, "points", "880000000012", "3.01")) == (
        "tender.out_of_range"
    )
    assert codes.chargeable(form, "prepaid_card").fen == 600


def _paid(outlet: Outlet, form: str, kind: str, amount: str = "") -> None:
    codes = outlet.cases.codes
    payer = kind == "payer_code"
    order = (
        codes.arm(form, "134512345678901200", amount)
        if payer
        else codes.arm_tender(form, kind, "880000000012", amount)
    )
    fen = order.attempt.amount_fen
    codes.record(order.attempt.out_trade_no, "charge", Answer("ok", "paid", fen))


def test_points_stay_the_platforms_half_whatever_becomes_of_the_basket(counter: Outlet) -> None:
    form = _form(counter, (STAMP, 6))
    _paid(counter, form, "points")
    ordering = counter.cases.ordering
    assert _code(lambda: ordering.set_quantity(_line(counter), 5)) == "basket.paid_in_part"
    assert ordering.set_quantity(_line(counter), 7).total_text == "8.40"
    assert ordering.set_quantity(_line(counter), 6).total_text == "7.20"


def test_payer_codes_pay_no_more_of_a_sale_than_the_limit_however_many(counter: Outlet) -> None:
    form = _form(counter, ("P0003", 9_999))
    codes = counter.cases.codes
    assert _code(lambda: codes.arm(form, "134512345678901200")) == "payment.code_over_limit"
    _paid(counter, form, "payer_code", "30000")
    assert codes.chargeable(form, "payer_code").fen == 2_000_000
    assert _code(lambda: codes.arm(form, "134512345678901200", "20000.01")) == (
        "tender.out_of_range"
    )
    _paid(counter, form, "payer_code", "20000")
    assert _code(lambda: codes.arm(form, "134512345678901200", "0.01")) == (
        "payment.code_over_limit"
    )


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("prepaid_card", " ", "tender.number_missing"),
        ("bank_card", "", "tender.no_card_terminal"),
    ],
)
def test_a_charge_that_cannot_be_is_refused_before_it_is_armed(
    counter: Outlet, kind: str, number: str, code: str
) -> None:
    form = _form(counter, (STAMP, 5))
    assert _code(lambda: counter.cases.codes.arm_tender(form, kind, number)) == code
    assert counter.books.open_attempts() == ()


def test_our_code_is_printed_while_it_is_awaited_and_not_after(counter: Outlet) -> None:
    form = _form(counter, (STAMP, 5))
    codes, slips = counter.cases.codes, counter.cases.slips
    number = codes.arm_tender(form, "merchant_code").attempt.out_trade_no
    assert _code(lambda: slips.our_code(number)) == "payment.already_done"
    shown = Answer("unknown", "waiting", 600, shown_code=f"POSTPAY:{number}:600")
    codes.record(number, "charge", shown)
    assert slips.our_code(number).kind == "our_code"
    (job,) = [job for job in counter.books.print_jobs(limit=9) if job.kind == "our_code"]
    for part in (f"POSTPAY:{number}:600", "6.00", "这不是收据"):
        assert part in str(job.document)
    codes.record(number, "query", Answer("ok", "paid", 600))
    assert _code(lambda: slips.our_code(number)) == "payment.already_done"


def test_only_the_last_four_of_a_number_are_journaled(counter: Outlet) -> None:
    form = _form(counter, (STAMP, 5))
    order = counter.cases.codes.arm_tender(form, "prepaid_card", "690000000018", "2")
    assert (order.attempt.reference, order.attempt.amount_fen) == ("…0018", 200)
    assert not any("690000000018" in str(entry.body) for entry in counter.books.all_entries())
