"""While the platform is asked about a refund the counter goes on: it is all looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from terminal.app.refunding import Prepared, Wish
from terminal.app.tills import MoveForm
from terminal.bootstrap import open_keys
from terminal.domain.errors import OutletError
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.cash_ups import closed, count, pieces
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    TILL,
    Outlet,
    Template,
)

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PEN = "P0011"
GRANTED = {"outcome": "ok", "code": "", "result": {}}


def code_of(deed: Callable[[], object]) -> str:
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value.code


def prepared(outlet: Outlet, manner: str = "return") -> Prepared:
    """A refund the platform is being asked about."""
    store = SyncStore(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)
    store.put_state({"online": "1"})
    store.close()
    form = outlet.cases.refunding.begin(outlet.sell(PEN, 4))
    if manner == "reversal":
        undo = Wish(form.form_id, "reversal", {}, "keyed_wrong")
        return outlet.cases.refunding.prepare(undo, SENIOR, SENIOR_PIN)
    wish = Wish(form.form_id, "return", {form.lines[0].line_id: 2}, "wrong_goods")
    return outlet.cases.refunding.prepare(wish)


def everything(outlet: Outlet) -> MoveForm:
    """All the cash of the till into a pouch."""
    held = outlet.books.ledger.balance(TILL)
    notes = {fen: int(text) for fen, text in pieces(held).items()}
    return MoveForm(outlet.cases.tills.begin(), "T02", "V01", notes)


def nothing_came_of_it(outlet: Outlet, code: str, asked: Prepared) -> None:
    """The answer comes: refused with this code, nothing booked, the pieces free again."""
    assert code_of(lambda: outlet.cases.refunding.book(asked, GRANTED)) == code
    assert outlet.books.refunds.last() is None
    assert outlet.books.refunds.intents() == ()
    assert outlet.books.ledger.balance(TILL) >= 0


def test_nobody_leaves_or_counts_or_empties_the_till_while_a_refund_is_asked_for(
    counter: Outlet,
) -> None:
    asked, cases = prepared(counter), counter.cases
    head = counter.books.head()
    for deed in (
        cases.session.sign_off,
        lambda: count(cases, 0),
        lambda: cases.tills.send(everything(counter)),
        lambda: cases.training.begin(),
    ):
        assert code_of(deed) == "refund.under_way"
    assert counter.books.head() == head
    cases.refunding.book(asked, GRANTED)
    cases.tills.send(everything(counter))
    cases.session.sign_off()


def test_an_answer_that_cannot_be_heard_lets_go_of_the_till(counter: Outlet) -> None:
    prepared(counter)
    counter.cases.refunding.give_up()
    assert counter.books.refunds.intents() == ()
    counter.cases.session.sign_off()


def test_a_till_that_was_emptied_meanwhile_pays_nothing(counter: Outlet) -> None:
    asked = prepared(counter)
    counter.cases.context.refund_asked = ""
    counter.cases.tills.send(everything(counter))
    nothing_came_of_it(counter, "refund.not_enough_cash", asked)


@pytest.mark.parametrize("manner", ["return", "reversal"])
def test_what_one_clerk_began_is_not_booked_on_the_duty_of_another(
    counter: Outlet, manner: str
) -> None:
    asked, cases = prepared(counter, manner), counter.cases
    cases.context.refund_asked = ""
    cases.session.sign_off()
    cases.session.sign_on(SENIOR, SENIOR_PIN)
    nothing_came_of_it(counter, "refund.clerk_changed", asked)


def test_with_nobody_on_duty_nothing_is_booked(counter: Outlet) -> None:
    asked = prepared(counter)
    counter.cases.context.refund_asked = ""
    counter.cases.session.sign_off()
    nothing_came_of_it(counter, "session.not_signed_on", asked)


def test_a_till_that_was_closed_meanwhile_is_not_touched(counter: Outlet) -> None:
    asked = prepared(counter)
    counter.cases.context.refund_asked = ""
    closed(counter.cases)
    nothing_came_of_it(counter, "refund.till_closed", asked)


def test_what_was_prepared_yesterday_is_not_booked_today(counter: Outlet) -> None:
    asked, session = prepared(counter), counter.cases.session
    counter.cases.context.refund_asked = ""
    session.sign_off()
    session.close_outlet(MANAGER, MANAGER_PIN, True)
    counter.clock.advance(timedelta(days=1))
    session.open_outlet(MANAGER, MANAGER_PIN)
    session.sign_on(CLERK, PIN)
    nothing_came_of_it(counter, "refund.till_closed", asked)


def test_what_needs_a_second_person_by_now_is_not_booked_by_one(
    counter: Outlet, outlet_template: Template
) -> None:
    asked = prepared(counter)
    rules = {**counter.cases.context.setting("dual_control"), "refund": {"alone": 0}}
    tell_setting(counter.home, outlet_template.platform, "dual_control", rules)
    nothing_came_of_it(counter, "refund.changed_meanwhile", asked)
