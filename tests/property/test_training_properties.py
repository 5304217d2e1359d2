"""Whatever is done in training, the real books are what they were: but for who practised, and when.

Each run does real business, practises anything in any order, is ended properly or by a power cut,
and compares every table of the real books, the leases and the balances with those of before.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.refunding import Wish
from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.bootstrap import HomeSite
from terminal.domain.errors import OutletError, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.training import BEGAN, ENDED, SECRET, TERMINAL_ID
from terminal.practice import TrainingSite
from terminal.store.books import SqlBooks
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import MANAGER, PIN, SENIOR, SENIOR_PIN, Outlet, Template, copied_outlet
from tests.helpers.practice import practising

pytest_plugins = ["tests.helpers.outlet_fixtures"]
PEN, STAMP = "P0011", "P0001"
_MOVES = ("journal", "days", "preferences")
"""Tables in which the two entries of training themselves are seen."""


@pytest.fixture(scope="module")
def busy(outlet_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlet]:
    """A counter that has sold and given back."""
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("training")) as outlet:
        outlet.open_day()
        outlet.sell(STAMP, 2)
        yield outlet


def _tables(books: SqlBooks) -> dict[str, Any]:
    """Every row of every table but the journal's own and what the screen remembers."""
    rows = books._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [name for (name,) in rows.fetchall() if not name.startswith("sqlite_")]
    kept = [name for name in sorted(names) if name not in _MOVES]
    return {
        name: sorted(map(repr, books._connection.execute(f'SELECT * FROM "{name}"').fetchall()))
        for name in kept
    }


def sell_there(cases: UseCases, sku: str = PEN) -> str:
    cases.ordering.add_item(sku, 2)
    form = cases.paying.begin()
    done = cases.paying.tender_cash(form.form_id, form.cash_remaining_text).done
    assert done is not None
    return done.order_no


def _give_back(cases: UseCases) -> None:
    form = cases.refunding.begin(sell_there(cases))
    wanted = {line.line_id: 1 for line in form.lines}
    cases.refunding.complete(Wish(form.form_id, "return", wanted, "wrong_goods"))


def _undo(cases: UseCases) -> None:
    form = cases.refunding.begin(sell_there(cases, STAMP))
    wanted = {line.line_id: line.left for line in form.lines}
    wish = Wish(form.form_id, "reversal", wanted, "mistake")
    cases.refunding.complete(wish, SENIOR, SECRET)


def _fund(cases: UseCases) -> None:
    form = MoveForm(new_uuid7(), "V01", "bank", {10_000: 3}, (), inward=True)
    cases.tills.fund(form, SENIOR, SECRET)


def _pouch(cases: UseCases) -> None:
    sell_there(cases)
    cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", {100: 1}, ()))


def _drawer(cases: UseCases) -> None:
    cases.till_checks.open_drawer(new_uuid7(), "change", SENIOR, SECRET)


def _park(cases: UseCases) -> None:
    cases.ordering.add_item(PEN, 1)
    cases.ordering.suspend()


def _close(cases: UseCases) -> None:
    cases.session.sign_off()
    cases.session.close_outlet(MANAGER, SECRET, True)
    cases.session.open_outlet(MANAGER, SECRET, (SENIOR, SECRET))
    cases.session.sign_on(SENIOR, SECRET)


def _interim(cases: UseCases) -> None:
    cases.cash_ups.interim()


DEEDS: dict[str, Callable[[UseCases], object]] = {
    "sell": sell_there,
    "give back": _give_back,
    "undo": _undo,
    "fund": _fund,
    "pouch": _pouch,
    "drawer": _drawer,
    "park": _park,
    "close": _close,
    "interim": _interim,
}


