"""A counter that sells through a line that fails by a seed, and what must be true afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from sync.client.pace import Pace
from sync.client.runner import Runner
from terminal.app.calls import WaitingCalls
from terminal.bootstrap import open_keys
from terminal.store.identity import read_identity, write_identity
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.central import Central
from tests.helpers.outlet import Outlet, Template, copied_outlet
from tests.helpers.payments import Driving, payer_code
from tests.helpers.platform_books import PlatformBooks, differences, sums
from tests.helpers.tcp_road import State, TcpRoad, tcp_road

QUICK = Pace(
    idle_s=0.3,
    feeds_s=5.0,
    held_s=0.3,
    base_s=0.02,
    cap_s=0.1,
    read_s=0.15,
    charge_s=0.15,
    query_s=0.15,
    rest_s=0.05,
)
DRAINED_WITHIN_S = 60.0


@dataclass(frozen=True)
class Step:
    """One weather for some seconds."""

    state: State
    lasts_s: float
    delay_s: float = 0.0
    bytes_per_s: float = 0.0


def weather(seed: int, unit_s: float) -> list[Step]:
    """Partition, half-open line, lost answers, flapping, a slow and a thin line, by the seed.

    Args:
        seed: of the dice.
        unit_s: how long a spell lasts about, seconds.
    """
    dice = random.Random(seed)
    steps: list[Step] = []
    for _ in range(dice.randint(1, 3)):
        kind = dice.choice(["cut", "silent", "deaf", "flap", "slow", "thin", "open"])
        lasts_s = unit_s * dice.uniform(0.3, 1.0)
        if kind == "flap":
            beats = dice.randint(3, 8)
            states: list[State] = ["cut", "open", "silent", "open"]
            steps += [Step(states[n % 4], lasts_s / beats) for n in range(beats)]
        elif kind == "slow":
            steps.append(Step("open", lasts_s, delay_s=unit_s * dice.uniform(0.1, 1.0)))
        elif kind == "thin":
            steps.append(Step("open", lasts_s, bytes_per_s=dice.choice([2_000, 20_000])))
        else:
            plain: dict[str, State] = {"cut": "cut", "silent": "silent", "deaf": "deaf"}
            steps.append(Step(plain.get(kind, "open"), lasts_s))
    return steps


class RunningAgent:
    """The agent's lanes and calls in this process, for who waits on a reply."""

    def __init__(self, home: Path, pace: Pace) -> None:
        self._numbers = count(1)
        self._waiting: dict[int, Callable[[Mapping[str, Any]], None]] = {}
        self.runner = Runner(home, open_keys(home), self._hear, pace)

    def call(
        self, name: str, params: Mapping[str, Any], on_reply: Callable[[Mapping[str, Any]], None]
    ) -> None:
        number = next(self._numbers)
        self._waiting[number] = on_reply
        self.runner.call(number, name, params)

    def start(self, on_event: Callable[[Mapping[str, Any]], None]) -> None:
        del on_event
        self.runner.start()

    def wake(self) -> None:
        self.runner.wake()

    def stop(self) -> None:
        assert self.runner.stop(timeout_s=30), "the agent hangs"

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "reply":
            self._waiting.pop(event["id"])(event)


@dataclass
class Counter:
    """One counter, its agent, the road and the platform behind it."""

    outlet: Outlet
    agent: RunningAgent
    road: TcpRoad
    platform: Central
    drained_s: list[float] = field(default_factory=list)

    def run(self, seed: int, unit_s: float, within_s: float = DRAINED_WITHIN_S) -> None:
        """Sell through one storm, then see everything arrive.

        Raises:
            AssertionError: something is stuck, or the two sides differ; names the seed.
        """
        dice = random.Random(seed)
        healed: list[float] = []
        storm = threading.Thread(target=self._storm, args=(weather(seed, unit_s), healed))
        storm.start()
        try:
            for _ in range(dice.randint(1, 3)):
                self.outlet.sell(quantity=dice.randint(1, 9))
                self.agent.wake()
            if dice.random() < 0.5:
                self._sell_by_code(dice)
        finally:
            storm.join()
        self._await_drained(seed, within_s)
        self.drained_s.append(time.monotonic() - healed[0])
        entries = [entry.to_wire() for entry in self.outlet.books.all_entries()]
        ledger = self.platform.admin("GET", "/v1/admin/ledger")
        theirs = {name: fen for name, fen in ledger["accounts"].items() if fen}
        assert theirs == sums(entries), f"divergent accounts, seed {seed}"
        taken = sum(fen for name, fen in theirs.items() if name.startswith("channel:"))
        assert taken == ledger["gateway"]["net_fen"], f"divergent gateway, seed {seed}"

    def compare(self) -> list[str]:
        """Everything in which the two sides differ, entry by entry."""
        entries = [entry.to_wire() for entry in self.outlet.books.all_entries()]
        return differences(entries, PlatformBooks(self.platform, self.outlet.home))

    def confirmed(self) -> int:
        reader = SyncReader(self.outlet.home / SYNC_FILE, open_keys(self.outlet.home).db_key)
        try:
            return reader.confirmed_head().seq
        finally:
            reader.close()

    def _storm(self, steps: list[Step], healed: list[float]) -> None:
        for step in steps:
            self.road.set(step.state, delay_s=step.delay_s, bytes_per_s=step.bytes_per_s)
            time.sleep(step.lasts_s)
        self.road.set("open")
        healed.append(time.monotonic())

    def _sell_by_code(self, dice: random.Random) -> None:
        cases = self.outlet.cases
        cases.ordering.add_item("P0001", dice.randint(1, 5))
        form = cases.paying.begin()
        code = payer_code(dice.choice(["paid", "paid", "answer lost", "pays later", "closes"]))
        driving = Driving(self.outlet, WaitingCalls(self.agent))
        try:
            driving.until_settled(cases.codes.arm(form.form_id, code), code)
        finally:
            driving.stop()
        done = cases.paying.finish(form.form_id)
        if done.done is None:
            done = cases.paying.tender_cash(form.form_id, done.cash_remaining_text)
        assert done.done is not None

    def _await_drained(self, seed: int, within_s: float) -> None:
        head = self.outlet.books.head()[0]
        self.agent.wake()
        deadline = time.monotonic() + within_s
        while (confirmed := self.confirmed()) < head:
            assert time.monotonic() < deadline, f"stuck at {confirmed} of {head}, seed {seed}"
            time.sleep(0.005)


@contextmanager
def counter_on_a_road(
    template: Template, folder: Path, pace: Pace = QUICK, speed: float = 0.001
) -> Iterator[Counter]:
    """A counter at work behind a road of its own."""
    with (
        template.running_platform(folder / "platform") as platform,
        copied_outlet(template, folder) as outlet,
    ):
        outlet.payment_speed = speed
        with tcp_road(platform.url) as road:
            home = outlet.home
            write_identity(home, replace(read_identity(home), platform_url=road.url))
            outlet.open_day()
            agent = RunningAgent(outlet.home, pace)
            agent.start(lambda _event: None)
            try:
                yield Counter(outlet, agent, road, platform)
            finally:
                # Cut first: a call that hangs on a dead line ends with it.
                road.set("cut")
                agent.stop()
