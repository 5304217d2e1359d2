"""A shift of ten thousand entries is cashed up with every total within a second."""

from __future__ import annotations

import time

import pytest

from tests.helpers.long_shift import SHORT_FEN, cash_up, fill
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ENTRIES = 10_000
LONGEST_S = 1.0


@pytest.mark.timeout(600)
def test_every_total_of_a_shift_of_ten_thousand_entries_comes_within_a_second(
    counter: Outlet,
) -> None:
    """By the processor's time, whatever else the machine does; the bench reads the clock."""
    fill(counter, ENTRIES)
    took = cash_up(counter, time.thread_time)
    assert max(took.values()) < LONGEST_S, took
    assert counter.books.head()[0] >= ENTRIES
    assert counter.books.ledger.balance("over_short:T02") == SHORT_FEN
    assert counter.books.read_model_differences() == []
