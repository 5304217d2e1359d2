"""Thirty days without the platform: nothing lost, nothing doubled, as fast as on the first day."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sync.client.agent import run_once
from terminal.domain.errors import EnvironmentFault
from terminal.domain.outlet_time import utc_text
from tests.helpers.central import Central
from tests.helpers.outlet import MANAGER, MANAGER_PIN, Outlet, Template, connect
from tests.helpers.platform_books import PlatformBooks, differences, renew_clerks
from tests.helpers.soak_run import SoakRun, violations

pytest_plugins = ["tests.helpers.outlet_fixtures"]

DAYS = 30
DRAINED_WITHIN_S = 600.0
LEAST_SPEED = 0.8
PIECE = 50
SLOW_S = 900.0


def _after_the_month() -> str:
    return utc_text(datetime.now(UTC) + timedelta(days=DAYS + 15))


def _day_of_ten(outlet: Outlet, chances: random.Random, orders: int) -> None:
    """One day by the use cases, with restarts in between."""
    outlet.open_day()
    for _ in range(orders):
        outlet.sell(quantity=chances.randint(1, 9))
        if chances.random() < 0.05:
            # An order under way survives the crash and is cleared away with open eyes.
            outlet.crash()
            outlet.cases.session.unlock("246810")
    outlet.cases.session.sign_off()
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    outlet.clock.advance(timedelta(days=1))
    outlet.close()
    outlet.clock.reboot()


def _exported(outlet: Outlet) -> list[dict[str, Any]]:
    return [entry.to_wire() for entry in outlet.books.all_entries()]


def test_thirty_days_offline_arrive_whole_and_to_the_fen(outlet: Outlet, platform: Central) -> None:
    connect(outlet.home, platform)
    renew_clerks(platform, outlet.home, _after_the_month())
    chances = random.Random(30)
    for _ in range(DAYS):
        _day_of_ten(outlet, chances, 10)
    entries = _exported(outlet)
    outlet.close()
    dates = {entry["business_date"] for entry in entries if entry["kind"] == "sale.completed"}
    assert len(dates) == DAYS
    assert violations([], entries) == []
    books = PlatformBooks(platform, outlet.home)
    assert differences(entries, books) != [], "the harness sees that nothing has arrived yet"
    report = run_once(outlet.home)
    assert (report.code, report.pending) == ("", 0)
    assert differences(entries, books) == []


def test_numbers_run_out_with_clear_words_and_come_back_with_the_platform(
    counter: Outlet, platform: Central
) -> None:
    counter.cases.ranges.take_over()
    counter.books._connection.execute("UPDATE ranges SET next = hi - 1")
    first = [counter.sell(), counter.sell()]
    with pytest.raises(EnvironmentFault) as refused:
        counter.sell()
    assert refused.value.code == "range.used_up"
    basket = counter.cases.ordering.basket
    assert len(basket.lines) == 1
    counter.clock.advance(timedelta(seconds=10))
    (wanted, *_) = counter.cases.ranges.take_over()
    used_to = int(first[-1].rpartition("-")[2])
    assert (wanted["kind"], wanted["used_to"], wanted["renews"]) == ("order", used_to, 0)
    connect(counter.home, platform)
    _lease(counter, wanted)
    counter.cases.ranges.take_over()
    form = counter.cases.paying.begin()
    done = counter.cases.paying.tender_cash(form.form_id, form.cash_remaining_text).done
    assert done is not None
    numbers = [int(number.rpartition("-")[2]) for number in (*first, done.order_no)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > used_to


def _lease(outlet: Outlet, wanted: dict[str, Any]) -> None:
    from contextlib import closing

    from sync.client.session import Session
    from terminal.bootstrap import open_keys

    with closing(Session(outlet.home, open_keys(outlet.home))) as session:
        reply = session.call("ranges.lease", wanted)
    assert reply["outcome"] == "ok"


def test_books_that_differ_by_a_fen_or_an_entry_are_noticed(
    counter: Outlet, platform: Central
) -> None:
    """Negative control: the comparison sees each kind of difference."""
    counter.sell()
    entries = _exported(counter)
    counter.close()
    connect(counter.home, platform)
    run_once(counter.home)
    books = PlatformBooks(platform, counter.home)
    assert differences(entries, books) == []
    assert differences(entries[:-1], books)
    changed = json.loads(json.dumps(entries))
    changed[-1]["body"]["postings"][0]["fen"] += 1
    assert len(differences(changed, books)) == 2


def _selling_s(entries: Sequence[dict[str, Any]], acks: Sequence[str]) -> list[float]:
    """Seconds from each of these sales to the next one of the same run."""
    wanted = set(acks)
    at = [
        datetime.fromisoformat(entry["recorded_at"])
        for entry in entries
        if entry["kind"] == "sale.completed" and entry["intent_id"] in wanted
    ]
    return [(after - before).total_seconds() for before, after in pairwise(at)]


def _sell_piece(run: SoakRun, day: int, orders: int, seed: int) -> list[str]:
    run.program = ("-m", "tests.helpers.day_soak", "--day", str(day))
    before = len(run.acks)
    run.finish(orders, seed=seed)
    return [ack.intent_id for ack in run.acks[before:]]


@pytest.mark.soak
def test_thirty_days_of_five_hundred_orders(
    outlet_template: Template, platform: Central, tmp_path: Path
) -> None:
    """15,000 orders by the real program, two runs a day, then drained and compared."""
    run = SoakRun(outlet_template.copy_home(tmp_path / "month"), deadline_s=SLOW_S)
    connect(run.home, platform)
    renew_clerks(platform, run.home, _after_the_month())
    fresh = SoakRun(tmp_path / "fresh", deadline_s=SLOW_S)
    shutil.copytree(run.home, fresh.home, symlinks=True)
    first: list[float] = []
    for day in range(1, DAYS + 1):
        last_day = day == DAYS
        sold = [] if last_day else [_sell_piece(run, day, 250, 2 * day + n) for n in (0, 1)]
        if day == 1:
            entries = run.exported()
            first = [s for piece in sold for s in _selling_s(entries, piece)]
    # The last day beside the first day of a counter that has never sold, piece by piece: a busy
    # machine slows both alike.
    late, early = [], []
    for number in range(500 // PIECE):
        late.append(_sell_piece(run, DAYS, PIECE, 9000 + number))
        early.append(_sell_piece(fresh, 1, PIECE, 9000 + number))
    entries, young = run.exported(), fresh.exported()
    last = [s for piece in late for s in _selling_s(entries, piece)]
    beside = [s for piece in early for s in _selling_s(young, piece)]
    assert len(run.acks) == DAYS * 500
    assert violations(run.acks, entries) == []
    sold_on = Counter(e["business_date"] for e in entries if e["kind"] == "sale.completed")
    assert set(sold_on.values()) == {500}
    books = PlatformBooks(platform, run.home)
    began = time.monotonic()
    run.command("sync")
    drained_s = time.monotonic() - began
    assert differences(entries, books) == []
    speeds = {
        "first 500, ms": 1000 * sum(first) / len(first),
        "last 500, ms": 1000 * sum(last) / len(last),
        "fresh counter beside the last, ms": 1000 * sum(beside) / len(beside),
    }
    print({"entries": len(entries), "drained_s": round(drained_s, 1), **speeds})
    assert drained_s <= DRAINED_WITHIN_S
    assert sum(beside) / len(beside) >= LEAST_SPEED * sum(last) / len(last), speeds
