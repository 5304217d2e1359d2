"""Who may vouch for a count: never whose own it is, whoever is on duty by then; and it ends."""

from __future__ import annotations

import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from terminal.app.hand_over import Found
from terminal.domain.cash_up import DISPUTED, Step
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from terminal.domain.outlet_day import KINDS, OtherTerminal, read_terminal
from tests.helpers.cash_ups import count, pieces, verified
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    STAMP,
    Outlet,
    Template,
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


def taken(counter: Outlet, off_fen: int) -> None:
    counter.cases.cash_ups.book(count(counter.cases, off_fen).form_id)
    counter.sell(STAMP, 1)


def closes(counter: Outlet) -> None:
    """The senior verifies, and the day ends."""
    cash_ups = counter.cases.cash_ups
    cash_ups.close(cash_ups.verify(cash_ups.view().form_id, SENIOR, SENIOR_PIN).form_id)
    assert not cash_ups.due()
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)


def test_differences_of_a_period_count_together(counter: Outlet) -> None:
    counter.sell(STAMP, 3_000)
    taken(counter, -40_000)
    taken(counter, -40_000)
    view = count(counter.cases, -40_000)
    with pytest.raises(UserError, match=r"cash_up\.too_much"):
        counter.cases.cash_ups.book(view.form_id)
    counter.cases.cash_ups.dispute(view.form_id, "金额不符")
    closes(counter)
    held = counter.books.balances()
    assert (held[SUSPENSE], held[OVER_SHORT]) == (40_000, 80_000)
    # The other counters of the outlet hear of what is disputed, not of the whole difference.
    told = _as_told(counter)
    assert [(till.difference_fen, till.disputed_fen) for till in told.tills] == [(-120_000, 40_000)]


def test_what_nobody_may_write_off_any_more_is_disputed_and_the_day_ends(
    counter: Outlet, outlet_template: Template
) -> None:
    counter.sell(STAMP, 3_000)
    taken(counter, -40_000)
    view = counter.cases.cash_ups.book(count(counter.cases, -40_000).form_id)
    _lower_the_limit(counter, outlet_template, 50_000)
    view = counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    assert (view.step, view.frozen, view.verifier) == (Step.HAND_OVER, True, SENIOR)
    held = counter.books.balances()
    assert (held[SUSPENSE], held.get(OVER_SHORT, 0)) == (80_000, 0)
    dispute = next(one for one in counter.books.entries(limit=9) if one.kind == DISPUTED)
    assert dispute.body["above_fen"] == 50_000
    slip = counter.books.print_job(dispute.intent_id)
    assert slip is not None
    assert "500.00" in json.dumps(slip.document)
    assert counter.cases.cash_ups.evidence().name
    # Cash that moves asks for another count; what is found again is not disputed any more.
    counter.sell(STAMP, 1)
    view = count(counter.cases, 30_000)
    assert view.dispute is not None
    assert view.dispute.frozen_text == "500.00"
    counter.cases.cash_ups.book(view.form_id)
    closes(counter)
    held = counter.books.balances()
    assert (held[SUSPENSE], held.get(OVER_SHORT, 0)) == (50_000, 0)


def _as_told(counter: Outlet) -> OtherTerminal:
    """Her counter's day as another counter reads it from what it signed."""
    entries = [one for one in reversed(counter.books.entries(limit=99)) if one.kind in KINDS]
    known = counter.cases.context.public_keys()["certificate"]
    key = x509.load_pem_x509_certificate(known.encode()).public_key()
    assert isinstance(key, Ed25519PublicKey)
    told = [one.to_wire() for one in entries]
    last = entries[-1]
    return read_terminal(last.terminal_id, last.business_date, told, key.public_bytes_raw())


def _lower_the_limit(counter: Outlet, template: Template, fen: int) -> None:
    context = counter.cases.context
    rules = {**context.setting("dual_control", {}), "cash_write_off": {"alone": 100, "second": fen}}
    tell_setting(counter.home, template.platform, "dual_control", rules)


def test_the_usual_way_is_as_it_was(counter: Outlet) -> None:
    counter.sell(STAMP, 9)
    assert verified(counter.cases).verifier == SENIOR
