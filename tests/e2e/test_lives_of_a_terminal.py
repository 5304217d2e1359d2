"""Copied disks, platforms restored from a backup, and machines that take another one's place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.central.sessions import LEASE_MS
from sync.client import uploader
from sync.client.agent import run_once
from sync.client.uploader import Uploader
from terminal.bootstrap import HomeSite, open_keys
from terminal.commands.line import main as command_line
from terminal.domain.errors import UserError
from terminal.store.identity import read_identity
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.central import Central
from tests.helpers.enrolled_terminal import RestorablePlatform
from tests.helpers.old_disk import OldDisk, Sold, as_enrolled, clone, forgetful_platform, weakened
from tests.helpers.outlet import MANAGER, MANAGER_PIN, SECRETS, Outlet, Template, connect
from tests.helpers.quick_verifiers import cheapen_verifiers

pytest_plugins = ["tests.helpers.outlet_fixtures"]

OTHER_MACHINE = "c" * 64


@pytest.fixture(scope="module")
def running(
    outlet_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RestorablePlatform]:
    home = tmp_path_factory.mktemp("central") / "platform"
    with forgetful_platform(outlet_template, home) as platform:
        yield platform


@pytest.fixture
def central(running: RestorablePlatform, outlet_template: Template) -> RestorablePlatform:
    """The platform that knows the outlet's terminal, with an operator who restores it."""
    as_enrolled(running, outlet_template)
    return running


@pytest.fixture
def disk(
    outlet_template: Template, central: RestorablePlatform, tmp_path: Path
) -> Iterator[OldDisk]:
    """A counter at work that sold two orders and uploaded them."""
    home = outlet_template.copy_home(tmp_path / "home")
    connect(home, central)
    made = OldDisk(Outlet(home), central)
    made.outlet.open_day()
    made.sell(2)
    assert made.upload().code == ""
    yield made
    made.outlet.close()


@pytest.fixture
def copied(disk: OldDisk, central: Central, tmp_path: Path) -> Iterator[OldDisk]:
    """A copy of that disk in another machine, which sold an order of its own."""
    disk.outlet.close()
    made = OldDisk(Outlet(clone(disk.home, tmp_path / "copy")), central)
    made.sell()
    yield made
    made.outlet.close()


def _parked(home: Path) -> list[str]:
    with closing(SyncReader(home / SYNC_FILE, open_keys(home).db_key)) as reader:
        return [item.code for item in reader.parked()]


