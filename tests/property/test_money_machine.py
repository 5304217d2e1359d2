"""Everything a counter can do with money, in any order, with crashes and turned clocks.

Replaces nothing of the rules' own tests: here it is asked whether they hold together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from terminal.domain import directive
from terminal.domain.journal import EntryDraft
from terminal.domain.ledger import negate
from tests.helpers.inbox import Centre
from tests.helpers.money_counter import MoneyCounter
from tests.helpers.money_rules import Directing, Trouble
from tests.helpers.money_rules_cash_up import CashingUp
from tests.helpers.money_rules_refunds import Refunding
from tests.helpers.money_rules_tills import Moving
from tests.helpers.outlet import Template
from tests.helpers.quick_outlet import Ready, quick_folder, ready_outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SHORT_RUNS, STEPS = 60, 50
SOAK_RUNS, SOAK_STEPS = 2_000, 100_000
ALL_HAPPEN = {
    *("scan", "change_quantity", "void_line", "member", "suspend", "recall", "give_up"),
    *("pay_cash", "lay_down", "charge", "complete", "hand_cash_back", "reprint"),
    *(
        "sell_for_cash",
        "sell_by_code",
        "give_back",
        "fund",
        "send",
        "receive",
        "open_the_drawer",
        "check",
    ),
    *("count", "book", "dispute_difference", "verify", "interim", "close", "die_and_open"),
}
"""Rules that must have done something in a soak, not only been refused."""


class Counter(Refunding, Moving, Directing, CashingUp, Trouble):
    """One counter and all that may happen to it."""


@pytest.fixture(scope="module")
def machine(outlet_template: Template) -> Iterator[type[RuleBasedStateMachine]]:
    with quick_folder() as folder, ready_outlet(outlet_template, folder) as ready:
        yield _over(ready, outlet_template, Counter)


def _over(
    ready: Ready, template: Template, kind: type[MoneyCounter]
) -> type[RuleBasedStateMachine]:
    parts = {"ready": ready, "folder": ready.home.parent, "centre": Centre(template.platform)}
    return type("ReadyCounter", (kind,), parts)


def _run(
    machine: type[RuleBasedStateMachine], runs: int, phases: Sequence[Phase] = tuple(Phase)
) -> int:
    """Play it; the number of steps taken."""
    before = next(MoneyCounter.steps)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return next(MoneyCounter.steps) - before - 1


def test_a_counter_under_arbitrary_hands_keeps_its_books(
    machine: type[RuleBasedStateMachine],
) -> None:
    assert _run(machine, SHORT_RUNS) > SHORT_RUNS * STEPS // 2
    # A rule that is always refused would prove nothing.
    assert {"scan", "sell_for_cash", "die_and_open"} <= set(MoneyCounter.happened)


@pytest.mark.soak
def test_a_counter_keeps_its_books_for_a_hundred_thousand_steps(
    machine: type[RuleBasedStateMachine],
) -> None:
    runs = taken = 0
    while runs < SOAK_RUNS or taken < SOAK_STEPS:
        taken += _run(machine, SOAK_RUNS // 4)
        runs += SOAK_RUNS // 4
    print(f"{runs} runs, {taken} steps, {dict(MoneyCounter.happened)}")
    assert set(MoneyCounter.happened) >= ALL_HAPPEN


def test_a_correction_booked_with_the_wrong_sign_is_caught(
    machine: type[RuleBasedStateMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the fault that doubled 13,910 pounds, put into the product on purpose."""
    sound = directive.accepted

    def wrong_sign(asked: directive.Directive, **words: str) -> EntryDraft:
        return sound(replace(asked, postings=negate(asked.postings)), **words)

    monkeypatch.setattr(directive, "accepted", wrong_sign)
    with pytest.raises(AssertionError):
        # It ends with the first run that accepts a correction; not every hundred has one.
        _run(machine, 20 * SHORT_RUNS, (Phase.generate,))
