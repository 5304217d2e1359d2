"""Kill −9 of terminal and platform at any moment: nothing acknowledged is missing or doubled."""

from __future__ import annotations

import copy
import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.central import Central
from tests.helpers.outlet import Template, connect
from tests.helpers.platform_books import PlatformBooks, differences
from tests.helpers.platform_kills import platform_killed_again_and_again
from tests.helpers.soak_run import Ack, SoakRun, random_seed, violations

pytest_plugins = ["tests.helpers.outlet_fixtures"]

KILLS = 100
KILLS_OF_BOTH = 8
OFFLINE_FIRST = 85
UNRELIABLE = {"lose_request": 0.05, "lose_answer": 0.05, "seed": 7, "paths": ["/v1/"]}
SETTLE_DEADLINE_S = 60.0


def _killed_again_and_again(
    run: SoakRun, kills: int, chances: random.Random, *, offline: int = 0
) -> int:
    """Kill while starting up and while selling; how often an open basket came back."""
    came_back, platform_url = 0, run.platform_url
    for number in range(kills):
        run.platform_url = "" if number < offline else platform_url
        selling = chances.random() < 0.6
        delay_s = chances.uniform(0.0, 0.2) if selling else chances.uniform(0.15, 0.5)
        seen_before = len(run.baskets_seen)
        run.kill_after(delay_s, seed=number, after_first_ack=selling)
        if len(run.baskets_seen) > seen_before:
            seen, again = run.baskets_seen[-1], run.reopened_basket()
            assert again == seen, (number, seen, again)
            came_back += 1
    run.platform_url = platform_url
    return came_back


def _open_attempts(entries: list[dict[str, Any]]) -> set[str]:
    states = {}
    for entry in entries:
        if entry["kind"] == "payment.intended":
            states[entry["body"]["out_trade_no"]] = "armed"
        elif entry["kind"] == "payment.outcome":
            states[entry["body"]["out_trade_no"]] = entry["body"]["state"]
    return {
        number for number, state in states.items() if state not in ("paid", "failed", "reversed")
    }


def _settle_everything(run: SoakRun, platform: Central) -> list[dict[str, Any]]:
    """With a sound line, sell until no payment is open, then upload all."""
    platform.faults()
    deadline = time.monotonic() + SETTLE_DEADLINE_S
    while True:
        run.finish(3, seed=999)
        entries = run.exported()
        if not _open_attempts(entries):
            break
        assert time.monotonic() < deadline, "payments stay open"
    run.command("sync")
    return entries


def _agrees_with_the_platform(platform: Central, home: Path, entries: list[dict[str, Any]]) -> None:
    books = PlatformBooks(platform, home)
    assert differences(entries, books) == []
    accounts = books.accounts()
    assert sum(accounts.values()) == 0
    assert "payments_held" not in accounts


def _kill_and_compare(
    run: SoakRun, platform: Central, kills: int, *, platform_too: bool = True
) -> None:
    seed = random_seed()
    platform.faults(**UNRELIABLE)
    fallen = 0
    if platform_too:
        dice = random.Random(f"platform {seed}")
        with platform_killed_again_and_again(platform, dice) as falls:
            came_back = _killed_again_and_again(run, kills, random.Random(seed))
        fallen = falls.count
        assert fallen >= kills / 50, "the platform hardly ever fell"
    else:
        # Every start with the platform costs a second or two; most kills here are of the books.
        dice = random.Random(seed)
        came_back = _killed_again_and_again(run, kills, dice, offline=OFFLINE_FIRST)
    entries = _settle_everything(run, platform)
    assert violations(run.acks, entries, _not_parked(run)) == [], f"POSTAL_SEED={seed}"
    assert run.kills == kills
    assert came_back > 0, "no kill ever met an open basket: the harness saw nothing"
    assert len(run.acks) > kills / 2
    run.command("journal", "verify")
    _agrees_with_the_platform(platform, run.home, entries)
    print({"kills": kills, "platform": fallen, "acks": len(run.acks), "baskets": came_back})


def _not_parked(run: SoakRun) -> list[Any]:
    from tests.helpers.outlet import Outlet

    outlet = Outlet(run.home)
    try:
        parked = {row.basket.basket_id for row in outlet.books.parked()}
    finally:
        outlet.close()
    return [basket for basket in run.baskets_seen if basket.basket_id not in parked]


@pytest.fixture
def selling(outlet_template: Template, platform: Central, tmp_path: Path) -> SoakRun:
    home = outlet_template.copy_home(tmp_path / "selling")
    connect(home, platform)
    return SoakRun(home, platform.url)


@pytest.mark.timeout(300)
def test_a_hundred_kills_lose_and_double_nothing(selling: SoakRun, platform: Central) -> None:
    _kill_and_compare(selling, platform, KILLS, platform_too=False)


def test_terminal_and_platform_killed_together_lose_and_double_nothing(
    selling: SoakRun, platform: Central
) -> None:
    _kill_and_compare(selling, platform, KILLS_OF_BOTH)


@pytest.mark.soak
def test_five_hundred_kills_lose_and_double_nothing(selling: SoakRun, platform: Central) -> None:
    _kill_and_compare(selling, platform, 500)


@pytest.mark.soak
def test_ten_thousand_kills_lose_and_double_nothing(selling: SoakRun, platform: Central) -> None:
    _kill_and_compare(selling, platform, 10_000)


def test_a_build_that_acknowledges_before_it_commits_is_caught(
    outlet_template: Template, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "weak")
    run = SoakRun(home, program=("-m", "tests.helpers.weak_soak"))
    chances = random.Random(random_seed())
    caught: list[str] = []
    while not caught and run.kills < 20:
        run.kill_after(chances.uniform(0.0, 0.2), seed=run.kills, after_first_ack=True)
        caught = violations(run.acks, run.exported())
    assert any("not in the journal" in fault for fault in caught)


def test_the_comparison_sees_every_kind_of_damage(
    outlet_template: Template, tmp_path: Path
) -> None:
    run = SoakRun(outlet_template.copy_home(tmp_path / "sound"))
    run.finish(12, seed=1)
    sound = run.exported()
    sales = [n for n, entry in enumerate(sound) if entry["kind"] == "sale.completed"]
    assert violations(run.acks, sound) == []

    def found(entries: list[dict[str, Any]], acks: list[Ack] = run.acks) -> str:
        return " / ".join(violations(acks, entries))

    assert "not in the journal" in found(sound[:-1])
    assert "numbered" in found(sound[: sales[3]] + sound[sales[3] + 1 :])
    assert "broken link" in found(sound[: sales[3]] + sound[sales[3] + 1 :])
    assert "two entries" in found([*sound, sound[-1]])
    renumbered = copy.deepcopy(sound)
    renumbered[sales[2]]["body"]["order_no"] = "61020303-02-000099"
    assert "gaps" in found(renumbered)
    other_sum = copy.deepcopy(sound)
    other_sum[sales[2]]["body"]["total_fen"] += 1
    assert "not in the journal" in found(other_sum)
    assert "twice" in found(sound, [*run.acks, run.acks[0]])
