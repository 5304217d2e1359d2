"""A shift of ten thousand entries is cashed up with every total within a second."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.helpers.cash_ups import book_fen, pay, pieces
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ENTRIES = 10_000
LONGEST_S = 1.0


def timed(work: Callable[[], object], name: str, took: dict[str, float]) -> object:
    """Do it, and note how long it took."""
    begun = time.perf_counter()
    result = work()
    took[name] = time.perf_counter() - begun
    return result


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_every_total_of_a_shift_of_ten_thousand_entries_comes_within_a_second(
    counter: Outlet, capsys: pytest.CaptureFixture[str]
) -> None:
    while counter.books.head()[0] < ENTRIES:
        pay(counter, STAMP, 1 + counter.books.head()[0] % 9, "20")
    cash_ups, took = counter.cases.cash_ups, dict[str, float]()
    form = cash_ups.view().form_id
    typed = pieces(book_fen(counter.cases) - 10_80)
    timed(lambda: cash_ups.count(form, typed), "count, causes ranked", took)
    timed(cash_ups.view, "the page again", took)
    timed(lambda: cash_ups.behind("sale.completed"), "entries behind a line", took)
    timed(cash_ups.interim, "interim report", took)
    timed(lambda: cash_ups.book(cash_ups.view().form_id), "taking over", took)
    timed(lambda: cash_ups.verify(cash_ups.view().form_id, SENIOR, SENIOR_PIN), "verifying", took)
    timed(lambda: cash_ups.close(cash_ups.view().form_id), "closing report", took)
    with capsys.disabled():
        for name, seconds in took.items():
            print(f"{name:<24} {seconds * 1000:7.0f} ms of {counter.books.head()[0]} entries")
    assert max(took.values()) < LONGEST_S, took
