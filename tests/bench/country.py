"""What a country of stations asks of the platform within a day, by figures measured on one machine.

``python -m tests.bench.country`` prints the morning and the day's end for growing numbers of
machines, each with two processors, one part of the stations on each. Arrivals are drawn second by
second; work that does not fit into a second waits. Costs are what ``python -m tests.bench.fleet``
printed on the machine at hand.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import Final

STATIONS: Final = 400_000
ORDERS: Final = 100
_DAY_S: Final = 6 * 3600


@dataclass(frozen=True)
class Burst:
    """Work that comes around one moment.

    Args:
        calls: how often somebody comes.
        cost_ms: processor time each takes, all processes together.
        spread_s: standard deviation of the moments.
    """

    calls: int
    cost_ms: float
    spread_s: float


@dataclass(frozen=True)
class Course:
    """How a burst went: the busiest second's share of the processors, and the longest wait."""

    busiest: float
    longest_wait_s: float


def course(burst: Burst, machines: int, processors: int = 2) -> Course:
    """Let the burst come, second by second.

    Args:
        burst: see there.
        machines: that share it evenly.
        processors: of each machine.
    """
    capacity_ms = machines * processors * 1000.0
    waiting_ms = longest_ms = busiest = 0.0
    for second in range(-_DAY_S // 2, _DAY_S // 2):
        share = _until(second + 1, burst.spread_s) - _until(second, burst.spread_s)
        work_ms = burst.calls * share * burst.cost_ms
        busiest = max(busiest, work_ms / capacity_ms)
        waiting_ms = max(0.0, waiting_ms + work_ms - capacity_ms)
        longest_ms = max(longest_ms, waiting_ms)
    return Course(busiest, longest_ms / capacity_ms)


def _until(second: float, spread_s: float) -> float:
    """The share that has come before a moment."""
    return 0.5 * (1 + math.erf(second / spread_s / math.sqrt(2)))


def main() -> None:
    """Print both bursts for growing numbers of machines."""
    parser = argparse.ArgumentParser(prog="tests.bench.country", description=__doc__)
    parser.add_argument("--stations", type=int, default=STATIONS)
    parser.add_argument("--sign-on-ms", type=float, required=True, help="processor time of one")
    parser.add_argument("--order-ms", type=float, required=True, help="processor time of one")
    parser.add_argument("--spread-s", type=float, default=600.0, help="of the moments people come")
    chosen = parser.parse_args()
    morning = Burst(chosen.stations, chosen.sign_on_ms, chosen.spread_s)
    # Whoever was without a line all day hands in the whole day at once.
    end = Burst(chosen.stations, chosen.order_ms * ORDERS, chosen.spread_s)
    print(
        "machines  morning: busiest second, longest wait   day's end: busiest second, longest wait"
    )
    for machines in (1, 2, 4, 8, 16, 32, 64):
        parts = [course(burst, machines) for burst in (morning, end)]
        shown = "   ".join(f"{part.busiest:8.0%} {part.longest_wait_s:12.0f} s" for part in parts)
        print(f"{machines:8}  {shown}")


if __name__ == "__main__":
    main()
