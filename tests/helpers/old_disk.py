"""A counter whose disk is put back to an earlier day, and what must be true after it recovered."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.client.http import PlatformLine
from sync.client.session import Session
from sync.client.uploader import UploadReport
from terminal.app.recovery import Recovering
from terminal.bootstrap import open_keys
from terminal.domain.journal import Entry, verify_chain
from terminal.store.identity import read_identity
from terminal.store.recovery_steps import RecoverySteps
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.enrolled_terminal import RestorablePlatform
from tests.helpers.outlet import PIN, STAMP, Outlet, Template

_FILES = ("journal.db", "sync.db", "session.json")


@dataclass(frozen=True)
class Sold:
    """What a customer went home with: the form's intent and the amount."""

    intent_id: str
    order_no: str
    fen: int


@dataclass
class OldDisk:
    """One counter at a real platform, with a copy of its disk."""

    outlet: Outlet
    platform: Central
    sold: list[Sold] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.outlet.home

    @property
    def _kept(self) -> Path:
        return self.home.parent / f"{self.home.name}-kept"

    def sell(self, count: int = 1) -> None:
        """Sell stamps for cash, each order a line."""
        for _ in range(count):
            self.at_work()
            self.outlet.cases.ordering.add_item(STAMP, 1)
            self.pay()

    def pay(self) -> None:
        """Take cash for what lies on the counter."""
        self.at_work()
        form = self.outlet.cases.paying.begin()
        done = self.outlet.cases.paying.tender_cash(form.form_id, form.cash_remaining_text).done
        assert done is not None
        entry = self.outlet.books.entry(done.entry_seq)
        assert entry is not None
        fen = int(str(entry.body["total_fen"]))
        self.sold.append(Sold(form.form_id, done.order_no, fen))

    def at_work(self) -> None:
        """The clerk is at the screen."""
        if self.outlet.cases.context.locked:
            self.outlet.cases.session.unlock(PIN)

    def back_up(self) -> None:
        """Copy the disk while the counter is closed."""
        self.outlet.close()
        copy_disk(self.home, self._kept)

    def restore(self) -> None:
        """Put the copy back; the machine was silent meanwhile."""
        self.outlet.close()
        copy_disk(self._kept, self.home)
        self.platform.execute("UPDATE terminals SET spoke_ms = 0")

    def upload(self, *, machine: str = "") -> UploadReport:
        """One run of the agent's journal lane."""
        session = Session(self.home, open_keys(self.home), machine=machine)
        try:
            return session.uploader.run(probe=True)
        finally:
            session.close()

    def recover(self) -> Entry | None:
        """What agent and counter do together when they meet the platform."""
        self.upload()
        first = self.outlet.cases.catch_up()
        self.upload()
        return first

    def entries(self) -> list[Entry]:
        return list(self.outlet.books.all_entries())

    def held(self) -> list[dict[str, Any]]:
        """What the platform holds, as anybody on this machine may read in the demonstration."""
        terminal_id = read_identity(self.home).terminal_id
        held: list[dict[str, Any]] = []
        with requests.Session() as session:
            session.trust_env = False
            while True:
                path = f"/v1/terminals/{terminal_id}/journal?from_seq={len(held) + 1}"
                page = session.get(self.platform.url + path, timeout=10).json()["entries"]
                if not page:
                    return held
                held += page

    def tasks(self) -> list[str]:
        return [task["code"] for task in self.platform.admin("GET", "/v1/admin/tasks")["tasks"]]

    def faults_found(self, *, doubles: int = 0) -> list[str]:
        """Everything that is wrong, one sentence each, given what customers went home with.

        Args:
            doubles: how many of the sales were one basket sold a second time.
        """
        entries, found = self.entries(), list[str]()
        report = verify_chain(entries, public_key(self.home))
        if not report.sound:
            found.append(f"entry {report.bad_seq} is {report.reason}")
        found += [f"{name} is not what the journal says" for name in self._differing()]
        if [_text(entry.to_wire()) for entry in entries] != [_text(row) for row in self.held()]:
            found.append("the platform holds something else")
        sales = [entry for entry in entries if entry.kind == "sale.completed"]
        booked = Counter(entry.intent_id for entry in sales)
        wanted = {sold.intent_id for sold in self.sold}
        found += [f"{intent} is lost" for intent in wanted - booked.keys()]
        found += [f"{intent} was never sold" for intent in booked.keys() - wanted]
        found += [f"{intent} is booked twice" for intent, times in booked.items() if times > 1]
        numbers = Counter(str(entry.body["order_no"]) for entry in sales)
        found += [f"order {number} is there twice" for number, n in numbers.items() if n > 1]
        refused = sum(entry.kind == "entry.double_refused" for entry in entries)
        if refused != doubles or len(wanted) != len(self.sold) - doubles:
            found.append(f"{refused} doubles were found, there are {doubles}")
        return found + self._money_wrong(sales)

    def _differing(self) -> list[str]:
        return self.outlet.books.read_model_differences()

    def _money_wrong(self, sales: list[Entry]) -> list[str]:
        fen = {sold.intent_id: sold.fen for sold in self.sold}
        cash = self.outlet.books.balances().get("cash:T02", 0)
        at_platform = self.platform.admin("GET", "/v1/admin/ledger")["accounts"].get("cash:T02", 0)
        wanted = sum(fen.values())
        del sales
        return [
            f"{whose} has {has} fen of {wanted}"
            for whose, has in (("the till", cash), ("the platform", at_platform))
            if has != wanted
        ]


