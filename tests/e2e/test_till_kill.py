"""A transfer between tills killed (-9) before every statement it makes: whole or not at all.

Each round is a process of its own that opens the books, begins the step and is killed right before
its n-th statement, the commit among them, until a round comes to its end. What the disk then holds
must be the books before the step or after it, and the same form pressed again ends it, once.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal.app.pouches import WrongForm
from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import verify_chain
from terminal.domain.ledger import Posting, to_body
from tests.helpers.old_disk import public_key
from tests.helpers.outlet import PIN, SENIOR, SENIOR_PIN, Outlet, OutletClock, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

Deed = Callable[[UseCases], object]
SEND, RECEIVE = new_uuid7(), new_uuid7()
FEN = 5_000


def _send(cases: UseCases) -> object:
    return cases.tills.send(MoveForm(SEND, "T02", "V01", {1_000: 5}))


def _number(cases: UseCases) -> str:
    (pouch,) = cases.context.books.tills.pouches_on_the_way()
    return pouch.number


def _receive(cases: UseCases) -> object:
    done = cases.context.books.entry_for_intent(RECEIVE)
    return cases.pouches.receive(RECEIVE, "" if done else _number(cases), SENIOR, SENIOR_PIN)


def _receive_wrong(cases: UseCases) -> object:
    done = cases.context.books.entry_for_intent(RECEIVE)
    form = WrongForm(RECEIVE, "" if done else _number(cases), {1_000: 4})
    return cases.pouches.receive_wrong(form, SENIOR, SENIOR_PIN)


def _in_two_entries(cases: UseCases) -> object:
    """What a careless program would do: one transaction for each side."""
    books = cases.context.books
    for intent, sides in (
        (SEND, ("cash:T02", "suspense:T02")),
        (RECEIVE, ("suspense:T02", "cash:V01")),
    ):
        rows = to_body((Posting(sides[0], -FEN), Posting(sides[1], FEN)))
        if books.entry_for_intent(intent) is None:
            with books.transaction() as tx:
                tx.append(cases.context.draft("till.funded", intent, "0312", {"postings": rows}))
    return None


@dataclass(frozen=True)
class Step:
    """One step of a transfer: what it needs, what it does, and what the books then hold."""

    before: tuple[Deed, ...]
    deed: Deed
    held: tuple[dict[str, int], dict[str, int]]


def _at(till: int, on_the_way: int, vault: int, aside: int = 0) -> dict[str, int]:
    return {"cash:T02": till, "transit": on_the_way, "cash:V01": vault, "suspense": aside}


SENT = _at(7_000, FEN, 0)
STEPS = {
    "send": Step((), _send, (_at(12_000, 0, 0), SENT)),
    "receive": Step((_send,), _receive, (SENT, _at(7_000, 0, FEN))),
    "receive with the wrong content": Step(
        (_send,), _receive_wrong, (SENT, _at(7_000, 0, 4_000, 1_000))
    ),
}


def _open(home: Path, clock: OutletClock) -> Outlet:
    outlet = Outlet(home, clock=clock)
    outlet.cases.session.unlock(PIN)
    return outlet


@pytest.fixture
def clock() -> OutletClock:
    """One clock for all processes of a test."""
    return OutletClock()


@pytest.fixture
def sold(outlet_template: Template, clock: OutletClock, tmp_path: Path) -> Path:
    """A closed counter with 120 yuan in the drawer."""
    home = outlet_template.copy_home(tmp_path / "sold")
    outlet = Outlet(home, clock=clock)
    outlet.open_day()
    outlet.sell(quantity=100)
    outlet.close()
    return home


def _killed(home: Path, clock: OutletClock, deed: Deed, statement: int) -> bool:
    """Do a step in a process that is killed before its n-th statement; False when it ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            outlet = _open(home, clock)
            left = statement

            def count(_sql: str) -> None:
                nonlocal left
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

            outlet.books._connection.set_trace_callback(count)
            deed(outlet.cases)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the step failed by itself"
    return False


def _held(outlet: Outlet) -> dict[str, int]:
    balances = outlet.books.balances()
    held = {name: balances.get(name, 0) for name in ("cash:T02", "cash:V01")}
    for kind in ("transit", "suspense"):
        held[kind] = sum(fen for name, fen in balances.items() if name.startswith(f"{kind}:"))
    return held


def _found(home: Path, clock: OutletClock, step: Step) -> list[str]:
    """What is wrong after a kill, and after the same form was pressed again."""
    outlet, found = _open(home, clock), list[str]()
    try:
        key = public_key(home)
        for when in ("after the kill", "pressed again"):
            if _held(outlet) not in (step.held if when == "after the kill" else step.held[1:]):
                found.append(f"{when}: {_held(outlet)}")
            if outlet.books.read_model_differences():
                found.append(f"{when}: read models differ")
            if not verify_chain(list(outlet.books.all_entries()), key).sound:
                found.append(f"{when}: the chain is broken")
            step.deed(outlet.cases)
        kinds = [entry.kind for entry in outlet.books.all_entries()]
        found += [
            f"{kind} twice" for kind in ("pouch.sent", "pouch.received") if kinds.count(kind) > 1
        ]
    finally:
        outlet.close()
    return found


def _sweep(sold: Path, clock: OutletClock, folder: Path, step: Step) -> tuple[int, list[str]]:
    """Kill at every statement; how many there were, and everything that was wrong."""
    ready = folder / "ready"
    shutil.copytree(sold, ready, symlinks=True)
    outlet = _open(ready, clock)
    for deed in step.before:
        deed(outlet.cases)
    outlet.close()
    found: list[str] = []
    statement = 0
    while True:
        statement += 1
        home = folder / f"killed-{statement}"
        shutil.copytree(ready, home, symlinks=True)
        killed = _killed(home, clock, step.deed, statement)
        found += [f"statement {statement}, {one}" for one in _found(home, clock, step)]
        shutil.rmtree(home)
        if not killed:
            return statement - 1, found


@pytest.mark.parametrize("name", STEPS)
def test_killed_before_every_statement_a_transfer_is_whole_or_not_at_all(
    sold: Path, clock: OutletClock, tmp_path: Path, name: str
) -> None:
    statements, found = _sweep(sold, clock, tmp_path, STEPS[name])
    assert found == []
    assert statements > 10


def test_the_harness_sees_a_transfer_that_is_two_transactions(
    sold: Path, clock: OutletClock, tmp_path: Path
) -> None:
    careless = Step((), _in_two_entries, (_at(12_000, 0, 0), _at(7_000, 0, FEN)))
    _, found = _sweep(sold, clock, tmp_path, careless)
    assert any("after the kill" in one and "'suspense': 5000" in one for one in found)
