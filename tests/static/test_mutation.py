"""What `dev.py mutate` counts, and that a mutant a person must see is not lost in a percentage."""

from __future__ import annotations

import tomllib

import pytest

from installer.setup.mutation import Mutant, passes, report, score, turns_an_operator
from tests.static.sources import ROOT

KILLED = [Mutant(f"terminal.domain.money.x_{n}", 1) for n in range(99)]


def _living(*change: str) -> Mutant:
    return Mutant("terminal.domain.money.x_99", 0, change)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    return left + right", "    return left - right"),
        ("    if fen > 0:", "    if fen >= 0:"),
        ("    total += posting.fen", "    total -= posting.fen"),
        ("    return -self.fen", "    return +self.fen"),
        ('    "fen": a * b,', '    "fen": a / b,'),
    ],
)
def test_a_turned_sign_or_comparison_fails_whatever_the_score(before: str, after: str) -> None:
    turned = _living(f"-{before}", f"+{after}")
    assert turns_an_operator(turned.change)
    assert score([*KILLED, turned]) == 9900
    assert not passes([*KILLED, turned])
    assert any(line.startswith("\nSIGN OR COMPARISON") for line in report([*KILLED, turned]))


def test_another_living_mutant_only_costs_score() -> None:
    worded = _living('-    raise BugError("a.b")', '+    raise BugError("XXa.bXX")')
    assert passes([*KILLED, worded])
    assert not passes([*KILLED[:18], worded])
    assert passes([*KILLED[:19], worded])


@pytest.mark.parametrize("code", [0, 33, None])
def test_a_mutant_no_test_ran_for_lives(code: int | None) -> None:
    assert Mutant("m", code).lives
    assert not Mutant("m", 1).lives


def test_every_module_and_test_named_for_mutation_is_there() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "mutmut"
    ]
    named = [*settings["only_mutate"], *settings["pytest_add_cli_args_test_selection"]]
    assert [name for name in named if not (ROOT / name).is_file()] == []
