"""The soak command: seeds itself, says what is durable, goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.central import Central
from tests.helpers.outlet import Template, connect
from tests.helpers.soak_run import SoakRun, violations

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_an_empty_folder_enrols_and_seeds_itself_and_sells_alone(tmp_path: Path) -> None:
    run = SoakRun(tmp_path / "empty")
    run.finish(20, seed=1)
    run.finish(20, seed=2)
    assert len(run.acks) == 40
    assert violations(run.acks, run.exported()) == []
    run.command("journal", "verify")


def test_the_same_seed_sells_the_same(outlet_template: Template, tmp_path: Path) -> None:
    totals = []
    for name in ("a", "b"):
        run = SoakRun(outlet_template.copy_home(tmp_path / name))
        run.finish(15, seed=7)
        totals.append([ack.total_fen for ack in run.acks])
    assert totals[0] == totals[1]


def test_more_orders_than_one_lease_has_numbers_when_the_platform_is_there(
    outlet_template: Template, platform: Central, tmp_path: Path
) -> None:
    """The next numbers are leased in time: selling never waits for them."""
    home = outlet_template.copy_home(tmp_path / "home")
    connect(home, platform)
    _leave_numbers(home, 40)
    run = SoakRun(home, platform.url)
    run.finish(80, seed=3)
    assert len(run.acks) == 80


def _leave_numbers(home: Path, left: int) -> None:
    from tests.helpers.outlet import Outlet

    outlet = Outlet(home)
    try:
        outlet.cases.ranges.take_over()
        outlet.books._connection.execute("UPDATE ranges SET next = hi - ? + 1", (left,))
    finally:
        outlet.close()
