"""The simulation behind the figures of a whole country."""

from __future__ import annotations

import pytest

from tests.bench.country import Burst, course


def test_work_that_fits_never_waits_and_work_that_does_not_waits_as_long_as_it_must() -> None:
    burst = Burst(calls=10_000, cost_ms=10.0, spread_s=600.0)
    calm = course(burst, machines=1)
    assert calm.longest_wait_s == 0
    # The busiest second of a normal distribution holds 1 / (σ √2π) of it.
    assert calm.busiest == pytest.approx(10_000 * 0.010 / (600 * 2.5066) / 2, rel=0.01)
    flooded = course(Burst(1_000_000, 10.0, 600.0), machines=1)
    assert flooded.busiest > 3
    assert 2_500 < flooded.longest_wait_s < 5_000


def test_twice_the_machines_halve_the_busiest_second() -> None:
    burst = Burst(100_000, 10.0, 600.0)
    assert course(burst, 2).busiest == pytest.approx(course(burst, 1).busiest / 2)
