"""What a counter refuses to take in as a pouch, and whom it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import SENT, Bundle, Pouch, pouch_of
from terminal.domain.training import SECRET
from terminal.ports.books import Books
from tests.helpers.cash_ups import POSTCARD
from tests.helpers.outlet import PIN, SENIOR, Template, copied_outlet
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


def refused(cases: UseCases, code: str) -> str:
    before = cases.context.books.head()
    with pytest.raises(UserError) as error:
        cases.pouches.receive(new_uuid7(), code)
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
