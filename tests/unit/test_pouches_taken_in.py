"""What a counter refuses to take in as a pouch, and whom it asks."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from terminal.app.pouch_limits import POUCH_FEN, POUCH_PIECES
from terminal.app.pouches import WrongForm
from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import SENT, Bundle, Pouch, pouch_of
from terminal.domain.training import SECRET
from terminal.ports.books import Books
from tests.helpers.cash_ups import POSTCARD
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


@pytest.mark.parametrize(
    ("fen", "pieces", "code"),
    [
        (999_999_999_999, 0, "pouch.too_large"),
        (POUCH_FEN + 1, 0, "pouch.too_large"),
        (5_000, POUCH_PIECES + 1, "pouch.too_many"),
    ],
)
def test_a_slip_alone_is_not_believed_whatever_it_says(
    counter: Outlet, fen: int, pieces: int, code: str
) -> None:
    stock = (Bundle(STAMP, pieces),) if pieces else ()
    slip = Pouch("P03-260801-7K3QF9", "T03", "T02", fen, stock).code()
    assert refused(counter.cases, slip) == code
    with pytest.raises(UserError, match=re.escape(code)):
        counter.cases.pouches.receive_wrong(
            WrongForm(new_uuid7(), slip, {100: 1}), SENIOR, SENIOR_PIN
        )


def test_as_much_as_the_limit_is_taken_in_by_the_slip(counter: Outlet) -> None:
    most = Pouch("P03-260801-7K3QF9", "T03", "T02", POUCH_FEN, (Bundle(STAMP, POUCH_PIECES),))
    assert counter.cases.pouches.receive(new_uuid7(), most.code()).amount_text == "200000.00"


def test_the_limit_is_the_signed_one_and_what_was_sent_here_is_known(
    counter: Outlet, outlet_template: Template
) -> None:
    counter.sell(quantity=100)
    tills = counter.cases.tills
    sent = tills.send(MoveForm(new_uuid7(), "T02", "V01", {1_000: 8}))
    tell_setting(counter.home, outlet_template.platform, "limits", {"pouch_fen": 5_000})
    slip = Pouch("P03-260801-7K3QF9", "T03", "T02", 5_001)
    assert refused(counter.cases, slip.code()) == "pouch.too_large"
    with pytest.raises(UserError, match=r"till\.pouch_too_large"):
        tills.send(MoveForm(new_uuid7(), "T02", "V01", {100: 51}))
    row = counter.books.tills.pouch(sent.pouch)
    assert row is not None
    entry = counter.books.entry(row.sent_seq)
    assert entry is not None
    real = pouch_of(dict(entry.body))
    # Its number with another sum is not what was sent.
    forged = replace(real, cash_fen=9_000)
    assert refused(counter.cases, forged.code(), SENIOR, SENIOR_PIN) == "pouch.too_large"
    done = counter.cases.pouches.receive(new_uuid7(), real.code(), SENIOR, SENIOR_PIN)
    assert done.amount_text == "80.00"


def test_more_pieces_than_the_limit_go_into_no_pouch(counter: Outlet) -> None:
    form = MoveForm(new_uuid7(), "T02", "V01", {}, (Bundle(STAMP, POUCH_PIECES + 1),))
    with pytest.raises(UserError, match=r"till\.pouch_too_many"):
        counter.cases.tills.send(form)
