"""Stamps by the piece and postcards by number: rules of the money model. None is made or lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from terminal.app.tills import MoveForm
from terminal.domain.journal import Entry
from terminal.domain.pouch import Bundle
from tests.helpers.money_rules import Selling
from tests.helpers.money_rules_tills import DRAWER, VAULT, Moving
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP

POSTCARD = "P0032"
"""Stock by number."""
DELIVERIES = 3
"""How often stock comes in one run: enough to travel, be sold and counted."""
_AT = {VAULT: f"till:{VAULT}", DRAWER: f"till:{DRAWER}"}


class StockBook:
    """Where every piece and every number is, read from what entries say and from nothing else."""

    def __init__(self) -> None:
        self.pieces: dict[str, Counter[str]] = defaultdict(Counter)
        self.numbers: dict[str, set[int]] = defaultdict(set)
        """Numbers of the postcards, by place."""
        self.seen: dict[str, set[str]] = defaultdict(set)
        """Items that ever reached a place."""

    def take(self, rows: Sequence[dict[str, Any]]) -> None:
        """One entry's rows: what leaves was there, and arrives at one other place."""
        sums: Counter[str] = Counter()
        for row in sorted(rows, key=lambda row: int(row["pieces"])):
            place, item, count = row["place"], row["item"], row["pieces"]
            sums[item] += count
            self.pieces[place][item] += count
            if count > 0:
                self.seen[place].add(item)
            if "lo" in row:
                self._renumber(place, set(range(row["lo"], row["hi"] + 1)), count)
        assert not any(sums.values()), "pieces that come from or go nowhere"

    def _renumber(self, place: str, which: set[int], count: int) -> None:
        assert len(which) == abs(count)
        if count < 0:
            assert place.startswith("source:") or which <= self.numbers[place], "not there"
            self.numbers[place] -= which
        else:
            others = [name for name, held in self.numbers.items() if held & which]
            assert others == [], "a number in two places"
            self.numbers[place] |= which


