"""Nothing takes a folder away in which something is that nobody else has."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.client.agent import run_once
from sync.client.journal_reader import JournalReader
from terminal.bootstrap import LOCK_FILE, open_keys
from terminal.commands.line import main
from terminal.store.identity import read_identity
from terminal.store.process_lock import ProcessLock
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.commands import ROOT
from tests.helpers.outlet import (
    MANAGER,
    MANAGER_PIN,
    STAMP,
    Outlet,
    Template,
    connect,
    copied_outlet,
)
from tests.helpers.payments import payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]

Said = dict[str, Any]


@pytest.fixture(scope="module")
def confirmed_home(
    outlet_template: Template, gateway: Central, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Sold, signed off and confirmed to the last entry; copied for each test."""
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("confirmed")) as outlet:
        sell_a_day(outlet, gateway)
        return outlet.home


@pytest.fixture
def synced(confirmed_home: Path, tmp_path: Path) -> Iterator[Outlet]:
    """A copy: the platform is there, and takes only one of them for the terminal."""
    outlet = Outlet(Path(shutil.copytree(confirmed_home, tmp_path / "home", symlinks=True)))
    yield outlet
    outlet.close()


def sell_a_day(outlet: Outlet, platform: Central) -> None:
    connect(outlet.home, platform)
    outlet.open_day()
    outlet.sell()
    sign_off(outlet)
    settle(outlet)


def sign_off(outlet: Outlet) -> None:
    outlet.cases.session.sign_off()
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)


def settle(outlet: Outlet) -> None:
    """Everything to the platform, as the agent of a closed counter does."""
    report = run_once(outlet.home)
    assert (report.pending, report.code) == (0, "")


def asked(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, Said]:
    """Exit code and answer of a command."""
    capsys.readouterr()
    code = main([*map(str, words), "--json"])
    answer: Said = json.loads(capsys.readouterr().out)
    return code, answer.get("error", answer)


def check(
    capsys: pytest.CaptureFixture[str], outlet: Outlet, *more: str | Path
) -> tuple[int, Said]:
    return asked(capsys, "retire", "--check", "--home", outlet.home, *more)


def refused(answer: tuple[int, Said]) -> str:
    assert answer[0] == 1, answer
    return str(answer[1]["code"])


def held_by(platform: Central, outlet: Outlet) -> int:
    terminal_id = read_identity(outlet.home).terminal_id
    path = f"/v1/terminals/{terminal_id}/journal?from_seq=1&limit=500"
    return len(platform.admin("GET", path)["entries"])


def test_a_folder_that_is_nobodys_may_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = asked(capsys, "retire", "--check", "--home", tmp_path / "none")
    assert (code, said["may_be_left"], said["enrolled"]) == (0, True, False)