def _practise(busy: Outlet, deeds: list[str]) -> int:
    """Do it all; how many entries the books of practice got."""
    with practising(busy.home) as (cases, _):
        before = cases.context.books.head()[0]
        for deed in ("sell", *deeds):
            try:
                DEEDS[deed](cases)
            except OutletError:
                # Refused there as it would be here: a basket that lies there, a closed outlet.
                continue
        assert cases.context.books.read_model_differences() == []  # type: ignore[attr-defined]
        first = cases.context.books.entry(1)
        assert first is not None
        assert first.terminal_id == TERMINAL_ID
        return cases.context.books.head()[0] - before


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(DEEDS)), min_size=1, max_size=8))
def test_no_training_changes_anything_in_the_real_books(busy: Outlet, deeds: list[str]) -> None:
    busy.cases.session.unlock(PIN)
    clerk = busy.books.day().clerk_id
    before, head = _tables(busy.books), busy.books.head()[0]
    leases, balances = busy.books.leases("order"), busy.books.balances()
    busy.cases.training.begin()
    busy.close()
    booked = _practise(busy, deeds)
    ended = busy.cases.training.finish()
    assert booked > 0
    assert not (busy.home / "training").exists()
    assert (_tables(busy.books), busy.books.leases("order")) == (before, leases)
    assert busy.books.balances() == balances
    assert busy.books.read_model_differences() == []
    entries = busy.books.entries(limit=busy.books.head()[0] - head)
    assert [(entry.kind, entry.clerk_id) for entry in reversed(entries)] == [
        (BEGAN, clerk),
        (ENDED, clerk),
    ]
    assert ended is not None
    assert ended.body == {"till_id": "T02", "began_seq": head + 1}


def test_books_that_are_shared_with_training_are_seen_to_change(busy: Outlet) -> None:
    """The negative control: the same deeds in the real books do not pass for nothing."""
    busy.cases.session.unlock(PIN)
    before = _tables(busy.books)
    sell_there(busy.cases)
    assert _tables(busy.books) != before


_DIES = """
import os, sys
from pathlib import Path
from terminal.practice import TrainingSite
equipment = TrainingSite(Path(sys.argv[1])).open()
equipment.books.settle()
os._exit(9)
"""


def test_a_power_cut_in_training_comes_back_for_business(outlet: Outlet) -> None:
    outlet.open_day()
    outlet.cases.training.begin()
    outlet.close()
    died = subprocess.run([sys.executable, "-c", _DIES, str(outlet.home)], check=False)
    assert died.returncode == 9
    folder = outlet.home / "training"
    assert b"TRAINING" not in (folder / "journal.db").read_bytes()
    site = HomeSite(outlet.home).open()
    site.books.close()
    site.release()
    assert not folder.exists()
    cases = outlet.cases
    assert cases.training.finish() is not None
    assert cases.training.finish() is None
    assert cases.session.view().locked
    cases.session.unlock(PIN)
    assert outlet.sell()


def test_without_an_entry_that_began_it_there_is_no_training(outlet: Outlet) -> None:
    outlet.open_day()
    outlet.close()
    with pytest.raises(UserError, match="not_begun"):
        TrainingSite(outlet.home).open()
    assert outlet.cases.session.view().clerk_no


def test_who_may_not_practise_or_has_a_customer_stays_in_business(
    counter: Outlet, outlet_template: Template
) -> None:
    counter.cases.ordering.add_item(PEN, 1)
    assert counter.cases.training.view().may_begin
    with pytest.raises(UserError, match="basket_not_empty"):
        counter.cases.training.begin()
    nobody: dict[str, list[str]] = {"training": []}
    tell_setting(counter.home, outlet_template.platform, "permissions", nobody)
    assert not counter.cases.training.view().may_begin
    with pytest.raises(UserError, match=r"permission\.denied"):
        counter.cases.training.begin()
    assert counter.cases.training.finish() is None


def test_practice_tries_no_real_pin_and_takes_no_real_number(counter: Outlet) -> None:
    counter.cases.training.begin()
    counter.close()
    with practising(counter.home) as (cases, _):
        with pytest.raises(UserError, match="wrong_secret"):
            cases.session.authorise(SENIOR, SENIOR_PIN, "price_override")
        cases.session.authorise(SENIOR, SECRET, "price_override")
        assert sell_there(cases) == "TRAINING-02-000001"
        with pytest.raises(UserError, match=r"training\.under_way"):
            cases.training.begin()
    assert counter.books.lockout(f"{SENIOR}:x").fails == 0
    counter.cases.training.finish()
    counter.cases.session.unlock(PIN)
    assert counter.sell().endswith("-000001")