def copy_disk(source: Path, target: Path) -> None:
    """Copy what a terminal's life changes; the files are closed."""
    target.mkdir(exist_ok=True)
    for name in _FILES:
        for stale in target.glob(f"{name}*"):
            stale.unlink()
        for file in source.glob(f"{name}*"):
            shutil.copy(file, target)


_PLATFORM_TABLES = ("terminals", "entries", "postings", "tasks", "range_heads", "leases", "nonces")


@contextmanager
def forgetful_platform(template: Template, home: Path) -> Iterator[RestorablePlatform]:
    """A platform for many tests, each of which finds it as the enrolment left it."""
    shutil.copytree(template.platform, home)
    platform = RestorablePlatform(home, demo=True)
    try:
        platform.start()
        yield platform
    finally:
        platform.close()


def as_enrolled(platform: Central, template: Template) -> None:
    """Let the platform forget what terminals did since the template was made."""
    platform.faults()
    book = sqlite3.connect(platform.home / "platform.db", isolation_level=None, timeout=10)
    book.execute("ATTACH ? AS kept", (str(template.platform / "platform.db"),))
    book.execute("BEGIN IMMEDIATE")
    for table in _PLATFORM_TABLES:
        book.execute(f"DELETE FROM {table}")
        book.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")
    book.execute("COMMIT")
    book.close()


def clone(home: Path, target: Path) -> Path:
    """The whole disk in another machine."""
    shutil.copytree(home, target, symlinks=True)
    return target


STEPS: tuple[tuple[type, str], ...] = (
    (PlatformLine, "_call"),
    (SyncStore, "plan_recovery"),
    (SyncStore, "go_on_recovering"),
    (SyncStore, "store_ack"),
    (SyncStore, "park"),
    (RecoverySteps, "take_in"),
    (RecoverySteps, "void_numbers"),
    (RecoverySteps, "append_again"),
    (RecoverySteps, "resume_epoch"),
    (Recovering, "take_over"),
)
"""Before and after each of these a recovery may be killed."""


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Run work in a process of its own that is killed (-9) at its n-th step.

    Args:
        number: from 1; each step counts before and after.
        work: opens all files itself.

    Returns:
        False when it came to its end before.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _count_down(number)
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "it failed by itself"
    return False


def _count_down(number: int) -> None:
    left = number

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        setattr(owner, name, _stepping(getattr(owner, name), step))


def _stepping(method: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    def stepped(*words: Any, **more: Any) -> Any:
        step()
        result = method(*words, **more)
        step()
        return result

    return stepped


@contextmanager
def weakened(owner: object, name: str, weaker: Callable[..., Any]) -> Iterator[None]:
    """A build that does one thing worse, for negative controls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, weaker)
        yield


def _text(wire: Any) -> str:
    return json.dumps(wire, sort_keys=True, ensure_ascii=False)


def public_key(home: Path) -> bytes:
    """The key that proves a terminal's journal."""
    from sync.client.signing import public_hex

    return bytes.fromhex(public_hex(open_keys(home).seed))