def test_what_the_platform_has_to_the_last_entry_may_go(
    synced: Outlet, gateway: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    before = synced.books.head()
    code, said = check(capsys, synced)
    assert (code, said["waiting"], said["tied"]) == (0, 0, True)
    assert synced.books.head() == before, "a check changes nothing"
    assert held_by(gateway, synced) == before[0]


def test_what_waits_is_told_and_the_folder_stays(
    outlet: Outlet, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    sell_a_day(outlet, platform)
    synced = outlet
    synced.open_day()
    first = synced.books.entries(limit=3)[-1]
    answer = check(capsys, synced)
    assert refused(answer) == "leave.entries_waiting"
    params = answer[1]["params"]
    assert (params["count"], params["since"]) == (3, first.recorded_at)
    assert "sync export" in answer[1]["message"]
    again = ("enrol", "--home", synced.home, "--platform", "http://127.0.0.1:1", "--code", "X")
    assert refused(asked(capsys, *again)) == "leave.entries_waiting"
    settle(synced)
    assert check(capsys, synced)[0] == 0
    assert refused(asked(capsys, *again)) == "enrolment.already_enrolled"


def test_what_only_the_counter_can_settle_comes_first(
    synced: Outlet, capsys: pytest.CaptureFixture[str]
) -> None:
    synced.open_day()
    synced.cases.ordering.add_item(STAMP)
    assert refused(check(capsys, synced)) == "leave.baskets_open"
    synced.cases.ordering.suspend("later")
    answer = check(capsys, synced)
    assert (refused(answer), answer[1]["params"]["baskets"]) == ("leave.baskets_open", 1)
    synced.cases.ordering.add_item(STAMP)
    synced.cases.codes.arm(synced.cases.paying.begin().form_id, payer_code("paid"))
    answer = check(capsys, synced)
    assert (refused(answer), answer[1]["params"]["payments"]) == ("leave.payments_open", 1)
    assert refused(asked(capsys, "retire", "--home", synced.home)) == "leave.payments_open"


def test_what_waits_for_a_person_or_is_not_tied_stays(
    synced: Outlet, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(SyncStore(synced.home / SYNC_FILE, open_keys(synced.home).db_key)) as store:
        store.park(ParkedItem("clerks", "clerk.bad_signature", "0312"))
        assert check(capsys, synced)[0] == 0, "no entry of ours"
        store.park(ParkedItem("journal", "journal.too_large", "7"))
        answer = check(capsys, synced)
        assert (refused(answer), answer[1]["params"]["held"]) == (
            "leave.held",
            "journal.too_large",
        )
        store.solve_parked("journal", "2026-01-01T00:00:00.000Z")
        store.put_state({"confirmed_hash": "f" * 64})
    assert refused(check(capsys, synced)) == "leave.not_tied"


def test_enrolling_over_a_counter_at_work_names_the_counter(
    synced: Outlet, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ("enrol", "--home", synced.home, "--platform", "http://127.0.0.1:1", "--code", "X")
    synced.open_day()
    synced.cases.ordering.add_item(STAMP)
    lock = ProcessLock(synced.home / LOCK_FILE, "home.in_use")
    try:
        code, said = asked(capsys, *again)
    finally:
        lock.release()
    assert (code, said["code"]) == (3, "home.in_use")
    assert refused(asked(capsys, *again)) == "leave.baskets_open"


def test_an_open_counter_is_left_alone(synced: Outlet, capsys: pytest.CaptureFixture[str]) -> None:
    lock = ProcessLock(synced.home / LOCK_FILE, "home.in_use")
    code, said = check(capsys, synced)
    lock.release()
    assert (code, said["code"]) == (3, "home.in_use")


def test_a_bundle_on_its_way_stands_for_what_it_holds(
    synced: Outlet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    synced.open_day()
    stick = tmp_path / "stick"
    assert asked(capsys, "sync", "export", "--home", synced.home, "--to", stick)[0] == 0
    (bundle,) = stick.glob("*.ptc")
    for path in (stick, bundle):
        code, said = check(capsys, synced, "--after-export", path)
        assert (code, said["waiting"], said["carried"]) == (0, 0, 3)
    damaged = tmp_path / "damaged.ptc"
    damaged.write_bytes(bundle.read_bytes()[:-1])
    assert refused(check(capsys, synced, "--after-export", damaged)) == "leave.not_ours"
    code, said = check(capsys, synced, "--after-export", tmp_path / "gone.ptc")
    assert (code, said["code"]) == (3, "leave.no_file")
    synced.sell()
    answer = check(capsys, synced, "--after-export", stick)
    assert (refused(answer), answer[1]["params"]["count"]) == ("leave.entries_waiting", 1)


def test_a_terminal_that_retires_gives_its_numbers_back_and_is_confirmed(
    counter: Outlet, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(counter.home, platform)
    counter.sell()
    assert refused(asked(capsys, "retire", "--home", counter.home)) == "leave.day_open"
    sign_off(counter)
    counter.close()
    port = int(platform.url.rpartition(":")[2])
    platform.kill()
    assert refused(asked(capsys, "retire", "--home", counter.home)) == "leave.entries_waiting"
    platform.start(port)
    code, said = asked(capsys, "retire", "--home", counter.home)
    assert (code, said["numbers_given_back"], said["upload"]) == (0, 0, "")
    assert counter.books.numbers_left("order") == 0
    entries = counter.books.entries(limit=3)
    assert {entry.kind for entry in entries} == {"numbers.returned"}
    assert held_by(platform, counter) == counter.books.head()[0]


def test_a_kill_between_giving_back_and_upload_is_gone_on_from(
    counter: Outlet, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(counter.home, platform)
    sign_off(counter)
    settle(counter)
    head = counter.books.head()[0]
    counter.close()
    platform.faults(delay_ms=[20_000, 20_000], paths=["/v1/terminals"])
    command = [sys.executable, "-m", "terminal", "retire", "--home", str(counter.home)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 30
    reader = JournalReader(counter.home / "journal.db", open_keys(counter.home).db_key)
    with closing(reader):
        while reader.head().seq < head + 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    process.kill()
    process.communicate(timeout=10)
    platform.faults()
    assert refused(check(capsys, counter)) == "leave.entries_waiting"
    code, said = asked(capsys, "retire", "--home", counter.home)
    assert (code, said["waiting"], said["numbers_given_back"]) == (0, 0, 0)
    assert held_by(platform, counter) == head + 3
