"""The outlet's cash-up says what is there, whatever went from till to till between the closings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.outlet_cash_up import outlet_body
from terminal.app.tills import MoveForm
from terminal.domain.identifiers import new_uuid7
from tests.helpers.cash_ups import pieces
from tests.helpers.outlet import PIN, SENIOR, SENIOR_PIN, STAMP, Template
from tests.helpers.quick_outlet import QuickOutlet, Ready, quick_folder, ready_outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]
DRAWER, VAULT = "T02", "V01"


@pytest.fixture(scope="module")
def ready(outlet_template: Template) -> Iterator[Ready]:
    """A day that is open, for every run."""
    with quick_folder() as folder, ready_outlet(outlet_template, folder) as made:
        yield made


class Pencil:
    """What a person notes beside the tills: all cash of the outlet, and what counts found."""

    def __init__(self, outlet: QuickOutlet) -> None:
        self.outlet = outlet
        self.there = self.off = 0
        outlet.cases.session.unlock(PIN)

    def sell(self, number: int) -> None:
        """Stamps for cash."""
        self.outlet.sell(STAMP, 1 + number)
        self.there += 120 * (1 + number)

    def close_drawer(self, off: int) -> None:
        """Count, take the difference over, verify, close."""
        self._close(DRAWER, off)

    def close_vault(self, off: int) -> None:
        """The same with the vault."""
        self._close(VAULT, off)

    def hand_in(self, _number: int) -> None:
        """All that is in the drawer goes to the vault."""
        self._move(DRAWER, VAULT)

    def issue(self, _number: int) -> None:
        """All that is in the vault goes to the drawer."""
        self._move(VAULT, DRAWER)

    def _held(self, till_id: str) -> int:
        return self.outlet.books.ledger.balance(f"cash:{till_id}")

    def _close(self, till_id: str, off: int) -> None:
        cash_ups = self.outlet.cases.cash_ups
        off = max(off, -self._held(till_id))
        form = cash_ups.view(till_id=till_id).form_id
        view = cash_ups.count(form, pieces(self._held(till_id) + off), {})
        self.there += off
        self.off += off
        view = cash_ups.book(view.form_id)
        cash_ups.close(cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).form_id)

    def _move(self, origin: str, target: str) -> None:
        tills = self.outlet.cases.tills
        typed = {note: int(number) for note, number in pieces(self._held(origin)).items()}
        form = MoveForm(new_uuid7(), origin, target, typed)
        if not self._held(origin):
            return
        sent = tills.send(form, SENIOR, SENIOR_PIN)
        self.outlet.cases.pouches.receive(new_uuid7(), sent.pouch, SENIOR, SENIOR_PIN)


WAYS: tuple[Callable[[Pencil, int], None], ...] = (
    Pencil.sell,
    Pencil.close_drawer,
    Pencil.close_vault,
    Pencil.hand_in,
    Pencil.issue,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from(WAYS), st.integers(-50, 50)), max_size=6))
def test_the_sum_is_what_lies_in_the_tills_and_each_difference_counts_once(
    ready: Ready, steps: list[tuple[Callable[[Pencil, int], None], int]]
) -> None:
    with quick_folder() as folder:
        outlet = QuickOutlet(ready, folder / "home")
        try:
            pencil = Pencil(outlet)
            for way, number in [(Pencil.sell, 99), *steps]:
                way(pencil, abs(number) if way is Pencil.sell else number)
                _agrees(outlet, pencil)
            pencil.close_drawer(0)
            pencil.close_vault(0)
            _agrees(outlet, pencil)
            assert outlet_body(outlet.cases.context)["sum"]["cash_fen"] == pencil.there
        finally:
            outlet.close()


def _agrees(outlet: QuickOutlet, pencil: Pencil) -> None:
    body, balances = outlet_body(outlet.cases.context), outlet.books.balances()
    counted = {DRAWER, VAULT} - set(body["not_cashed_up"])
    assert {row["till_id"] for row in body["cash"]} == counted
    assert body["sum"]["cash_fen"] == sum(balances.get(f"cash:{one}", 0) for one in counted)
    assert body["sum"]["difference_fen"] == pencil.off
    if not body["not_cashed_up"]:
        assert body["sum"]["cash_fen"] == pencil.there
