"""A till handed over: the next clerk counts for herself, and what to find is not guessed."""

from __future__ import annotations

import pytest

from terminal.app.hand_over import Found
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from tests.helpers.cash_ups import pieces, verified
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, TILL, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_the_next_clerk_counts_before_she_takes_the_till(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    form = verified(counter.cases).form_id
    cash_ups, amount = counter.cases.cash_ups, counter.books.ledger.balance(TILL)
    with pytest.raises(UserError, match=r"cash_up\.handover_differs") as refused:
        cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found("1.00"))
    assert refused.value.params == {}
    with pytest.raises(UserError, match=r"permission\.same_person"):
        cash_ups.hand_over(form, CLERK, PIN, Found("1.00"))
    cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(Money(amount).text))
    *_, over, closing = newest = counter.books.entries(limit=4)
    assert [entry.kind for entry in newest] == [
        *("clerk.signed_on", "clerk.signed_off", "cash_up.handed_over", "cash_up.closed"),
    ]
    assert (over.body["to_clerk"], over.clerk_id, closing.clerk_id) == (SENIOR, CLERK, CLERK)
    # What is sold from now on is hers, and he has his slip.
    counter.sell()
    assert counter.books.entries(limit=1)[0].clerk_id == SENIOR
    assert [job.kind for job in counter.books.print_jobs(limit=3)][1:] == ["session", "cash_up"]


def test_what_to_find_is_not_guessed_at_the_hand_over(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    form = verified(counter.cases).form_id
    cash_ups, amount = counter.cases.cash_ups, counter.books.ledger.balance(TILL)

    def take(fen: int, form_id: str = form) -> None:
        cash_ups.hand_over(form_id, SENIOR, SENIOR_PIN, Found(Money(fen).text))

    for wrong in (1, 2, 3):
        with pytest.raises(UserError, match=r"cash_up\.handover_differs"):
            take(amount + wrong)
    tries = [e for e in counter.books.entries(limit=9) if e.kind == "cash_up.handover_differed"]
    assert [one.body["found_fen"] for one in tries] == [amount + 3, amount + 2, amount + 1]
    assert {(one.clerk_id, one.body["to_clerk"]) for one in tries} == {(CLERK, SENIOR)}
    with pytest.raises(UserError, match=r"cash_up\.handover_tries"):
        take(amount)
    anew = cash_ups.count(cash_ups.recount().form_id, pieces(amount))
    anew = cash_ups.book(anew.form_id)
    take(amount, cash_ups.verify(anew.form_id, SENIOR, SENIOR_PIN).form_id)
    assert counter.books.day().clerk_id == SENIOR


def test_nobody_takes_a_till_over_with_a_customer_at_it(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    form = verified(counter.cases).form_id
    counter.cases.ordering.add_item(STAMP, 1)
    amount = Money(counter.books.ledger.balance(TILL)).text
    with pytest.raises(UserError, match=r"session\.basket_not_empty"):
        counter.cases.cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(amount))
    counter.cases.ordering.suspend("")
    assert counter.cases.cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(amount)).saved_seq == 0
