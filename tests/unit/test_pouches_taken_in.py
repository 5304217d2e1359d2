"""What a counter refuses to take in as a pouch, and whom it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.app.pouches import WrongForm
from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import SENT, Bundle, Pouch, pouch_of
from terminal.domain.training import SECRET
from terminal.ports.books import Books
from tests.helpers.cash_ups import POSTCARD
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    Outlet,
    Template,
    copied_outlet,
)
from tests.helpers.practice import practising

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def packed(cases: UseCases, books: Books, secret: str) -> str:
    """The code of a pouch with cash and numbered postcards, from the vault to the drawer."""
    stock = (Bundle(POSTCARD, 40, 1001),)
    fund = MoveForm(new_uuid7(), "V01", "bank", {10_000: 30}, stock, inward=True)
    cases.tills.fund(fund, SENIOR, secret)
    cases.tills.send(MoveForm(new_uuid7(), "V01", "T02", {10_000: 20}, stock), SENIOR, secret)
    sent = next(entry for entry in books.entries(limit=5) if entry.kind == SENT)
    return pouch_of(dict(sent.body), practice=cases.context.training).code()


def refused(cases: UseCases, code: str, *two: str) -> str:
    before = cases.context.books.head()
    with pytest.raises(UserError) as error:
        cases.pouches.receive(new_uuid7(), code, *two)
    assert cases.context.books.head() == before
    return error.value.code


def test_a_pouch_of_training_is_nothing_at_the_real_counter_and_the_other_way_round(
    outlet_template: Template, tmp_path: Path
) -> None:
    real = Pouch("P03-260801-7K3QF9", "T03", "T02", 12_345).code()
    with copied_outlet(outlet_template, tmp_path) as outlet:
        outlet.open_day()
        outlet.cases.training.begin()
        outlet.close()
        with practising(outlet.home) as (cases, equipment):
            code = packed(cases, equipment.books, SECRET)
            assert refused(cases, real) == "pouch.not_training"
            assert cases.pouches.receive(new_uuid7(), code).amount_text == "2000.00"
        outlet.open()
        outlet.cases.training.finish()
        outlet.cases.session.unlock(PIN)
        assert refused(outlet.cases, code) == "pouch.training"
        assert outlet.cases.pouches.receive(new_uuid7(), real).amount_text == "123.45"


def test_into_the_vault_two_take_in_and_not_who_packed_it(counter: Outlet) -> None:
    counter.sell(quantity=100)
    sent = counter.cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", {5_000: 1}))
    assert refused(counter.cases, sent.pouch) == "permission.second_needed"
    assert refused(counter.cases, sent.pouch, CLERK, PIN) == "permission.same_person"
    counter.cases.pouches.receive(new_uuid7(), sent.pouch, SENIOR, SENIOR_PIN)
    received, granted = counter.books.entries(limit=2)
    assert (received.kind, granted.kind) == ("pouch.received", "authorisation.granted")
    assert (granted.body["action"], granted.body["size"]) == ("vault_move", 5_000)
    assert (granted.body["operator"], granted.body["authoriser"]) == (CLERK, SENIOR)


def test_who_packed_it_is_not_the_second_one_when_another_is_on_duty(counter: Outlet) -> None:
    counter.sell(quantity=100)
    session = counter.cases.session
    session.sign_off()
    session.sign_on(SENIOR, SENIOR_PIN)
    sent = counter.cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", {5_000: 1}))
    session.sign_off()
    session.sign_on(CLERK, PIN)
    assert refused(counter.cases, sent.pouch, SENIOR, SENIOR_PIN) == "permission.involved"
    form = WrongForm(new_uuid7(), sent.pouch, {1_000: 4})
    with pytest.raises(UserError, match=r"permission\.involved"):
        counter.cases.pouches.receive_wrong(form, SENIOR, SENIOR_PIN)
    counter.cases.pouches.receive(new_uuid7(), sent.pouch, MANAGER, MANAGER_PIN)
    assert counter.books.balances()["cash:V01"] == 5_000
