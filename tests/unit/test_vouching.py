"""Who may vouch for a count: never whose own it is, whoever is on duty by then; and it ends."""

from __future__ import annotations

import pytest

from terminal.app.hand_over import Found
from terminal.domain.cash_up import Step
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from tests.helpers.cash_ups import count, pieces, verified
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    STAMP,
    Outlet,
)

pytest_plugins = ["tests.helpers.outlet_fixtures"]
SUSPENSE, OVER_SHORT = "suspense:T02", "over_short:T02"


def relieved(counter: Outlet, clerk: str, pin: str) -> None:
    """Somebody else is on duty now."""
    counter.cases.session.sign_off()
    counter.cases.session.sign_on(clerk, pin)


def refused_to_verify(counter: Outlet, clerk: str, pin: str) -> str:
    head = counter.books.head()
    with pytest.raises(UserError) as error:
        counter.cases.cash_ups.verify(counter.cases.cash_ups.view().form_id, clerk, pin)
    assert counter.books.head() == head
    return error.value.code


@pytest.mark.parametrize("off_fen", [-50, -50_000])
def test_who_counted_does_not_verify_when_somebody_else_is_on_duty(
    counter: Outlet, off_fen: int
) -> None:
    relieved(counter, SENIOR, SENIOR_PIN)
    counter.sell(STAMP, 900)
    counter.cases.cash_ups.book(count(counter.cases, off_fen).form_id)
    relieved(counter, CLERK, PIN)
    assert refused_to_verify(counter, SENIOR, SENIOR_PIN) == "permission.involved"
    view = counter.cases.cash_ups.view()
    assert counter.cases.cash_ups.verify(view.form_id, MANAGER, MANAGER_PIN).verifier == MANAGER


def test_who_took_the_difference_over_does_not_verify(counter: Outlet) -> None:
    counter.sell(STAMP, 900)
    view = count(counter.cases, -5_000)
    relieved(counter, SENIOR, SENIOR_PIN)
    counter.cases.cash_ups.book(counter.cases.cash_ups.view().form_id)
    relieved(counter, MANAGER, MANAGER_PIN)
    assert refused_to_verify(counter, SENIOR, SENIOR_PIN) == "permission.involved"
    # Nobody is stuck: who is on duty counts again, and then it is her count.
    form = counter.cases.cash_ups.recount().form_id
    held = counter.books.ledger.balance("cash:T02")
    view = counter.cases.cash_ups.count(form, pieces(held))
    assert view.step is Step.DIFFERENCE
    counter.cases.cash_ups.book(view.form_id)
    view = counter.cases.cash_ups.view()
    assert counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).step is Step.HAND_OVER


def test_who_counted_does_not_take_the_till_as_the_next_clerk(counter: Outlet) -> None:
    counter.sell(STAMP, 9)
    counter.cases.cash_ups.book(count(counter.cases, 0).form_id)
    relieved(counter, MANAGER, MANAGER_PIN)
    view = counter.cases.cash_ups.view()
    view = counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    found = Found(Money(counter.books.ledger.balance("cash:T02")).text)
    with pytest.raises(UserError, match=r"permission\.involved"):
        counter.cases.cash_ups.hand_over(view.form_id, CLERK, PIN, found)
    counter.cases.cash_ups.hand_over(view.form_id, SENIOR, SENIOR_PIN, found)
    assert counter.books.day().clerk_id == SENIOR


def test_the_usual_way_is_as_it_was(counter: Outlet) -> None:
    counter.sell(STAMP, 9)
    assert verified(counter.cases).verifier == SENIOR
