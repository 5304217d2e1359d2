"""Horizon's suspense account: three years of a till, and rows of one year never in another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from terminal.domain.errors import EnvironmentFault
from terminal.domain.leases import ORDER
from tests.helpers.cash_ups import book_fen, pieces, verified
from tests.helpers.outlet import (
    MANAGER,
    MANAGER_PIN,
    SECRETS,
    STAMP,
    TILL,
    Outlet,
    Template,
)
from tests.helpers.quick_verifiers import cheapen_verifiers

pytest_plugins = ["tests.helpers.outlet_fixtures"]

WEEKS = 3 * 52
LATE = "2039-01-01T00:00:00.000Z"


@pytest.fixture
def long_counter(outlet: Outlet, outlet_template: Template) -> Outlet:
    """A counter whose people and numbers last for years."""
    cheapen_verifiers(outlet.home, outlet_template.platform, SECRETS, LATE)
    with outlet.books.transaction() as tx:
        tx.add_range(ORDER, 500_001, 500_999, LATE)
    outlet.open_day()
    return outlet


def _week(counter: Outlet, number: int) -> list[int]:
    """Sell, count with something over, close; the entries that the count's lines are made of."""
    counter.sell(STAMP, number % 9 + 1)
    view = verified(counter.cases, number % 4)
    assert view.outcome is not None
    opens = counter.cases.cash_up_behind.line
    shown = [
        row.seq
        for line in view.outcome.lines
        if line.kind
        for row in opens(line.code, line.kind, comes_in=line.comes_in).rows
    ]
    counter.cases.cash_ups.close(view.form_id)
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    counter.clock.advance(timedelta(days=7))
    counter.open_day()
    return shown


def test_horizon_03_no_entry_is_in_two_periods(long_counter: Outlet) -> None:
    """There: rows of one year were entered again in later years."""
    counter = long_counter
    shown = [seq for number in range(WEEKS) for seq in _week(counter, number)]
    sold = [row.seq for row in counter.books.ledger.postings(TILL) if row.kind == "sale.completed"]
    closings = [e for e in counter.books.all_entries() if e.kind == "cash_up.closed"]
    periods = [(int(e.body["first_seq"]), e.seq) for e in closings]  # type: ignore[arg-type]
    assert len(periods) == WEEKS
    assert sorted(shown) == sold
    assert [first for first, _ in periods[1:]] == [last + 1 for _, last in periods[:-1]]
    assert int(closings[-1].business_date[:4]) - int(closings[0].business_date[:4]) >= 2
    assert counter.books.read_model_differences() == []


def test_horizon_03_a_row_of_an_old_period_that_turns_up_again_stops_the_cash_up(
    long_counter: Outlet,
) -> None:
    """As it was there: an orphan of one year is put among those of a later one."""
    counter = long_counter
    for number in range(3):
        _week(counter, number)
    counter.sell(STAMP, 2)
    counter.books._connection.execute(
        "INSERT INTO postings SELECT (SELECT max(seq) FROM postings), pos + 90, account, fen, "
        "business_date, kind, clerk_id FROM postings WHERE account = ? ORDER BY seq LIMIT 1",
        (TILL,),
    )
    form = counter.cases.cash_ups.view().form_id
    with pytest.raises(EnvironmentFault, match=r"cash_up\.totals_differ"):
        counter.cases.cash_ups.count(form, pieces(book_fen(counter.cases)))
