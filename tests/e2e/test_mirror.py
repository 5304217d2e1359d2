"""The second copy of a counter at work: made by its agent, checked and put back by one command."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from sync.client.agent import run_once
from sync.client.journal_reader import JournalReader
from sync.client.mirror_lane import MirrorLane
from sync.client.mirror_place import FolderPlace
from sync.client.session import Session
from terminal.app import recovery
from terminal.bootstrap import open_keys
from terminal.commands.doctor import LOOKS
from terminal.domain.errors import EnvironmentFault
from tests.helpers.central import Central
from tests.helpers.commands import ENVIRONMENT, REFUSED
from tests.helpers.journal_writer import until
from tests.helpers.mirror_at_work import export, lose_books, mirror_once, said, set_up, told
from tests.helpers.outlet import PIN, LiveDesk, Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.stick_fixtures"]


def test_a_lost_journal_comes_back_byte_for_byte_and_begins_a_new_epoch(
    counter: Outlet, copy_stick: Path, platform: Central
) -> None:
    connect(counter.home, platform)
    assert run_once(counter.home).code == ""
    last = counter.sell()
    assert mirror_once(counter.home) == ""
    counter.close()
    before = export(counter.home)
    state = said("mirror", "status", home=counter.home)
    assert (state["seq"], state["behind"], state["own_disk"]) == (len(before), 0, True)
    report = said("mirror", "check", home=counter.home)
    assert (report["sound"], report["same_as_journal"]) == (True, True)
    lose_books(counter.home)
    done = said("mirror", "restore", home=counter.home)
    assert (done["restored"], done["missing"], done["complete"]) == (len(before), [], True)
    after = export(counter.home)
    assert after[: len(before)] == before
    assert [json.loads(line)["kind"] for line in after[len(before) :]] == ["terminal.recovered"]
    told("journal", "verify", home=counter.home)
    order = counter.books.last_order()
    assert order is not None
    assert order.order_no == last
    lease_numbers(counter)
    counter.cases.session.unlock(PIN)
    assert counter.sell() > last
    assert run_once(counter.home).pending == 0


def lease_numbers(counter: Outlet) -> None:
    """What the counter and its agent do at the start when no number may be used any more."""
    used_to = max(lease.hi for lease in counter.cases.context.sync.ranges("order"))
    session = Session(counter.home, open_keys(counter.home))
    try:
        leased = session.call("ranges.lease", {"kind": "order", "used_to": used_to})
        assert leased["outcome"] == "ok"
    finally:
        session.close()
    counter.cases.ranges.take_over()


def test_what_the_platform_has_and_the_copy_lacks_is_named_and_fetched(
    counter: Outlet, copy_stick: Path, platform: Central
) -> None:
    connect(counter.home, platform)
    assert mirror_once(counter.home) == ""
    copied = counter.books.head()[0]
    later = [counter.sell(), counter.sell()]
    assert run_once(counter.home).code == ""
    head = counter.books.head()[0]
    counter.close()
    before = export(counter.home)
    lose_books(counter.home)
    platform.execute("UPDATE terminals SET spoke_ms = 0")
    done = said("mirror", "restore", home=counter.home)
    assert (done["restored"], done["missing"]) == (copied, [copied + 1, head])
    assert (done["fetched"], done["complete"]) == (True, True)
    after = export(counter.home)
    assert after[: len(before)] == before
    sold = [json.loads(line)["body"].get("order_no") for line in after]
    assert all(sold.count(number) == 1 for number in later)
    told("journal", "verify", home=counter.home)
    tasks = platform.admin("GET", "/v1/admin/tasks")["tasks"]
    assert {task["code"] for task in tasks} == {"terminal.recovered"}, "nothing is doubled"


def test_without_the_platform_the_copy_is_restored_and_no_number_is_used_again(
    counter: Outlet, copy_stick: Path
) -> None:
    assert mirror_once(counter.home) == ""
    counter.sell()
    counter.close()
    lose_books(counter.home)
    done = said("mirror", "restore", home=counter.home, code=REFUSED)
    assert (done["complete"], done["platform"]) == (False, "platform.unreachable")
    counter.cases.session.unlock(PIN)
    with pytest.raises(EnvironmentFault, match=r"range\.used_up"):
        counter.sell()


def test_a_kill_during_the_restore_leaves_no_journal_or_all_of_it(
    counter: Outlet, copy_stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mirror_once(counter.home) == ""
    head = counter.books.head()[0]
    counter.close()
    lose_books(counter.home)

    def dies(*_words: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(recovery._Taking, "_drop_sold_baskets", dies)
        with pytest.raises(SystemExit):
            run_restore(counter.home)
    done = run_restore(counter.home)
    assert done["restored"] == head
    counter.cases.session.unlock(PIN)
    assert counter.books.head()[0] == head + 1


def run_restore(home: Path) -> dict[str, object]:
    from terminal.commands.mirror import Copy
    from terminal.commands.mirror_restore import restore

    copy = Copy(home)
    return restore(home, copy.identity, copy.reader(), partial=False)


def test_a_damaged_copy_is_not_restored_unless_asked_for(counter: Outlet, copy_stick: Path) -> None:
    assert mirror_once(counter.home) == ""
    (segment,) = copy_stick.glob("*/*.seg")
    data = bytearray(segment.read_bytes())
    data[-40] ^= 1
    segment.write_bytes(data)
    head = counter.books.head()[0]
    counter.close()
    report = said("mirror", "check", home=counter.home, code=REFUSED)
    assert report["faults"] == [{"segment": segment.name, "seq": head, "reason": "unreadable"}]
    there = said("mirror", "restore", home=counter.home, code=ENVIRONMENT)
    assert there["error"]["code"] == "mirror.books_there"
    lose_books(counter.home)
    refused = said("mirror", "restore", home=counter.home, code=ENVIRONMENT)
    assert refused["error"]["code"] == "mirror.copy_damaged"
    assert not (counter.home / "journal.db").exists()
    done = said("mirror", "restore", "--partial", home=counter.home, code=REFUSED)
    assert done["restored"] == head - 1


def test_a_pulled_stick_delays_no_sale_is_told_and_told_no_more(
    live_desk: LiveDesk, tmp_path: Path
) -> None:
    home = live_desk.desk._site._home  # type: ignore[attr-defined]
    copy_stick = tmp_path / "stick"
    set_up(home, folder=str(copy_stick))
    live_desk.desk.wake_sync()
    live_desk.await_event("sync", lambda event: event.data["mirror"] == "mirror.away")
    holds = live_desk.desk.ask(lambda cases: cases.queue.holds())
    assert [(hold.lane, hold.reason_code) for hold in holds] == [("mirror", "mirror.away")]
    look = dict(LOOKS)["mirror"](home)
    assert (look.level, "mirror.away" in look.text) == ("warn", True)
    copy_stick.mkdir()
    until(lambda: list(copy_stick.glob("*/*.seg")), "the copy")
    until(lambda: not live_desk.desk.ask(lambda cases: cases.queue.holds()), "no notice")
    head = live_desk.desk.ask(lambda cases: cases.context.books.head()[0])
    until(lambda: said("mirror", "status", home=home)["seq"] == head, "every entry")
    look = dict(LOOKS)["mirror"](home)
    assert look.level == "warn", "it is on the journal's own disk"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "devices.file_damaged"),
        ('{"mirror": "stick"}', "mirror.misconfigured"),
        ('{"mirror": {"folder": "stick"}}', "mirror.misconfigured"),
        ('{"mirror": {"url": "http://192.0.2.1:1"}}', "mirror.misconfigured"),
        ('{"mirror": {"url": "http://192.0.2.1:1", "token": "t", "folder": "/x"}}', "mirror."),
        ("{}", ""),
        ("[]", ""),
    ],
)
def test_settings_that_make_no_sense_are_told_and_stop_nothing(
    outlet: Outlet, text: str, code: str
) -> None:
    (outlet.home / "devices.json").write_text(text)
    assert mirror_once(outlet.home).startswith(code)
    assert bool(mirror_once(outlet.home)) == bool(code)


def test_without_a_copy_set_up_the_commands_say_so(outlet: Outlet) -> None:
    for action in ("status", "check", "restore"):
        refused = said("mirror", action, home=outlet.home, code=ENVIRONMENT)
        assert refused["error"]["code"] == "mirror.not_set_up"
    elsewhere = ("--from", str(outlet.home))
    none = said("mirror", "check", *elsewhere, home=outlet.home, code=ENVIRONMENT)
    assert none["error"]["code"] == "mirror.none"


def test_an_empty_folder_with_the_keys_alone_becomes_the_terminal_again(
    counter: Outlet, copy_stick: Path, platform: Central, tmp_path: Path
) -> None:
    connect(counter.home, platform)
    assert mirror_once(counter.home) == ""
    counter.sell()
    assert run_once(counter.home).code == ""
    head = counter.books.head()[0]
    counter.close()
    before = export(counter.home)
    home = tmp_path / "new-disk"
    home.mkdir()
    for name in ("keys.sealed", "identity.json", "devices.json"):
        shutil.copy2(counter.home / name, home / name)
    platform.execute("UPDATE terminals SET spoke_ms = 0")
    done = said("mirror", "restore", home=home)
    assert (done["missing"], done["fetched"], done["complete"]) == ([head, head], True, True)
    assert export(home)[:head] == before
    again = Outlet(home)
    try:
        again.cases.session.unlock(PIN)
        assert again.sell()
        assert run_once(home).pending == 0
        assert mirror_once(home) == ""
        assert said("mirror", "check", home=home)["same_as_journal"]
    finally:
        again.close()


class HangingPlace(FolderPlace):
    """A stick that does not answer until it is let go."""

    def __init__(self, root: Path, copy: str) -> None:
        super().__init__(root, copy)
        self.asked, self.let_go = threading.Event(), threading.Event()

    def read(self, name: str) -> bytes:
        self.asked.set()
        assert self.let_go.wait(30)
        return super().read(name)


def test_a_place_that_hangs_is_told_while_it_hangs(
    counter: Outlet, copy_stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = open_keys(counter.home)
    session = Session(counter.home, keys)
    place = HangingPlace(copy_stick, session.identity.terminal_id)
    monkeypatch.setattr("sync.client.mirror_lane.place_of", lambda *_given: place)
    monkeypatch.setattr("sync.client.mirror_lane.SLOW_S", 0.0)
    lane = MirrorLane(counter.home, keys.db_key, session)
    lane.watch()
    assert lane.code == "", "nothing runs"
    running = threading.Thread(target=lane.run)
    running.start()
    try:
        assert place.asked.wait(30)
        lane.watch()
        assert lane.code == "mirror.slow"
        counter.sell()
        assert [hold.reason_code for hold in counter.cases.queue.holds()] == ["mirror.slow"]
    finally:
        place.let_go.set()
        running.join(30)
        lane.close()
        session.close()
    assert (lane.code, counter.cases.queue.holds()) == ("", ())


def test_a_disk_of_ours_in_trouble_is_no_fault_of_the_copy(
    counter: Outlet, copy_stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = open_keys(counter.home)
    session = Session(counter.home, keys)
    lane = MirrorLane(counter.home, keys.db_key, session)

    def fails(*_given: object, **_more: object) -> None:
        raise EnvironmentFault("database.full")

    with monkeypatch.context() as patch:
        patch.setattr(JournalReader, "batch", fails)
        with pytest.raises(EnvironmentFault, match=r"database\.full"):
            lane.run()
    with monkeypatch.context() as patch:
        patch.setattr(type(session.store), "park", fails)
        copy_stick.rename(copy_stick.with_name("pulled"))
        assert (lane.run(), lane.code) == ("failed", ""), "it could not be written down"
    assert (lane.run(), lane.code) == ("failed", "mirror.away")
    copy_stick.with_name("pulled").rename(copy_stick)
    assert (lane.run(), lane.code) == ("done", "")
    assert (lane.run(), lane.code) == ("done", "")
    lane.close()
    session.close()


def test_damage_that_was_mended_and_a_copy_set_aside_are_on_record(
    counter: Outlet, copy_stick: Path, outlet_template: Template
) -> None:
    assert mirror_once(counter.home) == ""
    (segment,) = copy_stick.glob("*/*.seg")
    data = bytearray(segment.read_bytes())
    data[100] ^= 1
    segment.write_bytes(data)
    assert mirror_once(counter.home) == ""
    assert segment.name in said("mirror", "status", home=counter.home)["mended"]
    counter.close()
    lose_books(counter.home)
    shutil.copy2(outlet_template.home / "journal.db", counter.home / "journal.db")
    assert mirror_once(counter.home) == "mirror.ahead"
    there = said("mirror", "status", home=counter.home, code=REFUSED)
    assert there["code"] == "mirror.ahead"
    counter.open_day()
    for _ in range(4):
        counter.sell()
    assert mirror_once(counter.home) == ""
    assert said("mirror", "status", home=counter.home)["aside"].endswith(".aside-1")
    assert said("mirror", "check", home=counter.home)["sound"]
