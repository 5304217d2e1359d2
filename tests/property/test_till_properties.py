"""Pouches under every order of sending, receiving, pressing twice and crashing: nothing is lost."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given, settings

from terminal.domain import ledger, stock
from terminal.domain.canonical import JsonObject
from terminal.domain.pouch import Bundle, Pouch, read_code
from terminal.domain.till import Sold, sold_rows

TILLS = ["V01", "T01", "T02", "T03"]
items = st.sampled_from(["S1", "V1"])


def _bundle(item: str, pieces: int, lo: int) -> Bundle:
    return Bundle(item, pieces, lo if item == "V1" else 0)


bundles = st.lists(
    st.builds(_bundle, items, st.integers(1, 500), st.integers(1, 10**9)), max_size=4
).map(tuple)
numbers = st.from_regex(r"P02-260801-[0-9A-HJKMNP-TV-Z]{6}", fullmatch=True)
pouches = st.builds(
    Pouch, numbers, st.sampled_from(TILLS), st.sampled_from(TILLS), st.integers(0, 10**10), bundles
)


class _Fact:
    def __init__(self, body: JsonObject) -> None:
        self.body = body


@given(pouches)
def test_code_carries_the_whole_pouch(pouch: Pouch) -> None:
    assert read_code(pouch.code()) == pouch


@given(st.lists(pouches, max_size=6), st.lists(st.integers(0, 9), max_size=12))
def test_cash_on_the_way_and_in_tills_is_constant_under_any_interleaving(
    packed: list[Pouch], turns: list[int]
) -> None:
    bodies: list[JsonObject] = []
    waiting: list[Pouch] = []
    for pouch in packed:
        bodies.append(pouch.sent())
        waiting.append(pouch)
        while waiting and turns and (turn := turns.pop()) < 5:
            bodies.append(waiting.pop(turn % len(waiting)).received())
        totals = ledger.balances([_Fact(body) for body in bodies])
        assert sum(totals.values()) == 0
        on_the_way = sum(fen for name, fen in totals.items() if name.startswith("transit:"))
        assert on_the_way == sum(pouch.cash_fen for pouch in waiting)
        for body in bodies:
            stock.check_stock(stock.from_body(body))


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 8)), max_size=8),
    st.integers(1, 60),
)
@settings(max_examples=60)
def test_numbers_sold_are_the_lowest_held_and_each_only_once(
    gaps: list[tuple[int, int]], wanted: int
) -> None:
    held: list[tuple[int, int]] = []
    start = 1
    for gap, size in gaps:
        start += gap
        held.append((start, start + size - 1))
        start += size
    held_numbers = [number for lo, hi in stock.joined(held, []) for number in range(lo, hi + 1)]
    rows = sold_rows("T02", [Sold("V1", wanted, True)], {"V1"}, {"V1": stock.joined(held, [])})
    moved = stock.from_body({"stock": rows})
    stock.check_stock(moved)
    sold = [n for line in moved if line.pieces > 0 for n in range(line.lo, line.hi + 1)]
    assert sold == held_numbers[:wanted]
