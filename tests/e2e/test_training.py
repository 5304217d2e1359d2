"""Training as the platform and the real counter see it: two entries, slips that are nobody's."""

from __future__ import annotations

import pytest

from sync.client.agent import run_once
from terminal.domain.errors import UserError
from terminal.domain.proof import sale_proof_text
from terminal.domain.training import BEGAN, ENDED, TERMINAL_ID
from tests.helpers.central import Central
from tests.helpers.outlet import PIN, Outlet, connect
from tests.helpers.practice import practising
from tests.property.test_training_properties import sell_there

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def practised_slip(counter: Outlet) -> str:
    """Go over, sell, come back: what the code of the slip says."""
    counter.cases.training.begin()
    counter.close()
    with practising(counter.home) as (cases, _):
        order = cases.context.books.order(sell_there(cases))
        entry = cases.context.books.entry(order.seq) if order else None
        assert entry is not None
        slip = sale_proof_text(entry)
        # Among itself practice gives back by the slip, as one does.
        assert cases.refunding.begin(slip).order_no == entry.body["order_no"]
    counter.cases.training.finish()
    counter.cases.session.unlock(PIN)
    return slip


def test_the_platform_hears_who_practised_and_nothing_else(
    counter: Outlet, platform: Central
) -> None:
    connect(counter.home, platform)
    practised_slip(counter)
    counter.sell()
    assert run_once(counter.home).code == ""
    terminal_id = counter.books.entry(1).terminal_id  # type: ignore[union-attr]
    told = platform.admin("GET", "/v1/admin/tasks")["tasks"]
    assert told == []
    entries = list(counter.books.all_entries())
    assert [entry.kind for entry in entries[-3:]] == [BEGAN, ENDED, "sale.completed"]
    assert {entry.terminal_id for entry in entries} == {terminal_id}
    assert counter.cases.context.sync.confirmed_head().seq == len(entries)


def test_a_slip_of_training_is_nobodys_slip_at_the_real_counter(counter: Outlet) -> None:
    slip = practised_slip(counter)
    assert slip.startswith(f"PT1*{TERMINAL_ID}*")
    head = counter.books.head()
    for deed in (counter.cases.refunding.begin, counter.cases.refunding.question):
        with pytest.raises(UserError, match=r"refund\.training_slip"):
            deed(slip)
    assert counter.books.head() == head
