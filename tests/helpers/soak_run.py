"""Runs the soak as a process, kills it, and knows what must be true afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from terminal.domain.basket import Basket
from terminal.store.database import open_database
from terminal.store.reading import SqlReading
from tests.helpers.outlet import Outlet

ROOT = Path(__file__).resolve().parents[2]
WAITED_FOR_ONCE_IN = 6
"""Of so many kills one lets the agent find out by itself that its program is gone."""
DEADLINE_S = 60.0
ENDLESS = 1_000_000


@dataclass(frozen=True)
class Ack:
    """One line ``ACK <order number> <intent id> <total fen>``."""

    order_no: str
    intent_id: str
    total_fen: int


@dataclass
class SoakRun:
    """One home folder, sold on by one process after the other."""

    home: Path
    platform_url: str = ""
    program: tuple[str, ...] = ("-m", "terminal", "soak")
    acks: list[Ack] = field(default_factory=list)
    baskets_seen: list[Basket] = field(default_factory=list)
    started_s: list[float] = field(default_factory=list)
    """From each start to its first sale, seconds, where that was waited for."""
    kills: int = 0
    deadline_s: float = DEADLINE_S

    def kill_after(self, delay_s: float, *, seed: int, after_first_ack: bool) -> None:
        """Start it, kill it -9 some time later, and keep what it acknowledged."""
        began = time.monotonic()
        process, output = self._start(ENDLESS, seed)
        if after_first_ack:
            self._await_ack(process, output)
            self.started_s.append(time.monotonic() - began)
        time.sleep(delay_s)
        still_running = process.poll() is None
        agents = psutil.Process(process.pid).children() if still_running else []
        process.kill()
        process.wait()
        self._end(agents)
        errors = output.with_suffix(".err").read_text()
        assert still_running, f"it ended by itself, code {process.returncode}: {errors}"
        self.kills += 1
        self._collect(output)
        self._see_basket()

    @contextmanager
    def running(self, orders: int, *, seed: int) -> Iterator[subprocess.Popen[bytes]]:
        """The process from its first sale to its own end."""
        process, output = self._start(orders, seed)
        try:
            self._await_ack(process, output)
            yield process
            code = process.wait(self.deadline_s)
        finally:
            process.kill()
            process.wait()
        assert code == 0, output.with_suffix(".err").read_text()
        self._collect(output)

    def finish(self, orders: int, *, seed: int) -> None:
        """Let it come to its own end."""
        with self.running(orders, seed=seed):
            pass

    def reopened_basket(self) -> Basket:
        """The basket on the counter when somebody opens the folder again."""
        outlet = Outlet(self.home)
        try:
            return outlet.cases.ordering.basket
        finally:
            outlet.close()

    def exported(self) -> list[dict[str, Any]]:
        """The journal as the command exports it."""
        return [json.loads(line) for line in self.command("journal", "export").splitlines()]

    def command(self, *words: str) -> str:
        """Run a command on the home folder and expect success."""
        done = subprocess.run(
            [sys.executable, "-m", "terminal", *words, "--home", str(self.home)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=self.deadline_s,
            check=False,
        )
        assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def _end(self, agents: list[psutil.Process]) -> None:
        """Wait for the agents or kill them too, in turn: then nobody else has the books open.

        While somebody has, the last commit of the dead program may still be unseen, and comes to
        light with the next start.
        """
        if self.kills % WAITED_FOR_ONCE_IN:
            for agent in agents:
                with contextlib.suppress(psutil.NoSuchProcess):
                    agent.kill()
        for agent in agents:
            assert _is_gone(agent.pid, DEADLINE_S), "an agent outlives its program"

    def _start(self, orders: int, seed: int) -> tuple[subprocess.Popen[bytes], Path]:
        output = self.home.parent / f"{self.home.name}-acks.txt"
        words = ["--home", str(self.home), "--orders", str(orders), "--seed", str(seed)]
        if self.platform_url:
            words += ["--platform", self.platform_url]
        return self._launch(words, output), output

    def _launch(self, words: list[str], output: Path) -> subprocess.Popen[bytes]:
        with output.open("wb") as out, output.with_suffix(".err").open("wb") as err:
            return subprocess.Popen(
                [sys.executable, *self.program, *words],
                cwd=ROOT,
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
            )

    @staticmethod
    def _await_ack(process: subprocess.Popen[bytes], output: Path) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not output.stat().st_size and process.poll() is None:
            assert time.monotonic() < deadline, "no sale in time"
            time.sleep(0.005)

    def _collect(self, output: Path) -> None:
        # Without its line end a line was not said: the process died while saying it.
        for line in output.read_text().split("\n")[:-1]:
            word, order_no, intent_id, fen = line.split(" ")
            assert word == "ACK"
            self.acks.append(Ack(order_no, intent_id, int(fen)))

    def _see_basket(self) -> None:
        """Read the open basket as the kill left it, beside the program."""
        from terminal.bootstrap import open_keys

        path = self.home / "journal.db"
        connection = open_database(path, open_keys(self.home).db_key, read_only=True)
        try:
            if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'baskets'").fetchone():
                basket = SqlReading(connection).current_basket()
                if basket is not None and basket.lines:
                    self.baskets_seen.append(basket)
        finally:
            connection.close()


def _is_gone(pid: int, within_s: float) -> bool:
    """Whether a process ends: the last of its threads, not only the first.

    Its entry may stay in the system's table until somebody takes it away; it holds no file then.
    """
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([ended], [], [], within_s)[0])
    finally:
        os.close(ended)


def violations(
    acks: Sequence[Ack], entries: list[dict[str, Any]], baskets: Sequence[Basket] = ()
) -> list[str]:
    """Everything that is wrong with a journal, given what was acknowledged and seen.

    Args:
        acks: lines the processes printed before they died.
        entries: the exported journal.
        baskets: baskets with lines that lay on the counter at a kill, none of them parked now.

    Returns:
        One sentence for each fault; empty when nothing was lost, doubled or skipped.
    """
    sales = [entry for entry in entries if entry["kind"] == "sale.completed"]
    return [
        *_lost_or_doubled(acks, sales),
        *_numbering(entries, sales),
        *_baskets_gone(baskets, entries),
    ]


def _lost_or_doubled(acks: Sequence[Ack], sales: list[dict[str, Any]]) -> list[str]:
    facts = Counter(
        Ack(sale["body"]["order_no"], sale["intent_id"], sale["body"]["total_fen"])
        for sale in sales
    )
    said = Counter(acks)
    lost = [f"acknowledged but not in the journal: {ack}" for ack in said if not facts[ack]]
    twice = [f"acknowledged twice: {ack}" for ack, times in said.items() if times > 1]
    return lost + twice


def _numbering(entries: list[dict[str, Any]], sales: list[dict[str, Any]]) -> list[str]:
    faults = []
    if [entry["seq"] for entry in entries] != list(range(1, len(entries) + 1)):
        faults.append("entries are not numbered 1, 2, 3 …")
    intents = Counter(entry["intent_id"] for entry in entries)
    faults += [f"intent became two entries: {key}" for key, times in intents.items() if times > 1]
    serials = [int(sale["body"]["order_no"].rpartition("-")[2]) for sale in sales]
    if serials != list(range(1, len(serials) + 1)):
        faults.append("order numbers have gaps or doubles")
    links = pairwise(entries)
    faults += [
        f"broken link before {after['seq']}"
        for before, after in links
        if after["prev_hash"] != before["hash"]
    ]
    return faults


def _baskets_gone(baskets: Sequence[Basket], entries: list[dict[str, Any]]) -> list[str]:
    """Each basket seen at a kill went on to its own sale, with every line it had."""
    became = {entry["intent_id"]: entry["body"] for entry in entries}
    faults = []
    for basket in baskets:
        body = became.get(basket.sale_intent)
        if body is None:
            faults.append(f"a basket was never seen again: {basket.basket_id}")
            continue
        kept = {line["line_id"] for line in (*body["lines"], *body["voided"])}
        if not {line.line_id for line in basket.lines} <= kept:
            faults.append(f"a basket lost lines: {basket.basket_id}")
    return faults


def random_seed() -> int:
    """The seed of this run; set ``POSTAL_SEED`` to repeat one."""
    return int(os.environ.get("POSTAL_SEED", "20261121"))