def _doctor(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    command_line(["doctor", "--home", str(home)])
    return capsys.readouterr().out


def test_copied_disk_is_refused_and_says_so_and_the_original_goes_on(
    disk: OldDisk, copied: OldDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        report = copied.upload(machine=OTHER_MACHINE)
        assert (report.code, report.held, report.uploaded) == ("terminal.cloned", True, 0)
        disk.sell()
        assert disk.upload().code == ""
    assert disk.faults_found() == []
    assert _parked(copied.home) == ["terminal.cloned"]
    assert "Another machine works with this terminal's identity" in _doctor(copied.home, capsys)
    holds = copied.outlet.cases.queue.holds()
    assert [hold.reason_code for hold in holds] == ["terminal.cloned"]
    assert len(copied.entries()) > 0, "nothing of the copy's own was touched"


def test_copy_that_comes_when_the_original_is_silent_is_refused_once_it_fell_behind(
    disk: OldDisk, copied: OldDisk
) -> None:
    disk.sell()
    assert disk.upload().code == ""
    disk.platform.execute("UPDATE terminals SET spoke_ms = 0")
    assert copied.upload(machine=OTHER_MACHINE).code == "terminal.cloned"
    assert LEASE_MS > 3 * 1000 * 25, "three heartbeats of the agent"
    terminal_id = read_identity(disk.home).terminal_id
    disk.platform.admin("POST", f"/v1/admin/terminals/{terminal_id}/release")
    disk.sold += [sold for sold in copied.sold if sold not in disk.sold]
    assert copied.upload(machine=OTHER_MACHINE).code == "journal.fork"
    assert copied.outlet.cases.catch_up() is not None
    assert copied.upload(machine=OTHER_MACHINE).code == ""
    copied.sold = disk.sold
    assert copied.faults_found() == [], "what both of them sold is booked, each once"
    assert disk.upload().code == "terminal.cloned"


def test_two_machines_that_both_go_on_would_be_caught(disk: OldDisk, copied: OldDisk) -> None:
    """Negative control: agents that only ask for the head, under no token, overwrite each other."""

    def asks_without_a_token(lane: Uploader) -> str:
        lane._line.session = ""
        return lane._take(lane._line.get(f"/v1/terminals/{lane._terminal_id}/head"))

    disk.platform.execute("UPDATE terminals SET session = '', session_before = ''")
    with weakened(uploader.Uploader, "_ask_head", asks_without_a_token):
        assert copied.upload(machine=OTHER_MACHINE).code == ""
        disk.sell()
        assert disk.upload().code == "journal.fork", "the original lost its place"
    assert disk.faults_found() != []


def test_answers_lost_while_renewing_are_no_copy(disk: OldDisk) -> None:
    disk.platform.faults(seed=5, lose_answer=0.5, paths=["/v1/terminals"])
    codes = set()
    for _ in range(12):
        disk.sell()
        codes.add(disk.upload().code)
    disk.platform.faults()
    assert disk.upload().code == ""
    assert codes <= {"", "platform.connection_lost", "platform.timeout"}
    assert disk.faults_found() == []


def test_damaged_token_is_an_old_one_and_is_healed_by_silence(disk: OldDisk) -> None:
    (disk.home / "session.json").write_text("{", encoding="utf-8")
    assert disk.upload().code == "terminal.cloned"
    disk.platform.execute("UPDATE terminals SET spoke_ms = 0")
    assert disk.upload().code == ""
    assert disk.faults_found() == []


def test_restored_platform_is_noticed_shown_and_fed_again(
    disk: OldDisk, central: RestorablePlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_once(disk.home).code == ""
    central.back_up()
    disk.sell(4)
    assert run_once(disk.home).code == ""
    signed_for = len(disk.entries())
    central.restore()
    assert len(disk.held()) == signed_for - 4
    central.faults(lose_request=1.0, paths=[_journal_path(disk)])
    report = run_once(disk.home)
    assert report.code != ""
    assert report.changed == ("catalogue", "clerks", "settings"), "the catalogue starts over"
    assert _parked(disk.home) == ["platform.restored"]
    assert f"up to #{signed_for}" in _doctor(disk.home, capsys)
    central.faults(seed=2, lose_answer=0.3, paths=["/v1/terminals"])
    disk.sell()
    for _ in range(20):
        if disk.upload().code == "":
            break
    central.faults()
    report = run_once(disk.home)
    assert report.code == ""
    assert _parked(disk.home) == [], "nothing is asked of anybody"
    assert disk.faults_found() == []
    assert disk.entries()[-1].epoch == 1, "our own life goes on"
    assert run_once(disk.home).changed == ()


def _journal_path(disk: OldDisk) -> str:
    return f"/v1/terminals/{read_identity(disk.home).terminal_id}/journal"


def test_uploader_that_trusts_its_own_receipts_alone_leaves_the_restored_platform_empty(
    disk: OldDisk, central: RestorablePlatform
) -> None:
    """Negative control: who never compares heads takes old receipts for what is there."""
    central.back_up()
    disk.sell(3)
    assert disk.upload().code == ""
    central.restore()
    with weakened(Uploader, "_ask_head", lambda _lane: ""):
        assert disk.upload().code == ""
    assert "the platform holds something else" in disk.faults_found()
    assert disk.upload().code == ""
    assert disk.faults_found() == []


def test_replaced_terminal_tells_the_manager_the_exact_gap(
    disk: OldDisk, central: RestorablePlatform, tmp_path: Path
) -> None:
    identity = read_identity(disk.home)
    disk.sell()
    lost = disk.sold[-1]
    known = disk.sold[-2].order_no
    code = central.code(outlet=identity.outlet, terminal_no=identity.terminal_no)
    site = HomeSite(tmp_path / "new")
    site.enrol(central.url, code)
    new = Outlet(tmp_path / "new")
    entry = list(new.books.all_entries())[-1]
    held = disk.held()
    assert (entry.kind, entry.clerk_id) == ("terminal.replaced", "")
    assert entry.body["old_terminal_id"] == identity.terminal_id
    assert (entry.body["old_seq"], entry.body["old_hash"]) == (len(held), held[-1]["hash"])
    assert entry.body["order_no"] == known
    missing = int(lost.order_no.rpartition("-")[2])
    assert entry.body["numbers_lo"] == missing, "the number of the sale that is not there"
    session = new.cases.session
    with pytest.raises(UserError) as told:
        session.open_outlet(MANAGER, MANAGER_PIN)
    assert (told.value.code, told.value.params["old_seq"]) == ("gap.replaced", len(held))
    shown = list(new.books.all_entries())[-1]
    assert (shown.kind, shown.clerk_id) == ("gap.shown", MANAGER)
    session.open_outlet(MANAGER, MANAGER_PIN)
    new.close()
    assert run_once(tmp_path / "new").code == ""
    assert "terminal.replaced" in disk.tasks()
    assert disk.upload().code == "", "what the broken machine's disk still has is welcome"
    assert len(disk.held()) == len(held) + 1


@pytest.mark.parametrize("unsent", [0, 1, 7])
def test_horizon_12_a_swapped_counter_names_exactly_what_the_dead_one_still_held(
    disk: OldDisk, central: RestorablePlatform, tmp_path: Path, unsent: int
) -> None:
    """There: a disconnected counter was swapped, and what only it held was gone unnoticed."""
    held, first_lost = len(disk.held()), _number(disk.sold[-1]) + 1
    waiting = disk.outlet.cases.queue.summary().waiting
    disk.sell(unsent)
    assert disk.outlet.cases.queue.summary().waiting == waiting + unsent
    identity = read_identity(disk.home)
    code = central.code(outlet=identity.outlet, terminal_no=identity.terminal_no)
    HomeSite(tmp_path / "new").enrol(central.url, code)
    cheapen_verifiers(tmp_path / "new", central.home, SECRETS)
    new = Outlet(tmp_path / "new")
    with pytest.raises(UserError, match=r"gap\.replaced") as told:
        new.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    gap = told.value.params
    assert (gap["old_seq"], gap["numbers_lo"]) == (held, first_lost)
    new.open_day()
    # What the new counter sells can be taken for nothing that the dead one sold.
    sold_anew = int(new.sell().rpartition("-")[2])
    assert sold_anew not in range(first_lost, int(str(gap["numbers_hi"])) + 1)
    new.close()
    assert run_once(tmp_path / "new").code == ""
    assert (len(disk.held()), _cash_at(central)) == (held, 2_40 + 1_20), "nothing was made up"
    assert disk.upload().code == "", "then the dead counter's disk is read after all"
    late = disk.held()[held:]
    assert [_number_of(row) for row in late] == [_number(sold) for sold in disk.sold[2:]]
    assert len(late) == unsent
    assert _cash_at(central) == 2_40 + 1_20 + unsent * 1_20


def _number(sold: Sold) -> int:
    return int(sold.order_no.rpartition("-")[2])


def _number_of(row: dict[str, Any]) -> int:
    return int(row["body"]["order_no"].rpartition("-")[2])


def _cash_at(central: Central) -> int:
    accounts = central.admin("GET", "/v1/admin/ledger")["accounts"]
    return sum(fen for name, fen in accounts.items() if name.startswith("cash:"))
