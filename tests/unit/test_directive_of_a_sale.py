"""A correction takes no more back than is left of the sale that it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from terminal.app.directives import DirectiveView
from terminal.app.refunding import Wish
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry
from tests.helpers.inbox import Centre, deliver
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, TILL, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PEN, PENS = "P0011", "sales:postal_supplies"


class Desk:
    """A counter with a centre that corrects its sales."""

    def __init__(self, outlet: Outlet, centre: Centre) -> None:
        self.outlet, self.centre = outlet, centre
        outlet.sell(STAMP, 300)

    def sale(self, sku: str, pieces: int) -> Entry:
        row = self.outlet.books.order(self.outlet.sell(sku, pieces))
        entry = self.outlet.books.entry(row.seq) if row else None
        assert entry is not None
        return entry

    def asked(self, about: Entry, rows: Sequence[tuple[str, int]]) -> str:
        """A correction arrives; its number."""
        postings = [{"account": account, "fen": fen} for account, fen in rows]
        moved = sum(max(fen, 0) for _, fen in rows)
        record = self.centre.directive(about, moved, postings=postings)
        deliver(self.outlet, record)
        return str(record["directive_id"])

    def view(self, number: str) -> DirectiveView:
        """How it is shown."""
        views = self.outlet.cases.directives.inbox().directives
        return next(v for v in views if v.directive and v.directive.directive_id == number)

    def refused(self, number: str) -> tuple[str, Any]:
        """Why it is not booked; the books are as before."""
        head = self.outlet.books.head()
        with pytest.raises(UserError) as refused:
            self.outlet.cases.directives.accept(number)
        assert self.outlet.books.head() == head
        return refused.value.code, refused.value.params.get("left")

    def give_back(self, sale: Entry, pieces: int) -> Entry:
        form = self.outlet.cases.refunding.begin(str(sale.body["order_no"]))
        wish = Wish(form.form_id, "return", {form.lines[0].line_id: pieces}, "wrong_goods")
        self.outlet.cases.refunding.complete(wish, SENIOR, SENIOR_PIN)
        return self.outlet.books.entries(limit=1)[0]


@pytest.fixture
def desk(counter: Outlet, outlet_template: Template) -> Desk:
    return Desk(counter, Centre(outlet_template.platform))


def test_a_second_correction_of_a_sale_takes_back_what_is_left_and_no_more(desk: Desk) -> None:
    sale = desk.sale(PEN, 4)
    first = desk.asked(sale, [(TILL, -150), (PENS, 150)])
    second = desk.asked(sale, [(TILL, -100), (PENS, 100)])
    rest = desk.asked(sale, [(TILL, -50), (PENS, 50)])
    shown = desk.view(second).sale
    assert shown is not None
    assert (shown.before, shown.left_fen) == ((), 200)
    desk.outlet.cases.directives.accept(first)
    shown = desk.view(second).sale
    assert shown is not None
    assert [entry.kind for entry in shown.before] == ["directive.accepted"]
    assert shown.left_fen == 50
    assert desk.refused(second) == ("directive.more_than_left", "0.50")
    assert desk.view(second).state == "waiting"
    desk.outlet.cases.directives.accept(rest)
    assert desk.outlet.books.balances()[PENS] == 0
    assert desk.refused(second) == ("directive.more_than_left", "0.00")
    # The centre hears why.
    desk.outlet.cases.directives.dispute(second, "已冲销")
    assert desk.view(second).state == "disputed"


def test_a_sale_that_was_undone_is_not_corrected_again(desk: Desk) -> None:
    sale = desk.sale(STAMP, 100)
    form = desk.outlet.cases.refunding.begin(str(sale.body["order_no"]))
    undo = Wish(form.form_id, "reversal", {}, "keyed_wrong")
    desk.outlet.cases.refunding.complete(undo, SENIOR, SENIOR_PIN)
    number = desk.asked(sale, [(TILL, -12_000), ("postage:postage", 12_000)])
    shown = desk.view(number).sale
    assert shown is not None
    assert ([entry.kind for entry in shown.before], shown.left_fen) == (["refund.completed"], 0)
    assert desk.refused(number) == ("directive.more_than_left", "0.00")


def test_the_way_round_a_refund_is_the_same_way(desk: Desk) -> None:
    sale = desk.sale(PEN, 4)
    refund = desk.give_back(sale, 2)
    assert desk.refused(desk.asked(refund, [(TILL, -150), (PENS, 150)]))[1] == "1.00"
    desk.outlet.cases.directives.accept(desk.asked(refund, [(TILL, -100), (PENS, 100)]))
    assert desk.refused(desk.asked(sale, [(TILL, -1), (PENS, 1)]))[1] == "0.00"


def test_what_takes_nothing_back_is_no_second_correction(desk: Desk) -> None:
    """Another account for the income, a refund put right: nothing of the sale goes back."""
    sale = desk.sale(PEN, 4)
    refund = desk.give_back(sale, 4)
    moved = desk.asked(sale, [(PENS, 200), ("sales:produce", -200)])
    brought = desk.asked(refund, [(TILL, 100), (PENS, -100)])
    for number in (moved, brought):
        desk.outlet.cases.directives.accept(number)
    again = desk.asked(sale, [(TILL, -101), (PENS, 101)])
    assert desk.refused(again) == ("directive.more_than_left", "1.00")
    desk.outlet.cases.directives.accept(desk.asked(sale, [(TILL, -100), (PENS, 100)]))
