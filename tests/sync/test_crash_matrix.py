"""Death at eight moments before eight gateways, by kill and by power cut: 128 cells.

A power cut is a real one: the journal lies on a disk that loses what was not flushed,
sector by sector.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from terminal.domain.identifiers import new_uuid7
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.crash_matrix import AFTER_SENDING, GATEWAYS, POINTS, Bench
from tests.helpers.outlet import PIN, Template, copied_outlet
from tests.helpers.payments import online_calls
from tests.helpers.soak_run import random_seed
from tests.powercut.cut_disk import cut_disk

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SOAK_ROUNDS = 4


@pytest.fixture(scope="module")
def bench(
    outlet_template: Template, gateway: Central, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """One outlet for all cells: what one leaves behind, the next must bear."""
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("matrix")) as outlet:
        outlet.open_day()
        with online_calls(outlet, gateway) as calls:
            yield Bench(outlet, gateway, calls)
        gateway.faults()
        assert outlet.books.read_model_differences() == []


@contextmanager
def _on_a_disk(template: Template, gateway: Central, folder: Path) -> Iterator[Bench]:
    """The same over a disk that loses what was not flushed, sector by sector."""
    if not Path("/dev/fuse").exists():
        pytest.skip("no power cuts here: /dev/fuse is missing")
    with copied_outlet(template, folder) as outlet:
        outlet.open_day()
        outlet.close()
        (folder / "disk").mkdir()
        try:
            with cut_disk(outlet.home, folder / "disk", random.Random(random_seed())) as disk:
                outlet.cases.session.unlock(PIN)
                with online_calls(outlet, gateway) as calls:
                    yield Bench(outlet, gateway, calls, disk)
                gateway.faults()
                assert outlet.books.read_model_differences() == []
                outlet.close()
        except PermissionError as problem:
            pytest.skip(f"no power cuts here: they need root ({problem})")


@pytest.fixture(scope="module")
def bench_on_a_disk(
    outlet_template: Template, gateway: Central, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("power")
    with _on_a_disk(outlet_template, gateway, folder) as bench:
        yield bench


def test_the_matrix_is_eight_by_eight_by_two() -> None:
    assert (len(POINTS), len(GATEWAYS)) == (8, 8)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_this_moment_neither_loses_nor_repeats_a_charge(bench: Bench, point: str) -> None:
    for gateway in GATEWAYS:
        bench.run(point, gateway, "kill")


@pytest.mark.parametrize("point", POINTS)
def test_a_power_cut_at_this_moment_neither_loses_nor_repeats_a_charge(
    bench_on_a_disk: Bench, point: str
) -> None:
    for gateway in GATEWAYS:
        bench_on_a_disk.run(point, gateway, "power cut")


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("point", POINTS)
def test_every_cell_of_the_matrix_again_and_again(bench_on_a_disk: Bench, point: str) -> None:
    for _ in range(SOAK_ROUNDS):
        for gateway in GATEWAYS:
            for death in ("kill", "power cut"):
                bench_on_a_disk.run(point, gateway, death)


class _ChargesAgain:
    """The weakened driver: whatever is unknown is charged once more under a new number."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls
        self._charge: Mapping[str, Any] = {}

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self._calls.call(name, params)
        if name == "payment.charge":
            self._charge = params
            if reply["outcome"] == "unknown":
                fresh = {"out_trade_no": new_uuid7(), "idempotency_key": new_uuid7()}
                self._calls.call(name, {**params, **fresh})
        return reply


def test_a_driver_that_charges_again_is_caught(bench: Bench) -> None:
    weak = replace(bench, weaken=_ChargesAgain)
    with pytest.raises(AssertionError, match="charged more than once"):
        weak.run("after the reply, before it is written", "reply lost", "kill")


def test_books_that_do_not_wait_for_the_disk_are_caught(
    outlet_template: Template, gateway: Central, tmp_path: Path
) -> None:
    """Without its flush the intent is gone after a power cut, and the money with it."""
    with _on_a_disk(outlet_template, gateway, tmp_path) as bench:
        careless = replace(bench, careless=True)
        with pytest.raises(AssertionError, match="the books know other money"):
            careless.run(AFTER_SENDING, "paid", "power cut")
