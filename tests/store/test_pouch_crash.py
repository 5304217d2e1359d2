"""Horizon fault 2, cash that left one till and reached none: the power is cut within a move."""

from __future__ import annotations

import pytest

from terminal.app.till_booking import TillDone
from terminal.app.tills import MoveForm
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _held(counter: Outlet) -> tuple[int, int, int]:
    """Drawer, vault and all pouches, in fen."""
    ledger = counter.books.ledger
    on_the_way = sum(ledger.balances_of("transit").values())
    return ledger.balance(TILL), ledger.balance("cash:V01"), on_the_way


def _cut(counter: Outlet, form: MoveForm) -> None:
    """The process ends inside the transaction: the entry was stamped, nothing was committed."""
    counter.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        counter.cases.tills.send(form)
    counter.crash()


def _send(counter: Outlet, form: MoveForm) -> TillDone:
    return counter.cases.tills.send(form)


def test_horizon_02_a_transfer_cut_in_the_middle_is_whole_or_not_at_all(counter: Outlet) -> None:
    counter.sell(quantity=100)
    form = MoveForm(new_uuid7(), "T02", "V01", {1_000: 5})
    _cut(counter, form)
    assert _held(counter) == (12_000, 0, 0)
    assert counter.books.tills.pouches_on_the_way() == ()
    counter.cases.session.unlock("246810")
    sent = _send(counter, form)
    assert not sent.already_saved
    counter.crash()
    assert _held(counter) == (7_000, 0, 5_000)
    counter.cases.session.unlock("246810")
    assert _send(counter, form).already_saved
    receive = new_uuid7()
    counter.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        counter.cases.pouches.receive(receive, sent.pouch, SENIOR, SENIOR_PIN)
    counter.crash()
    assert _held(counter) == (7_000, 0, 5_000)
    counter.cases.session.unlock("246810")
    assert not counter.cases.pouches.receive(receive, sent.pouch, SENIOR, SENIOR_PIN).already_saved
    counter.crash()
    assert _held(counter) == (7_000, 5_000, 0)
    assert counter.books.read_model_differences() == []


def test_horizon_04_a_pouch_is_received_once_whatever_is_pressed_or_scanned(
    counter: Outlet,
) -> None:
    counter.sell(quantity=100)
    sent = _send(counter, MoveForm(new_uuid7(), "T02", "V01", {1_000: 8}))
    receive = counter.cases.tills.begin()
    for _ in range(200):
        counter.cases.pouches.receive(receive, sent.pouch, SENIOR, SENIOR_PIN)
    with pytest.raises(UserError) as again:
        counter.cases.pouches.receive(new_uuid7(), sent.pouch, SENIOR, SENIOR_PIN)
    assert again.value.code == "pouch.already_received"
    kinds = [entry.kind for entry in counter.books.entries(limit=500)]
    assert kinds.count("pouch.received") == 1
    assert _held(counter) == (4_000, 8_000, 0)


def test_the_table_itself_refuses_a_second_receipt(counter: Outlet) -> None:
    counter.sell(quantity=100)
    sent = _send(counter, MoveForm(new_uuid7(), "T02", "V01", {1_000: 8}))
    counter.cases.pouches.receive(new_uuid7(), sent.pouch, SENIOR, SENIOR_PIN)
    (entry,) = counter.books.entries(limit=1)
    head = counter.books.head()
    draft = counter.cases.context.draft("pouch.received", new_uuid7(), "0312", dict(entry.body))
    with pytest.raises(Exception, match="UNIQUE"), counter.books.transaction() as tx:
        tx.append(draft)
    assert counter.books.head() == head
