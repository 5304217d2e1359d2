"""The journal is gone, empty or an older copy: no number is handed out before it is back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.client.agent import run_once
from sync.client.enrol import enrol
from sync.client.session_chain import SESSION_FILE
from terminal.app.desk import Equipment
from terminal.bootstrap import HomeSite, open_keys
from terminal.commands.line import main as command_line
from terminal.domain.errors import EnvironmentFault
from terminal.store import lost_books
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.old_disk import OldDisk
from tests.helpers.outlet import Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def disk(outlet_template: Template, platform: Central, tmp_path: Path) -> Iterator[OldDisk]:
    """A closed counter whose entries the platform has all confirmed, with an older journal."""
    home = outlet_template.copy_home(tmp_path / "home")
    connect(home, platform)
    made = OldDisk(Outlet(home), platform)
    made.outlet.open_day()
    made.sell(2)
    made.back_up()
    made.at_work()
    made.sell(3)
    assert made.upload().code == ""
    made.outlet.close()
    yield made
    made.outlet.close()


def _remove(disk: OldDisk) -> None:
    for file in disk.home.glob("journal.db*"):
        file.unlink()


def _empty(disk: OldDisk) -> None:
    _remove(disk)
    (disk.home / "journal.db").touch()


def _cut_back(disk: OldDisk) -> None:
    _remove(disk)
    for file in disk._kept.glob("journal.db*"):
        shutil.copy(file, disk.home)


def _with_receipts(disk: OldDisk) -> None:
    _remove(disk)
    for file in disk.home.glob("sync.db*"):
        file.unlink()


HARMS = [
    pytest.param(_remove, "books.missing", id="removed"),
    pytest.param(_empty, "books.missing", id="empty"),
    pytest.param(_cut_back, "books.behind", id="older copy"),
    pytest.param(_with_receipts, "books.all_missing", id="receipts too"),
]


def _journal(disk: OldDisk) -> tuple[int, str]:
    """Our last entry; nothing when there is no journal."""
    head = lost_books._head(disk.home, open_keys(disk.home).db_key)
    return head.seq, head.hash


def _close(equipment: Equipment) -> None:
    equipment.books.close()
    equipment.release()


def _told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = command_line(list(words))
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@pytest.mark.parametrize(("harm", "code"), HARMS)
def test_without_the_platform_no_new_books_begin_and_everybody_says_why(
    disk: OldDisk,
    harm: Callable[[OldDisk], None],
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harm(disk)
    left = _journal(disk)
    home = str(disk.home)
    disk.platform.faults(offline=True)
    with pytest.raises(EnvironmentFault) as refused:
        HomeSite(disk.home).open()
    assert refused.value.code == code
    ended, said = _told(capsys, "soak", "--orders", "1", "--home", home)
    assert (ended, "ACK" in said, code in said) == (3, False, True)
    ended, said = _told(capsys, "doctor", "--home", home)
    assert (ended, "BAD   journal:" in said, code in said) == (1, True, True)
    assert "nothing waits" not in said
    ended, said = _told(capsys, "journal", "verify", "--home", home)
    assert (ended != 0, code in said, "by itself" in said) == (True, True, True)
    assert _journal(disk) == left, "nothing was begun or written"


@pytest.mark.parametrize(("harm", "code"), HARMS)
def test_with_the_platform_all_comes_back_before_the_first_number(
    disk: OldDisk, harm: Callable[[OldDisk], None], code: str
) -> None:
    before = disk.held()
    harm(disk)
    equipment = HomeSite(disk.home).open()
    assert equipment.books.head()[0] == len(before) + 1, code
    _close(equipment)
    assert [entry.to_wire() for entry in disk.entries()[: len(before)]] == before
    assert disk.entries()[-1].kind == "terminal.recovered"
    if harm is _with_receipts:
        run_once(disk.home)
    disk.at_work()
    disk.sell(2)
    assert disk.upload().code == ""
    assert disk.faults_found() == []


def test_it_goes_on_offline_once_it_is_recovered(disk: OldDisk) -> None:
    _remove(disk)
    _close(HomeSite(disk.home).open())
    disk.platform.faults(offline=True)
    before = disk.entries()
    _close(HomeSite(disk.home).open())
    assert [entry.hash for entry in disk.entries()] == [entry.hash for entry in before]


def test_soak_sells_on_after_the_recovery_and_repeats_no_number(
    disk: OldDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    _remove(disk)
    ended, said = _told(capsys, "soak", "--orders", "2", "--home", str(disk.home))
    new = {line.split()[1] for line in said.splitlines() if line.startswith("ACK")}
    assert (ended, len(new)) == (0, 2)
    assert not new & {sold.order_no for sold in disk.sold}


def test_what_is_left_of_a_lost_journal_is_kept(disk: OldDisk) -> None:
    _remove(disk)
    (disk.home / "journal.db-wal").write_bytes(b"what came last")
    _close(HomeSite(disk.home).open())
    kept = disk.home / "journal.db.lost-1-wal"
    assert kept.read_bytes() == b"what came last"


def test_an_enrolment_that_was_cut_off_before_the_first_entry_goes_on_offline(
    platform: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "new"
    enrol(home, platform.url, platform.code(terminal_no=5))
    platform.faults(offline=True)
    ended, said = _told(capsys, "journal", "verify", "--home", str(home))
    assert (ended, "books.not_begun" in said) == (3, True)
    HomeSite(home).complete_enrolment()
    equipment = HomeSite(home).open()
    assert equipment.books.head()[0] == 1
    _close(equipment)


def test_an_enrolment_that_only_the_agent_went_on_with_begins_when_the_platform_holds_nothing(
    platform: Central, tmp_path: Path
) -> None:
    home = tmp_path / "new"
    enrol(home, platform.url, platform.code(terminal_no=5))
    run_once(home)
    assert (home / SESSION_FILE).name == lost_books.SPOKEN_FILE
    HomeSite(home).complete_enrolment()
    equipment = HomeSite(home).open()
    assert equipment.books.head()[0] == 1
    _close(equipment)


def test_another_agent_at_work_is_waited_for_and_what_it_prepared_is_taken_over(
    disk: OldDisk,
) -> None:
    from sync.client.lock import agent_lock

    _remove(disk)
    lock = agent_lock(disk.home)
    with pytest.raises(EnvironmentFault) as refused:
        HomeSite(disk.home).open()
    assert refused.value.code == "books.missing"
    disk.upload()
    _close(HomeSite(disk.home).open())
    lock.release()


def test_a_platform_that_lost_entries_itself_does_not_stop_the_counter_for_ever(
    disk: OldDisk,
) -> None:
    """Receipts of the first epoch go further than what could be brought back."""
    _cut_back(disk)
    disk.recover()
    disk.outlet.close()
    store = SyncStore(disk.home / "sync.db", open_keys(disk.home).db_key)
    with store.file.write() as connection:
        connection.execute(
            "INSERT INTO acks VALUES (1, 900, 'h', '', ?)", (json.dumps({"seq": 900}),)
        )
    store.close()
    before = disk.entries()
    _close(HomeSite(disk.home).open())
    assert [entry.hash for entry in disk.entries()] == [entry.hash for entry in before]
