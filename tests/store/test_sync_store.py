"""What the platform said, as the agent keeps it and the face reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from terminal.domain.journal import ChainHead
from terminal.ports.sync_state import PlatformWord
from terminal.store.sync_reader import SyncReader
from terminal.store.sync_records import LineState, NumberRange, ParkedItem
from terminal.store.sync_store import SyncStore

KEY = bytes(range(32))
AT = "2026-03-02T08:00:00.000Z"


def _ack(seq: int, digit: str = "a", at: str = AT) -> dict[str, Any]:
    return {"terminal_id": "T", "epoch": 1, "seq": seq, "hash": digit * 64, "at": at, "count": seq}


def test_reader_without_a_file_knows_nothing_and_makes_nothing(tmp_path: Path) -> None:
    reader = SyncReader(tmp_path / "sync.db", KEY)
    assert reader.confirmed_head() == ChainHead()
    assert reader.line_state() == LineState()
    assert reader.receipt_for(1, 1) is None
    assert reader.parked() == []
    assert not (tmp_path / "sync.db").exists()


def test_reader_sees_each_commit_of_the_writer(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    assert reader.confirmed_head() == ChainHead() == store.confirmed()
    store.store_ack(_ack(3))
    store.store_ack(_ack(7, "b"))
    assert reader.confirmed_head() == ChainHead(1, 7, "b" * 64) == store.confirmed()
    store.close()
    reader.close()


def test_receipt_of_an_entry_is_the_oldest_that_covers_it(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    store.store_ack(_ack(3))
    store.store_ack(_ack(7, "b"))
    assert reader.receipt_for(1, 2) == _ack(3)
    assert reader.receipt_for(1, 3) == _ack(3)
    assert reader.receipt_for(1, 4) == _ack(7, "b")
    assert reader.receipt_for(1, 8) is None
    store.close()
    reader.close()


def test_restored_platform_lowers_the_confirmed_head_but_keeps_the_receipts(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    store.store_ack(_ack(3))
    store.store_ack(_ack(7, "b"))
    store.store_ack(_ack(3, at="2026-03-03T08:00:00.000Z"))
    assert reader.confirmed_head().seq == 3
    assert reader.receipt_for(1, 7) == _ack(7, "b")
    assert reader.receipt_for(1, 3) == _ack(3)
    store.close()
    reader.close()


def test_the_platforms_word_is_the_newest_signed_time_also_when_it_confirms_nothing_new(
    tmp_path: Path,
) -> None:
    reader = SyncReader(tmp_path / "sync.db", KEY)
    assert reader.platform_word() == PlatformWord()
    store = SyncStore(tmp_path / "sync.db", KEY)
    assert reader.platform_word() == PlatformWord()
    store.store_ack(_ack(3))
    assert reader.platform_word() == PlatformWord(3, AT)
    store.hear_again(_ack(3, at="2026-03-02T09:00:00Z"))
    assert reader.platform_word() == PlatformWord(3, "2026-03-02T09:00:00.000Z")
    assert reader.receipt_for(1, 3) == _ack(3)
    store.close()
    reader.close()


@pytest.mark.parametrize("at", ["soon", "2026-03-02T09:00:00", ""])
def test_a_time_nobody_can_read_is_no_word(tmp_path: Path, at: str) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    store.store_ack(_ack(3, at=at))
    assert reader.platform_word() == PlatformWord(3, "")
    assert reader.confirmed_head().seq == 3
    store.close()
    reader.close()


def test_receipts_cannot_be_deleted(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    store.store_ack(_ack(3))
    with pytest.raises(Exception, match="never deleted"), store.file.write() as connection:
        connection.execute("DELETE FROM acks")
    store.close()


def test_line_state_reads_what_was_put(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    store.put_state({"online": "1", "rtt_ms": "12", "clock_offset_ms": "-3500", "last_contact": AT})
    store.put_state({"held": "1", "last_error": "journal.fork", "server_epoch": "e"})
    assert reader.line_state() == LineState(True, True, 12, -3500, AT, "journal.fork", "e")
    assert store.state("rtt_ms") == "12"
    assert store.state("unknown") == ""
    store.close()
    reader.close()


def test_parked_item_is_kept_once_and_stays_on_record_when_solved(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    fork = ParkedItem("journal", "journal.fork", "7", {"seq": 7}, AT)
    clerk = ParkedItem("clerks", "clerk.bad_signature", "0312", {}, AT)
    for item in (fork, fork, clerk):
        store.park(item)
    assert reader.parked() == [fork, clerk]
    store.solve_parked("journal", AT)
    assert reader.parked() == [clerk]
    store.park(fork)
    assert reader.parked() == [clerk, fork]
    store.solve_parked("clerks", AT, item="9999")
    assert clerk in reader.parked()
    store.close()
    reader.close()


def test_ranges_are_kept_once(tmp_path: Path) -> None:
    store = SyncStore(tmp_path / "sync.db", KEY)
    reader = SyncReader(tmp_path / "sync.db", KEY)
    store.add_ranges([NumberRange("order", 1, 100), NumberRange("order", 101, 200)], AT)
    store.add_ranges([NumberRange("order", 1, 100)], AT)
    assert reader.ranges("order") == [NumberRange("order", 1, 100), NumberRange("order", 101, 200)]
    assert reader.ranges("waybill") == []
    store.close()
    reader.close()


def test_reader_waits_for_a_file_that_is_still_being_made(tmp_path: Path) -> None:
    from terminal.store.database import open_database

    half_made = open_database(tmp_path / "sync.db", KEY)
    half_made.execute("CREATE TABLE state(key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    reader = SyncReader(tmp_path / "sync.db", KEY)
    assert reader.confirmed_head() == ChainHead()
    half_made.close()
    SyncStore(tmp_path / "sync.db", KEY).close()
    assert reader.ranges("order") == []
    reader.close()
