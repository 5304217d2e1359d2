"""A counter's own sale while nobody can be asked: the neighbour may have given it back already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from terminal.app.refunding import Wish
from terminal.domain.errors import OutletError
from tests.helpers.driven_refunds import wish
from tests.helpers.neighbours import PEN, Outletful
from tests.helpers.outlet import MANAGER, MANAGER_PIN, SENIOR, SENIOR_PIN

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value.code


def test_what_the_neighbour_gave_back_is_not_given_back_again_without_anybody(
    two: Outletful,
) -> None:
    order_no = two.a.sell(450)
    two.b.outlet.sell(PEN, 600)
    assert two.b.give(two.b.find(order_no), 450).standing == "confirmed"
    two.b.sync()
    two.a.line(up=False)
    form = two.a.find(order_no)
    assert (form.standing, form.counter, form.cap_text) == ("provisional", "", "200.00")
    quote = two.a.outlet.cases.refunding.quote(wish(form, 450))
    assert (quote.action, quote.roles) == ("offline_limit", ("branch_manager",))
    head = two.a.outlet.books.head()
    assert refused(lambda: two.a.give(form, 450, ("", ""))) == "permission.second_needed"
    assert refused(lambda: two.a.give(form, 450)) == "permission.denied"
    assert two.a.outlet.books.head() == head
    # Below the cap it is as at any other counter: said to be provisional, and counted.
    done = two.a.give(form, 100)
    assert done.standing == "provisional"
    assert two.a.find(order_no).cap_text == "150.00"
    two.a.line(up=True)
    two.a.sync()
    assert [task["code"] for task in two.tasks()] == ["refund.more_than_sold"]


def test_what_never_left_the_counter_is_its_own_to_give_back(two: Outletful) -> None:
    order_no = two.a.outlet.sell(PEN, 450)
    two.a.line(up=False)
    form = two.a.find(order_no)
    assert form.standing == "own"
    assert two.a.give(form, 450).standing == "own"


def test_a_sale_the_platform_does_not_know_yet_is_its_own_with_a_line_too(two: Outletful) -> None:
    order_no = two.a.outlet.sell(PEN, 450)
    two.a.line(up=True)
    assert two.a.give(two.a.find(order_no), 450).standing == "own"


def test_a_platform_that_falls_silent_makes_an_own_refund_provisional(two: Outletful) -> None:
    order_no = two.a.sell(3)
    form = two.a.find(order_no)
    assert form.standing == "own"
    two.a.line(up=False)
    assert refused(lambda: two.a.give(form, 2)) == "refund.now_provisional"
    assert two.a.outlet.books.refunds.last() is None
    assert two.a.give(form, 2).standing == "provisional"
    two.a.line(up=True)
    # What can be asked again is sure again.
    assert two.a.give_back(order_no, 1).standing == "own"
    two.a.sync()
    assert two.tasks() == []


@pytest.mark.parametrize(
    ("pieces", "second"), [(3, (SENIOR, SENIOR_PIN)), (450, (MANAGER, MANAGER_PIN))]
)
def test_a_mistake_is_undone_at_its_counter_without_a_line(
    two: Outletful, pieces: int, second: tuple[str, str]
) -> None:
    order_no = two.a.sell(pieces)
    two.a.line(up=False)
    form = two.a.find(order_no)
    assert form.can_reverse
    undo: Any = Wish(form.form_id, "reversal", {}, "keyed_wrong")
    refunding = two.a.outlet.cases.refunding
    assert refused(lambda: refunding.complete(undo)) == "permission.second_needed"
    done = refunding.complete(undo, *second)
    assert (done.standing, done.manner) == ("provisional", "reversal")
