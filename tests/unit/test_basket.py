"""The basket: merging, quantities, voids, levels, overrides and its form on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from terminal.domain.basket import (
    MAX_GRAMS,
    MAX_LINES,
    MAX_PIECES,
    PriceOverride,
    basket_from_json,
    basket_to_json,
    line_from_json,
    line_to_json,
)
from terminal.domain.errors import UserError
from terminal.domain.money import ZERO, Money
from tests.helpers.baskets import basket, line

OVERRIDE = PriceOverride("dented", "0312", "0315", "intent-9")


def test_the_same_goods_again_raise_the_quantity_of_their_line() -> None:
    grown, line_id = basket(line("l1")).with_added(line("l2", quantity=3))
    assert line_id == "l1"
    assert [(x.line_id, x.quantity) for x in grown.lines] == [("l1", 5)]
    assert grown.total == Money(2500)


@pytest.mark.parametrize(
    "present",
    [
        line(sku="OTHER"),
        line(weighed=True),
        line(fixed_amount=Money(300)),
        line(override=OVERRIDE),
        line(unit_price=Money(450)),
    ],
)
def test_what_is_not_alike_gets_a_line_of_its_own(present: object) -> None:
    assert isinstance(present, type(line()))
    grown, line_id = basket(present).with_added(line("l2", weighed=present.weighed))
    assert line_id == "l2"
    assert len(grown.lines) == 2


def test_grams_never_join_pieces_when_the_platform_changed_the_kind_meanwhile() -> None:
    grown, _ = basket(line("l1")).with_added(line("l2", weighed=True, quantity=500))
    assert [x.quantity for x in grown.lines] == [2, 500]


def test_a_labelled_line_does_not_join_a_plain_one() -> None:
    grown, _ = basket(line("l1")).with_added(line("l2", fixed_amount=Money(1)))
    assert len(grown.lines) == 2


@pytest.mark.parametrize(
    ("weighed", "quantity"), [(False, 0), (False, MAX_PIECES + 1), (True, 0), (True, MAX_GRAMS + 1)]
)
def test_quantities_have_bounds(weighed: bool, quantity: int) -> None:
    bulk = line(weighed=weighed)
    for attempt in (
        lambda: basket().with_added(replace(bulk, quantity=quantity)),
        lambda: basket(bulk).with_quantity("l1", quantity),
    ):
        with pytest.raises(UserError) as refused:
            attempt()
        assert refused.value.code == "quantity.out_of_range"


def test_merging_cannot_pass_the_bound() -> None:
    with pytest.raises(UserError) as refused:
        basket(line(quantity=MAX_PIECES)).with_added(line("l2", quantity=1))
    assert refused.value.code == "quantity.out_of_range"


def test_a_weight_read_anew_says_where_it_comes_from_and_changes_no_other_line() -> None:
    first, second = line("1", weighed=True), line("2", weighed=True)
    changed = basket(first, second).with_source("1", "manual")
    assert changed.line("1") == replace(first, source="manual")
    assert changed.line("2") == second


def test_a_basket_is_full_some_day() -> None:
    full = basket(*(line(f"l{n}", sku=f"S{n}") for n in range(MAX_LINES)))
    with pytest.raises(UserError) as refused:
        full.with_added(line("more", sku="NEW"))
    assert refused.value.code == "basket.full"
    grown, _ = full.with_added(line("more", sku="S7"))
    assert len(grown.lines) == MAX_LINES


def test_a_void_takes_the_line_out_and_remembers_it() -> None:
    left = basket(line("l1"), line("l2", sku="X")).with_void("l1")
    assert [x.line_id for x in left.lines] == ["l2"]
    assert [x.line_id for x in left.voided] == ["l1"]
    assert left.total == Money(1000)


@pytest.mark.parametrize(
    "act",
    [
        lambda: basket().line("l1"),
        lambda: basket().with_void("l1"),
        lambda: basket().with_quantity("l1", 2),
        lambda: basket().with_override("l1", ZERO, OVERRIDE),
    ],
)
def test_a_line_that_is_gone_is_gone(act: Callable[[], object]) -> None:
    with pytest.raises(UserError) as refused:
        act()
    assert refused.value.code == "basket.line_gone"


LABELLED = basket(line(weighed=True, fixed_amount=Money(777)))


@pytest.mark.parametrize(
    "act",
    [
        lambda: LABELLED.with_quantity("l1", 5),
        lambda: LABELLED.with_override("l1", Money(1), OVERRIDE),
    ],
)
def test_a_label_with_its_price_fixes_quantity_and_price(act: Callable[[], object]) -> None:
    assert LABELLED.total == LABELLED.subtotal == Money(777)
    with pytest.raises(UserError) as refused:
        act()
    assert refused.value.code == "quantity.fixed_by_label"


def test_weighed_goods_are_priced_by_the_gram() -> None:
    rice = basket(line(weighed=True, quantity=1350, list_price=Money(598), unit_price=Money(568)))
    assert rice.total == Money(767)
    assert rice.subtotal == Money(807)


def test_an_override_changes_one_line_within_bounds() -> None:
    two = basket(line("l1"), line("l2", sku="X"))
    changed = two.with_override("l1", Money(400), OVERRIDE)
    assert changed.total == Money(1800)
    assert changed.subtotal == Money(2000)
    assert changed.line("l1").override == OVERRIDE
    assert changed.line("l2").override is None
    for price in (Money(-1), Money(5001)):
        with pytest.raises(UserError) as refused:
            two.with_override("l1", price, OVERRIDE)
        assert refused.value.code == "price.out_of_range"


def test_a_member_level_reprices_all_but_what_a_person_or_a_label_fixed() -> None:
    mixed = basket(
        line("l1"),
        line("l2", override=OVERRIDE, unit_price=Money(100)),
        line("l3", weighed=True, fixed_amount=Money(50)),
    )
    gold = mixed.with_level("gold", lambda sku, level: Money(450))
    assert gold.member_level == "gold"
    assert [x.unit_price.fen for x in gold.lines] == [450, 100, 500]
    assert [x.level for x in gold.lines] == ["gold", "", ""]
    back = gold.with_level("", lambda sku, level: Money(500))
    assert back == mixed


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        (basket(), True),
        (basket(voided=(line(),)), True),
        (basket(line()), False),
        (basket(cash_parts=(Money(1),)), False),
        (basket(codes=("a",)), False),
    ],
)
def test_empty_means_nothing_in_it_and_nothing_paid(value: object, empty: bool) -> None:
    assert isinstance(value, type(basket()))
    assert value.is_empty is empty


def test_a_line_with_an_override_survives_its_form_on_disk() -> None:
    changed = line(override=OVERRIDE, fixed_amount=Money(9), weighed=True)
    assert line_from_json(json.loads(json.dumps(line_to_json(changed)))) == changed
    assert line_to_json(changed)["amount_fen"] == 9


def test_a_basket_half_paid_survives_its_form_on_disk() -> None:
    paid = basket(line(), cash_parts=(Money(100), Money(5)), codes=("aa", "bb"), note="回头客")
    assert basket_from_json(json.loads(json.dumps(basket_to_json(paid)))) == paid
