"""Two counters, one platform, any order and any bad luck: never more than was sold unnoticed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from sync.central import refund_ledger
from terminal.app.refund_cap import RefundCap
from terminal.app.refund_refused import RefusedRefunds
from tests.helpers.outlet import Template
from tests.helpers.quick_outlet import quick_folder, ready_outlet
from tests.helpers.refund_machine import TwoCounters

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]

RUNS, STEPS = 25, 25
SOAK_RUNS, SOAK_STEPS = 1_000, 50
ALL_HAPPEN = {
    "give_back",
    "exceeded",
    "refund.more_than_sold",
    "refund.now_provisional",
    "permission.denied",
    "died claimed",
    "died booking",
}
"""What must have come about in a soak."""


@pytest.fixture(scope="module")
def machine(neighbours_template: Path) -> Iterator[type[RuleBasedStateMachine]]:
    with quick_folder() as folder:
        homes = [
            Template(neighbours_template / name, neighbours_template / "platform") for name in "ab"
        ]
        (folder / "a").mkdir()
        (folder / "b").mkdir()
        with (
            ready_outlet(homes[0], folder / "a") as a,
            ready_outlet(homes[1], folder / "b") as b,
        ):
            parts = {"ready": (a, b), "folder": folder, "template": lean(homes[0], folder)}
            yield type("ReadyCounters", (TwoCounters,), parts)


def lean(template: Template, folder: Path) -> Path:
    """The platform without its catalogue, which nobody asks for here: it is copied for each run."""
    target = folder / "platform"
    shutil.copytree(template.platform, target, ignore=shutil.ignore_patterns("snap*"))
    book = sqlite3.connect(target / "platform.db")
    book.execute("DELETE FROM records")
    book.execute("DELETE FROM changes")
    book.commit()
    book.execute("VACUUM")
    book.close()
    return target


def run(machine: type[RuleBasedStateMachine], runs: int, steps: int) -> int:
    """Play it; the number of steps taken."""
    before = next(TwoCounters.steps)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return next(TwoCounters.steps) - before - 1


def test_two_counters_give_back_no_more_than_was_sold_without_a_task(
    machine: type[RuleBasedStateMachine],
) -> None:
    assert run(machine, RUNS, STEPS) > RUNS * STEPS // 2
    # A rule that is always refused would prove nothing.
    assert TwoCounters.happened["give_back"] > 0


@pytest.mark.soak
def test_two_counters_give_back_for_a_thousand_days(machine: type[RuleBasedStateMachine]) -> None:
    taken = run(machine, SOAK_RUNS, SOAK_STEPS)
    print(f"{taken} steps, {dict(TwoCounters.happened)}")
    wanted = {
        "give_back",
        "exceeded",
        "refund.more_than_sold",
        "refund.now_provisional",
        "permission.denied",
    }
    assert wanted <= set(TwoCounters.happened)


def both_give_back(machine: type[RuleBasedStateMachine]) -> None:
    """One slip, two counters that do not hear of one another, then everything arrives."""
    steps = machine()
    assert isinstance(steps, TwoCounters)
    steps.begin(1, (False, False))
    for who in (0, 1):
        steps.give_back(who, 0, 2, ("", ""), "", manager=False)
    steps.teardown()


def test_a_platform_that_does_not_add_up_is_caught(
    machine: type[RuleBasedStateMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: refunds that exceed a sale and nobody is told."""
    both_give_back(machine)
    monkeypatch.setattr(refund_ledger, "_exceeded", lambda *_: [])
    with pytest.raises(AssertionError):
        both_give_back(machine)


def test_cash_for_money_that_somebody_has_had_is_caught(
    machine: type[RuleBasedStateMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: whoever looks at a refused amount finds that the customer is owed it."""
    before = TwoCounters.happened["taken back"]
    both_give_back(machine)
    assert TwoCounters.happened["taken back"] == before + 1
    judged = RefusedRefunds._judged

    def always_owed(self: RefusedRefunds, *parts: Any) -> Any:
        return replace(judged(self, *parts), surplus=False, explained=True)

    monkeypatch.setattr(RefusedRefunds, "_judged", always_owed)
    with pytest.raises(AssertionError):
        both_give_back(machine)


def give_back_beyond_the_cap(machine: type[RuleBasedStateMachine]) -> None:
    """One counter without a line gives back two great sales of the other one."""
    steps = machine()
    assert isinstance(steps, TwoCounters)
    steps.begin(2, (False, False))
    steps.sell(0, 3, by_code=False, uploads=False)
    for place, pieces in ((0, 4), (1, 2)):
        steps.give_back(1, place, pieces, ("", ""), "", manager=False)
    try:
        steps.no_counter_gives_back_more_than_the_cap_unasked()
    finally:
        steps.teardown()


def test_a_counter_that_knows_no_cap_is_caught(
    machine: type[RuleBasedStateMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: provisional refunds without end."""
    give_back_beyond_the_cap(machine)
    monkeypatch.setattr(RefundCap, "left_fen", lambda _cap: 10**9)
    with pytest.raises(AssertionError):
        give_back_beyond_the_cap(machine)
