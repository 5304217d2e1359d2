"""Kill −9 of terminal and platform at any moment: nothing acknowledged is missing or doubled."""

from __future__ import annotations

import copy
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import weak_soak
from tests.helpers.central import Central
from tests.helpers.forked_programs import ForkedCentral, ForkedRun
from tests.helpers.outlet import Template, connect
from tests.helpers.platform_books import PlatformBooks, differences
from tests.helpers.platform_kills import platform_killed_again_and_again
from tests.helpers.soak_run import Ack, SoakRun, random_seed, violations

pytest_plugins = ["tests.helpers.outlet_fixtures"]

KILLS = 500
TO_THE_END_EVERY = 250
STARTING_S, SELLING_S, LONGEST_S = 0.15, 0.03, 0.4
UNRELIABLE = {"lose_request": 0.05, "lose_answer": 0.05, "seed": 7, "paths": ["/v1/"]}
SETTLE_DEADLINE_S = 60.0


def _killed_again_and_again(run: SoakRun, kills: int, chances: random.Random) -> int:
    """Kill while starting up and while selling; how often an open basket came back."""
    came_back = 0
    for number in range(kills):
        selling = chances.random() < 0.6
        delay_s = (
            min(LONGEST_S, chances.expovariate(1 / SELLING_S))
            if selling
            else chances.uniform(0.0, STARTING_S)
        )
        seen_before = len(run.baskets_seen)
        run.kill_after(delay_s, seed=number, after_first_ack=selling)
        if len(run.baskets_seen) > seen_before:
            seen, again = run.baskets_seen[-1], run.reopened_basket()
            assert again == seen, (number, seen, again)
            came_back += 1
        if number % TO_THE_END_EVERY == TO_THE_END_EVERY - 1:
            # Long enough to lease the next order numbers.
            run.finish(15, seed=number)
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


def _kill_and_compare(run: SoakRun, platform: Central, kills: int) -> None:
    seed = random_seed()
    platform.faults(**UNRELIABLE)
    with platform_killed_again_and_again(platform, random.Random(f"platform {seed}")) as falls:
        came_back = _killed_again_and_again(run, kills, random.Random(seed))
    entries = _settle_everything(run, platform)
    assert violations(run.acks, entries, _not_parked(run)) == [], f"POSTAL_SEED={seed}"
    assert run.kills == kills
    assert falls.count >= kills / 50, "the platform hardly ever fell"
    assert came_back > 0, "no kill ever met an open basket: the harness saw nothing"
    assert len(run.acks) > kills / 2
    run.command("journal", "verify")
    _agrees_with_the_platform(platform, run.home, entries)
    print({"kills": kills, "platform": falls.count, "acks": len(run.acks), "baskets": came_back})


def _not_parked(run: SoakRun) -> list[Any]:
    from tests.helpers.outlet import Outlet

    outlet = Outlet(run.home)
    try:
        parked = {row.basket.basket_id for row in outlet.books.parked()}
    finally:
        outlet.close()
    return [basket for basket in run.baskets_seen if basket.basket_id not in parked]


@pytest.fixture
def forked_platform(outlet_template: Template, tmp_path: Path) -> Iterator[Central]:
    folder = tmp_path / "platform"
    shutil.copytree(outlet_template.platform, folder)
    central = ForkedCentral(folder)
    try:
        central.start()
        yield central
    finally:
        central.close()


@pytest.fixture
def selling(outlet_template: Template, forked_platform: Central, tmp_path: Path) -> SoakRun:
    home = outlet_template.copy_home(tmp_path / "selling")
    connect(home, forked_platform)
    return ForkedRun(home, forked_platform.url)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_five_hundred_kills_of_terminal_and_platform_lose_and_double_nothing(
    selling: SoakRun, forked_platform: Central
) -> None:
    _kill_and_compare(selling, forked_platform, KILLS)


@pytest.mark.soak
def test_ten_thousand_kills_of_terminal_and_platform_lose_and_double_nothing(
    selling: SoakRun, forked_platform: Central
) -> None:
    _kill_and_compare(selling, forked_platform, 10_000)


def test_a_build_that_acknowledges_before_it_commits_is_caught(
    outlet_template: Template, tmp_path: Path
) -> None:
    run = ForkedRun(outlet_template.copy_home(tmp_path / "weak"), forks=weak_soak.sell)
    chances = random.Random(random_seed())
    caught: list[str] = []
    while not caught and run.kills < 20:
        run.kill_after(chances.uniform(0.0, SELLING_S), seed=run.kills, after_first_ack=True)
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
