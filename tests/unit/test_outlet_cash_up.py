"""The outlet's cash-up sums its tills up when the day is closed."""

from __future__ import annotations

from typing import Literal

import pytest

from terminal.domain.comparison import Compared
from terminal.domain.document import Document
from tests.helpers.cash_ups import closed
from tests.helpers.documents import words_of
from tests.helpers.outlet import MANAGER, MANAGER_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def close_day(counter: Outlet) -> None:
    """The clerk leaves, the manager closes."""
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, True)


def test_the_outlet_sums_its_closings_and_says_what_the_platform_said(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    closed(counter.cases, -30)
    counter.sell(STAMP, 5)
    closed(counter.cases, 20)
    counter.cases.context.compared = Compared("differs", 1, 9, (7,))
    close_day(counter)
    newest = counter.books.entries(limit=2)
    assert [entry.kind for entry in newest] == ["outlet.signed_off", "outlet.cashed_up"]
    body = newest[1].body
    assert (body["over_fen"], body["short_fen"], body["not_cashed_up"]) == (20, 30, [])
    # Closed twice, it is listed twice; its cash is there once: two sales, and what counts found.
    assert body["sum"] == {"tills": 2, "cash_fen": 1_190, "difference_fen": -10}
    assert [row["period"] for row in body["tills"]] == [1, 2]  # type: ignore[union-attr,index,call-overload]
    assert (body["platform"], body["differing"]) == ("differs", [7])
    assert [job.kind for job in counter.books.print_jobs(limit=2)] == ["session", "cash_up"]


@pytest.mark.parametrize("verdict", ["match", "differs", "unasked"])
def test_the_slip_says_which_entries_were_compared_and_which_were_not(
    counter: Outlet, verdict: Literal["match", "differs", "unasked"]
) -> None:
    counter.sell(STAMP, 5)
    closed(counter.cases)
    counter.cases.context.compared = Compared(verdict, 1, 4)
    close_day(counter)
    entry, job = counter.books.entries(limit=2)[1], counter.books.print_jobs(limit=2)[1]
    told = words_of(Document.from_json(job.document))
    for stretch in ("#1–#4", f"#5–#{entry.seq}"):
        assert (stretch in told) == (verdict != "unasked")


def test_a_till_that_was_not_cashed_up_is_named(counter: Outlet) -> None:
    counter.sell()
    close_day(counter)
    assert counter.books.entries(limit=2)[1].body["not_cashed_up"] == ["T02"]


def test_a_day_without_cash_has_nothing_to_sum_up(counter: Outlet) -> None:
    close_day(counter)
    kinds = [entry.kind for entry in counter.books.entries(limit=10)]
    assert "outlet.cashed_up" not in kinds
