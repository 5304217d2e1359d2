"""Partition, flap and half-open lines: after they heal both sides are the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sync.client.pace import Pace
from sync.client.uploader import Uploader
from tests.helpers.outlet import Template
from tests.helpers.partitions import DRAINED_WITHIN_S, QUICK, Counter, counter_on_a_road, weather
from tests.helpers.soak_run import random_seed

pytest_plugins = ["tests.helpers.outlet_fixtures"]

RUNS = 50
SPELL_S = 0.05


def _storms(counter: Counter, runs: int, unit_s: float) -> None:
    first = random_seed()
    for seed in range(first, first + runs):
        counter.run(seed, unit_s)
    assert counter.compare() == [], f"POSTAL_SEED={first}"
    assert len(counter.drained_s) == runs
    longest = max(counter.drained_s)
    print({"runs": runs, "cuts": counter.road.cuts, "longest drain, s": round(longest, 2)})
    assert longest <= DRAINED_WITHIN_S
    assert counter.road.cuts > runs / 10, "the line hardly ever broke: the harness saw nothing"


@pytest.mark.long
def test_fifty_storms_leave_nothing_stuck_and_nothing_different(
    outlet_template: Template, tmp_path: Path
) -> None:
    with counter_on_a_road(outlet_template, tmp_path) as counter:
        _storms(counter, RUNS, SPELL_S)


@pytest.mark.soak
def test_thousand_storms_leave_nothing_stuck_and_nothing_different(
    outlet_template: Template, tmp_path: Path
) -> None:
    with counter_on_a_road(outlet_template, tmp_path) as counter:
        _storms(counter, 1_000, SPELL_S)


@pytest.mark.soak
def test_storms_at_the_products_own_pace_drain_within_a_minute(
    outlet_template: Template, tmp_path: Path
) -> None:
    with counter_on_a_road(outlet_template, tmp_path, Pace(), speed=0.05) as counter:
        _storms(counter, 20, 10.0)


def test_every_weather_comes_up() -> None:
    first = random_seed()
    steps = [step for seed in range(first, first + RUNS) for step in weather(seed, 1)]
    assert {step.state for step in steps} == {"open", "cut", "silent", "deaf"}
    assert any(step.delay_s for step in steps)
    assert any(step.bytes_per_s for step in steps)


def test_client_that_waits_for_ever_is_caught_as_stuck(
    outlet_template: Template, tmp_path: Path
) -> None:
    """Negative control: on a half-open line patience without end is a queue without end."""
    patient = replace(QUICK, read_s=3600.0)
    with counter_on_a_road(outlet_template, tmp_path, patient) as counter:
        counter.agent.wake()
        counter._await_drained(0, DRAINED_WITHIN_S)
        counter.road.set("silent")
        counter.outlet.sell()
        counter.agent.wake()
        _until_asked(counter)
        counter.road.set("open")
        with pytest.raises(AssertionError, match="stuck at"):
            counter._await_drained(0, 1.0)


def _until_asked(counter: Counter) -> None:
    from tests.helpers.journal_writer import until

    seen = counter.road.swallowed
    until(lambda: counter.road.swallowed > seen, "a request into the dead line")


def test_client_that_believes_any_answer_is_caught_as_different(
    outlet_template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a receipt made up here empties the queue and not the difference."""

    def take(uploader: Uploader, reply: object) -> str:
        last = uploader._journal.head()
        uploader._store.store_ack({"epoch": 1, "seq": last.seq, "hash": last.hash, "at": "now"})
        return ""

    monkeypatch.setattr(Uploader, "_take", take)
    with counter_on_a_road(outlet_template, tmp_path) as counter:
        counter.road.set("cut")
        counter.outlet.sell()
        counter._await_drained(0, DRAINED_WITHIN_S)
        assert counter.compare() != []
