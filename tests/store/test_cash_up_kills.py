"""A cash-up killed (-9) at any statement goes on; nothing was shown that is not booked."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from terminal.domain.money import Money
from tests.helpers.cash_up_kills import NEVER, SHORT_FEN, goes_on, killed_at, shown
from tests.helpers.outlet import PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

KILLS = 32
KINDS = ("cash_up.counted", "cash_up.booked", "cash_up.verified", "cash_up.closed")


def _copy(home: Path, folder: Path) -> Path:
    return Path(shutil.copytree(home, folder, symlinks=True))


def _booked(outlet: Outlet) -> list[Any]:
    return [e for e in outlet.books.all_entries() if e.kind in KINDS]


def _judge(home: Path, told: Path) -> None:
    """Open what the dead process left, compare, and cash up to the end."""
    outlet = Outlet(home)
    outlet.clock.advance(timedelta(hours=2))
    outlet.cases.session.unlock(PIN)
    booked, screens = _booked(outlet), shown(told)
    # Every step that was shown is an entry; one more may have been booked and not shown yet.
    assert len(screens) <= len(booked) <= len(screens) + 1
    assert [entry.kind for entry in booked] == list(KINDS[: len(booked)])
    for screen in screens:
        if screen["counted"]:
            assert screen["counted"] == Money(int(booked[0].body["counted_fen"])).text
    assert outlet.books.read_model_differences() == []
    assert sum(outlet.books.balances().values()) == 0
    goes_on(outlet)
    assert [entry.kind for entry in _booked(outlet)] == list(KINDS)
    assert outlet.books.ledger.balance("over_short:T02") == SHORT_FEN
    assert outlet.books.ledger.balance("suspense:T02") == 0
    assert outlet.books.read_model_differences() == []
    outlet.close()


@pytest.mark.timeout(600)
def test_a_process_killed_at_any_statement_leaves_a_cash_up_that_goes_on(
    counter: Outlet, tmp_path: Path
) -> None:
    counter.sell(STAMP, 4)
    counter.close()
    whole = killed_at(_copy(counter.home, tmp_path / "whole"), NEVER, tmp_path / "whole.told")
    assert len(shown(tmp_path / "whole.told")) == len(KINDS)
    assert whole > KILLS
    steps = set()
    for kill in range(KILLS):
        home, told = _copy(counter.home, tmp_path / f"{kill}"), tmp_path / f"{kill}.told"
        killed_at(home, 1 + kill * (whole - 1) // (KILLS - 1), told)
        steps.add(len(shown(told)))
        _judge(home, told)
    # It died before, between and after all steps.
    assert steps >= {0, 1, 2, 3}


def test_a_screen_that_shows_before_it_books_is_seen(counter: Outlet, tmp_path: Path) -> None:
    """Negative control: one screen more than there are entries."""
    counter.sell(STAMP, 4)
    counter.close()
    told = tmp_path / "told"
    killed_at(_copy(counter.home, tmp_path / "killed"), 1, told)
    told.write_text('{"step": "difference", "period": 1, "counted": "0.00"}\n', "utf-8")
    with pytest.raises(AssertionError):
        _judge(tmp_path / "killed", told)
