"""A damaged ``sync.db`` stops nothing: it is set aside, made anew, and the platform asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.client.renewal import LANE, open_sync_store
from sync.client.session import Session
from sync.client.timestamps import utc_now
from terminal.bootstrap import open_keys
from terminal.domain.errors import EnvironmentFault
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.central import Central
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, LiveDesk, Outlet, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAGE = 4096
PLACES = {
    "the first page": slice(0, 600),
    "a page within": slice(2 * PAGE + 100, 2 * PAGE + 700),
    "all but the first page": slice(PAGE, None),
}


def _damage(home: Path, place: str) -> bytes:
    """Overwrite a part of the file as a bad disk does; what is there now."""
    file = home / SYNC_FILE
    content = bytearray(file.read_bytes())
    there = PLACES[place]
    content[there] = b"\x5a" * len(content[there])
    file.write_bytes(content)
    for beside in ("-wal", "-shm"):
        file.with_name(SYNC_FILE + beside).unlink(missing_ok=True)
    return bytes(content)


@pytest.mark.parametrize("place", PLACES)
def test_a_damaged_file_is_set_aside_whole_and_what_is_confirmed_is_asked_again(
    outlet: Outlet, platform: Central, place: str
) -> None:
    connect(outlet.home, platform)
    outlet.open_day()
    outlet.sell()
    keys = open_keys(outlet.home)
    before = Session(outlet.home, keys)
    assert before.uploader.run(probe=True).code == ""
    before.close()
    outlet.close()
    damaged = _damage(outlet.home, place)
    after = Session(outlet.home, keys)
    assert (outlet.home / f"{SYNC_FILE}.damaged-1").read_bytes() == damaged
    assert after.store.confirmed().seq == 0
    report = after.uploader.run(probe=True)
    assert (report.code, report.pending) == ("", 0)
    after.close()
    reader = SyncReader(outlet.home / SYNC_FILE, keys.db_key)
    (told,) = reader.parked()
    assert (told.lane, told.code, told.item) == (LANE, "sync.renewed", f"{SYNC_FILE}.damaged-1")
    assert reader.confirmed_head().seq == outlet.cases.context.books.head()[0]
    reader.close()


def test_a_second_damage_does_not_overwrite_what_is_kept_and_a_sound_start_settles_it(
    outlet: Outlet,
) -> None:
    keys = open_keys(outlet.home)
    kept = []
    for _ in range(2):
        kept.append(_damage(outlet.home, "the first page"))
        open_sync_store(outlet.home, keys.db_key, utc_now).close()
    names = [outlet.home / f"{SYNC_FILE}.damaged-{number}" for number in (1, 2)]
    assert [name.read_bytes() for name in names] == kept
    open_sync_store(outlet.home, keys.db_key, utc_now).close()
    reader = SyncReader(outlet.home / SYNC_FILE, keys.db_key)
    assert reader.parked() == []
    reader.close()


def test_trouble_that_is_no_damage_of_the_file_sets_nothing_aside(outlet: Outlet) -> None:
    file = outlet.home / SYNC_FILE
    file.unlink()
    file.mkdir()
    with pytest.raises(EnvironmentFault) as refused:
        open_sync_store(outlet.home, open_keys(outlet.home).db_key, utc_now)
    assert refused.value.code == "database.cannot_open"
    assert file.is_dir()


@pytest.mark.parametrize("place", ["the first page", "all but the first page"])
def test_signing_on_and_selling_go_on_beside_a_damaged_file_and_it_is_told(
    outlet: Outlet, place: str
) -> None:
    outlet.open()
    outlet.close()
    _damage(outlet.home, place)
    outlet.open_day()
    outlet.sell()
    view = outlet.cases.session.view()
    assert (view.clerk_no, view.waiting_entries) == (CLERK, outlet.books.head()[0])
    (hold,) = outlet.cases.queue.holds()
    assert (hold.reason_code, hold.item) == ("sync.damaged", SYNC_FILE)
    open_sync_store(outlet.home, open_keys(outlet.home).db_key, utc_now).close()
    (hold,) = outlet.cases.queue.holds()
    assert hold.reason_code == "sync.renewed"


def test_a_counter_that_starts_beside_a_damaged_file_sells_and_catches_up(
    outlet: Outlet, platform: Central
) -> None:
    connect(outlet.home, platform)
    outlet.close()
    _damage(outlet.home, "all but the first page")
    live = LiveDesk(outlet.home)
    try:
        live.start()
        live.desk.ask(lambda cases: cases.session.open_outlet(MANAGER, MANAGER_PIN))
        live.desk.ask(lambda cases: cases.session.sign_on(CLERK, PIN))
        live.await_event("sync", lambda event: event.data["confirmed_seq"] >= 3)
        (hold,) = live.desk.ask(lambda cases: cases.queue.holds())
        assert hold.reason_code == "sync.renewed"
        assert live.desk.ask(lambda cases: cases.session.view()).waiting_entries == 0
    finally:
        live.desk.stop()
    assert (outlet.home / f"{SYNC_FILE}.damaged-1").exists()
