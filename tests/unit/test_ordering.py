"""Filling the basket through the use cases: on disk before it is shown."""

from __future__ import annotations

import pytest

from terminal.domain.errors import OutletError
from tests.helpers.outlet import CLERK, PIN, RICE, SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAYER_CODE = "134512345678901200"


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def test_every_change_is_on_disk_before_it_is_shown(counter: Outlet) -> None:
    shown = counter.cases.ordering.add_item(STAMP, 2)
    line_id = shown.selected_line_id
    counter.cases.ordering.set_quantity(line_id, 7)
    counter.cases.ordering.change_quantity(line_id, -1)
    counter.cases.ordering.add_item(RICE, 1350, source="touch", raw="L0101")
    before = counter.cases.ordering.view()
    after = counter.crash().ordering.view()
    assert after.lines == before.lines
    assert after.total_text == before.total_text == "15.27"
    assert after.lines[1].quantity_text == "1.350 kg"


def test_lowering_the_last_piece_voids_the_line_and_the_sale_remembers_it(
    counter: Outlet,
) -> None:
    ordering = counter.cases.ordering
    line_id = ordering.add_item(RICE, 500).selected_line_id
    ordering.add_item(STAMP)
    assert ordering.change_quantity(line_id, -500).count == 1
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, "2")
    (sale,) = counter.books.entries(limit=1)
    voided = sale.body["voided"]
    assert isinstance(voided, list)
    assert [row["sku"] for row in voided if isinstance(row, dict)] == [RICE]


