"""Whatever is put in, taken out or repriced, the basket stays the sum of its lines."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.basket import Basket, Line, basket_from_json, basket_to_json
from terminal.domain.money import Money
from tests.helpers.baskets import basket, baskets, lines


@given(baskets())
def test_the_form_on_disk_gives_the_same_basket_back(value: Basket) -> None:
    assert basket_from_json(json.loads(json.dumps(basket_to_json(value)))) == value


@given(st.lists(lines(), max_size=8))
def test_adding_counts_every_piece_once(wanted: list[Line]) -> None:
    filled = basket()
    for number, entered in enumerate(wanted):
        before = filled.total
        numbered = replace(entered, line_id=f"l{number}")
        filled, line_id = filled.with_added(numbered)
        assert filled.total == before + numbered.amount
        assert filled.line(line_id).sku == numbered.sku
    assert sum(x.quantity for x in filled.lines) == sum(x.quantity for x in wanted)


@given(baskets(least=1), st.data())
def test_voiding_moves_a_line_and_nothing_else(value: Basket, data: st.DataObject) -> None:
    line_id = data.draw(st.sampled_from([x.line_id for x in value.lines]))
    gone = value.line(line_id)
    left = value.with_void(line_id)
    assert left.total + gone.amount == value.total
    assert left.voided == (*value.voided, gone)


@given(baskets())
def test_changing_the_level_there_and_back_costs_nothing(value: Basket) -> None:
    ordinary = value.with_level("", lambda sku, level: Money(100))
    gold = ordinary.with_level("gold", lambda sku, level: Money(90))
    assert gold.with_level("", lambda sku, level: Money(100)) == ordinary
    assert gold.total <= ordinary.total