class Stocking(Moving, Selling):
    """Stock comes from the centre, travels in pouches, is sold, and taken back by mistake."""

    def __init__(self) -> None:
        super().__init__()
        self.stock = StockBook()
        self.funded: Counter[str] = Counter()
        self._sold_rows: dict[int, list[dict[str, Any]]] = {}
        self._next_number, self._deliveries = 1001, 0

    def heard_of(self, entries: Sequence[Entry]) -> None:
        """What came into the journal: every row is followed, and the books must say the same."""
        super().heard_of(entries)
        moved = False
        for entry in entries:
            body: Any = entry.body
            rows = body.get("stock", [])
            if entry.kind == "sale.completed":
                self._sold_rows[entry.seq] = rows
                self._may_be_sold(body, rows)
            if body.get("manner") == "reversal":
                assert _net(rows) == _net(self._sold_rows[body["original"]["seq"]], sign=-1)
            self.stock.take(rows)
            moved = moved or bool(rows)
        if moved:
            self._books_say_the_same()

    def _may_be_sold(self, body: Any, rows: list[dict[str, Any]]) -> None:
        """Stamps leave the drawer as the lines say, once it was ever given any."""
        sold = sum(line["quantity"] for line in body["lines"] if line["sku"] == STAMP)
        left = -sum(row["pieces"] for row in rows if row["item"] == STAMP and row["pieces"] < 0)
        gone = sum(row["pieces"] for row in rows if row["place"] == "sold" and row["item"] == STAMP)
        given = STAMP in self.stock.seen[_AT[DRAWER]]
        assert (-left if left < 0 else gone) == (sold if given else 0)

    def _books_say_the_same(self) -> None:
        reading = self.outlet.books.stock
        for place in _AT.values():
            held = {item: count for item, count in self.stock.pieces[place].items() if count}
            assert dict(reading.pieces(place)) == held, place
            numbers = {
                number for lo, hi in reading.ranges(place, POSTCARD) for number in range(lo, hi + 1)
            }
            assert numbers == self.stock.numbers[place], place
        for item, count in self.funded.items():
            assert -self.stock.pieces["source:centre"][item] == count, item

    def typed_stock(self) -> dict[str, str]:
        """What somebody finds who counts rightly."""
        place = _AT[DRAWER]
        typed = {}
        for item in self.stock.seen[place]:
            held = max(0, self.stock.pieces[place][item])
            ranges = ",".join(f"{lo}-{hi}" for lo, hi in _ranges(self.stock.numbers[place]))
            typed[item] = str(held) if item != POSTCARD else ranges or "0"
        return typed

    @precondition(lambda self: self._deliveries < DELIVERIES)
    @rule(what=st.sampled_from([(700, 0), (2_000, 5), (0, 40)]))
    def stock_comes(self, what: tuple[int, int]) -> None:
        """The centre sends stock to the vault; the same numbers do not come twice."""
        stamps, cards = what
        bundles = _bundles(stamps, [self._next_number] if cards else [], cards)

        def fund() -> None:
            form = MoveForm(self.cases.tills.begin(), VAULT, "centre", {}, bundles, inward=True)
            self.cases.tills.fund(form, SENIOR, SENIOR_PIN)
            self.funded.update({one.item: one.pieces for one in bundles})
            self._deliveries += 1
            self._next_number += cards
            if cards:
                again = MoveForm(self.cases.tills.begin(), VAULT, "centre", {}, bundles[-1:],
                                 inward=True)  # fmt: skip
                self.must_refuse(lambda: self.cases.tills.fund(again, SENIOR, SENIOR_PIN))

        self.or_refused(fund)

    @precondition(lambda self: self._deliveries)
    @rule(
        stamps=st.sampled_from([0, 1, 350]),
        cards=st.integers(0, 7),
        back=st.sampled_from([False, False, True]),
        arrives=st.sampled_from([True, True, False]),
    )
    def send_stock(self, stamps: int, cards: int, back: bool, arrives: bool) -> None:
        """In a pouch to the drawer, or back; more than there is does not go."""
        origin, target = (DRAWER, VAULT) if back else (VAULT, DRAWER)
        held = sorted(self.stock.numbers[_AT[origin]])
        first = next(_ranges(set(held)), (0, -1))
        cards = min(cards, first[1] - first[0] + 1)
        bundles = _bundles(stamps, [first[0]] if cards else [], cards)

        def move() -> None:
            form = MoveForm(self.cases.tills.begin(), origin, target, {}, bundles)
            done = self.cases.tills.send(form, SENIOR, SENIOR_PIN)
            assert stamps <= self.stock.pieces[_AT[origin]][STAMP], "more than there was"
            self._note_sent(done, origin, target, 0)
            if arrives:
                self.take_in(done.pouch)

        self.or_refused(move)

    @precondition(lambda self: not self.cases.ordering.is_frozen())
    @rule(cards=st.integers(1, 4))
    def sell_postcards(self, cards: int) -> None:
        """Numbered stock over the counter: the lowest numbers go first."""

        self.or_refused(lambda: self.sell_at_once([(POSTCARD, cards)]))


def _bundles(stamps: int, first: list[int], cards: int) -> tuple[Bundle, ...]:
    loose = (Bundle(STAMP, stamps),) if stamps else ()
    return (*loose, *(Bundle(POSTCARD, cards, lo) for lo in first))


def _net(rows: Sequence[dict[str, Any]], sign: int = 1) -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows:
        sums[row["place"], row["item"]] += sign * row["pieces"]
    return {key: count for key, count in sums.items() if count}


def _ranges(numbers: set[int]) -> Iterator[tuple[int, int]]:
    """Numbers in a row, lowest first."""
    ordered = sorted(numbers)
    if not ordered:
        return
    ends = [low for low, high in pairwise(ordered) if high != low + 1]
    starts = [high for low, high in pairwise(ordered) if high != low + 1]
    yield from zip([ordered[0], *starts], [*ends, ordered[-1]], strict=True)