def test_what_cannot_be_sold_is_refused(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    assert _code(lambda: ordering.add_item("NO-SUCH")) == "item.unknown"
    assert _code(lambda: ordering.add_item(STAMP, 0)) == "quantity.out_of_range"
    assert _code(lambda: ordering.clear("changed her mind")) == "basket.empty"
    assert _code(ordering.suspend) == "basket.empty"
    assert _code(lambda: ordering.void_line("gone")) == "basket.line_gone"
    assert _code(lambda: ordering.set_member_level("platinum")) == "member.unknown_level"


def test_nobody_sells_before_the_day_is_open(outlet: Outlet) -> None:
    assert _code(lambda: outlet.cases.ordering.add_item(STAMP)) == "session.not_signed_on"


def test_a_given_up_basket_is_journaled_with_all_that_was_in_it(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    first = ordering.add_item(STAMP).selected_line_id
    ordering.add_item(RICE, 200)
    ordering.void_line(first)
    assert ordering.clear("customer left").count == 0
    (entry,) = counter.books.entries(limit=1)
    assert (entry.kind, entry.body["reason"]) == ("basket.abandoned", "customer left")
    lines = entry.body["lines"]
    assert isinstance(lines, list)
    assert len(lines) == 2
    assert counter.books.current_basket() is None


def test_parking_and_recalling_several_baskets(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    first = ordering.add_item(STAMP, 1).basket_id
    parked = ordering.suspend("red coat")
    assert (parked.count, parked.suspended_count) == (0, 1)
    second = ordering.add_item(STAMP, 2).basket_id
    assert ordering.recall(first).basket_id == first
    (waiting,) = ordering.suspended()
    assert (waiting.basket_id, waiting.count, waiting.total_text) == (second, 1, "2.40")
    assert waiting.clerk_no == CLERK
    cases = counter.crash()
    assert cases.ordering.view().basket_id == first
    assert [row.basket_id for row in cases.ordering.suspended()] == [second]


def test_recalling_what_is_not_parked_leaves_the_counter_as_it_was(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    before = ordering.add_item(STAMP, 3)
    assert _code(lambda: ordering.recall("no-such-basket")) == "basket.not_parked"
    after = ordering.view()
    assert (after.basket_id, after.suspended_count) == (before.basket_id, 0)


def test_voided_lines_do_not_vanish_behind_a_recalled_basket(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    parked = ordering.add_item(STAMP).basket_id
    ordering.suspend()
    ordering.void_line(ordering.add_item(RICE, 700).selected_line_id)
    ordering.recall(parked)
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, "2")
    (sale,) = counter.books.entries(limit=1)
    voided = sale.body["voided"]
    assert isinstance(voided, list)
    assert [row["sku"] for row in voided if isinstance(row, dict)] == [RICE]


def test_cash_on_the_counter_is_not_parked_away(counter: Outlet) -> None:
    counter.cases.ordering.add_item(STAMP, 5)
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, "1")
    assert _code(counter.cases.ordering.suspend) == "basket.paid_in_part"
    assert _code(lambda: counter.cases.ordering.clear("x")) == "basket.paid_in_part"
    counter.cases.paying.abandon(form.form_id)
    assert counter.cases.ordering.suspend().suspended_count == 1


def test_an_open_payment_freezes_the_basket(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    line_id = ordering.add_item(STAMP, 5).selected_line_id
    counter.cases.codes.arm(counter.cases.paying.begin().form_id, PAYER_CODE)
    assert ordering.view().frozen
    for act in (
        lambda: ordering.add_item(STAMP),
        lambda: ordering.set_quantity(line_id, 1),
        lambda: ordering.void_line(line_id),
        lambda: ordering.clear("x"),
        lambda: ordering.set_member_level("gold"),
        lambda: ordering.override_price(line_id, "1", "dented", SENIOR, SENIOR_PIN),
    ):
        assert _code(act) == "basket.frozen"
    assert _code(ordering.suspend) == "payment.attempt_open"


def test_a_member_level_prices_goods_already_there_and_goods_to_come(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    ordering.add_item(RICE, 1000)
    gold = ordering.set_member_level("gold")
    assert (gold.total_text, gold.discount_text, gold.lines[0].member) == ("5.68", "0.30", True)
    assert ordering.add_item(RICE, 1000).total_text == "11.36"
    assert ordering.set_member_level("").total_text == "11.96"


def test_a_price_is_changed_by_two_people_and_journaled(counter: Outlet) -> None:
    ordering = counter.cases.ordering
    line_id = ordering.add_item(STAMP, 10).selected_line_id
    changed = ordering.override_price(line_id, "1.00", " dented ", f" {SENIOR} ", SENIOR_PIN)
    assert (changed.total_text, changed.lines[0].overridden) == ("10.00", True)
    (entry,) = counter.books.entries(limit=1)
    assert entry.kind == "authorisation.granted"
    facts = {key: entry.body[key] for key in ("operator", "authoriser", "reason", "after_fen")}
    assert facts == {"operator": CLERK, "authoriser": SENIOR, "reason": "dented", "after_fen": 100}
    assert counter.crash().ordering.view().total_text == "10.00"


def test_an_override_alone_without_reason_or_beyond_the_limit_is_refused(
    counter: Outlet,
) -> None:
    ordering = counter.cases.ordering
    line_id = ordering.add_item(STAMP, 10).selected_line_id

    def override(price: str, reason: str, who: str, secret: str) -> str:
        return _code(lambda: ordering.override_price(line_id, price, reason, who, secret))

    assert override("1", "dented", CLERK, PIN) == "permission.same_person"
    assert override("1", "  ", SENIOR, SENIOR_PIN) == "override.reason_missing"
    assert override("0.59", "dented", SENIOR, SENIOR_PIN) == "override.beyond_limit"
    assert override("1.81", "dented", SENIOR, SENIOR_PIN) == "override.beyond_limit"
    assert override("x", "dented", SENIOR, SENIOR_PIN) == "money.not_an_amount"
    assert override("1", "dented", SENIOR, "000000") == "session.wrong_secret"
    assert ordering.view().total_text == "12.00"
    assert "authorisation.granted" not in {entry.kind for entry in counter.books.all_entries()}


def test_a_paid_code_is_never_more_than_what_is_left_in_the_basket(counter: Outlet) -> None:
    from terminal.domain.attempt import Answer

    cases = counter.cases
    line_id = cases.ordering.add_item(STAMP, 5).selected_line_id
    order = cases.codes.arm(cases.paying.begin().form_id, PAYER_CODE)
    paid = Answer("ok", "paid", 600)
    cases.codes.record(order.attempt.out_trade_no, "charge", paid)
    assert _code(lambda: cases.ordering.void_line(line_id)) == "basket.paid_in_part"
    assert _code(lambda: cases.ordering.set_quantity(line_id, 4)) == "basket.paid_in_part"
    cases.ordering.add_item(STAMP, 1)
    assert cases.ordering.set_quantity(line_id, 5).total_text == "6.00"
