"""The second copy of the journal: complete, whole, unreadable for others, and told when not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sync.client.mirror_check import MirrorReader
from sync.client.mirror_records import (
    INDEX,
    LineSeal,
    MirrorIndex,
    look_at,
    segment_of,
)
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import ChainHead
from tests.helpers.mirrored import (
    ENTRIES,
    SEGMENT_LINES,
    Mirrored,
    flip,
    mirrored_in,
    reasons,
    segment,
)

pytest_plugins = ["tests.helpers.mirror_fixtures"]
pytestmark = pytest.mark.usefixtures("short_segments")


def test_the_copy_holds_every_entry_and_nobody_else_can_read_it(mirrored: Mirrored) -> None:
    report = mirrored.check()
    assert (report.sound, report.head.seq, report.index_seq) == (True, ENTRIES, ENTRIES)
    first, second = segment(mirrored), segment(mirrored, SEGMENT_LINES + 1)
    assert (look_at(first.read_bytes()), look_at(second.read_bytes())) == ("closed", "open")
    assert first.read_bytes().count(b"\n") == SEGMENT_LINES + 1
    assert b"sale" not in first.read_bytes()
    stranger = LineSeal(b"\0" * 32, "61020303-02")
    assert stranger.open(first.read_bytes().splitlines()[0], 1) is None
    assert mirrored.run().written == 0


def test_a_line_cannot_be_moved_or_taken_from_another_terminal(mirrored: Mirrored) -> None:
    lines = segment(mirrored).read_bytes().splitlines()
    assert mirrored.seal().open(lines[4], 5) is not None
    assert mirrored.seal().open(lines[4], 6) is None
    assert LineSeal(mirrored.keys.db_key, "OTHER").open(lines[4], 5) is None


def test_new_entries_go_behind_the_last_without_looking_at_everything(small: Mirrored) -> None:
    copy = small.copy()
    assert copy.catch_up().seq == 3
    before = segment(small).read_bytes()
    small.append(2)
    done = copy.catch_up()
    assert (done.seq, done.written) == (5, 2)
    assert segment(small).read_bytes().startswith(before), "what is written stays as it is"
    assert small.check().head.seq == 5


def test_a_segment_that_fills_is_closed_and_the_next_one_begun(mirrored: Mirrored) -> None:
    mirrored.append(2 * SEGMENT_LINES - ENTRIES)
    assert mirrored.run().seq == 2 * SEGMENT_LINES
    assert look_at(segment(mirrored, SEGMENT_LINES + 1).read_bytes()) == "closed"
    assert mirrored.run().written == 0
    mirrored.append(1)
    assert mirrored.run().seq == 2 * SEGMENT_LINES + 1
    assert mirrored.check().sound


@pytest.mark.parametrize("cut", [1, 7, 300])
def test_a_torn_last_line_is_told_and_written_again(mirrored: Mirrored, cut: int) -> None:
    last = segment(mirrored, SEGMENT_LINES + 1)
    os.truncate(last, last.stat().st_size - cut)
    report = mirrored.check()
    assert report.head.seq == ENTRIES - 1
    assert reasons(mirrored) == ["torn", "short"]
    assert mirrored.run().written == 1
    assert mirrored.check().sound


def test_a_tear_behind_the_index_is_no_loss(mirrored: Mirrored) -> None:
    with segment(mirrored, SEGMENT_LINES + 1).open("ab") as stream:
        stream.write(b"half a li")
    assert (mirrored.check().sound, reasons(mirrored)) == (True, ["torn"])
    mirrored.append(1)
    assert mirrored.run().seq == ENTRIES + 1
    assert reasons(mirrored) == []


def test_every_bit_that_turns_in_a_full_segment_is_found_and_mended(mirrored: Mirrored) -> None:
    file = segment(mirrored)
    for at in (0, 1000, file.stat().st_size // 2, file.stat().st_size - 10):
        flip(file, at)
        assert not mirrored.check().sound
        assert mirrored.run().mended == (file.name,)
        assert mirrored.check().sound


def test_a_bit_that_turns_in_the_open_segment_is_found_and_mended(mirrored: Mirrored) -> None:
    file = segment(mirrored, SEGMENT_LINES + 1)
    flip(file, 5000)
    report = mirrored.check()
    assert (report.sound, report.faults[0]["reason"]) == (False, "unreadable")
    assert mirrored.run().mended == (file.name,)
    assert mirrored.check().sound


def test_a_segment_that_is_gone_is_told_and_written_again(mirrored: Mirrored) -> None:
    segment(mirrored).unlink()
    assert reasons(mirrored) == ["missing"]
    assert mirrored.run().mended == (segment(mirrored).name,)
    assert mirrored.check().sound


def test_a_full_segment_without_its_digest_is_told_and_closed(mirrored: Mirrored) -> None:
    file = segment(mirrored)
    data = file.read_bytes()
    file.write_bytes(data[: data.rindex(b"#")])
    assert reasons(mirrored) == ["unclosed"]
    mirrored.run()
    assert mirrored.check().sound


def test_the_last_segment_full_but_not_closed_is_closed(mirrored: Mirrored) -> None:
    mirrored.append(2 * SEGMENT_LINES - ENTRIES)
    mirrored.run()
    file = segment(mirrored, SEGMENT_LINES + 1)
    data = file.read_bytes()
    file.write_bytes(data[: data.rindex(b"#") + 20])
    mirrored.append(1)
    assert mirrored.run().written == 1
    assert mirrored.check().sound
    assert mirrored.check().head.seq == 2 * SEGMENT_LINES + 1


def test_a_closing_line_too_early_is_told(mirrored: Mirrored) -> None:
    from sync.client.mirror_records import footer

    file = segment(mirrored, SEGMENT_LINES + 1)
    file.write_bytes(file.read_bytes() + footer(file.read_bytes()))
    assert reasons(mirrored) == ["short"]


def test_an_index_that_cannot_be_read_is_told_and_made_anew(mirrored: Mirrored) -> None:
    (mirrored.copy_folder / INDEX).write_bytes(b"{")
    report = mirrored.check()
    assert (report.sound, report.index_seq, report.head.seq) == (False, -1, ENTRIES)
    assert mirrored.run().seq == ENTRIES
    assert mirrored.check().sound


def test_an_index_with_another_hash_is_told(mirrored: Mirrored) -> None:
    index = MirrorIndex("61020303-02", "00", ENTRIES, "1" * 64)
    (mirrored.copy_folder / INDEX).write_bytes(index.to_bytes())
    assert reasons(mirrored) == ["index"]


def test_a_copy_of_a_later_program_is_left_alone(mirrored: Mirrored) -> None:
    (mirrored.copy_folder / INDEX).write_bytes(
        b'{"format":2,"terminal_id":"x","copy_id":"","seq":0,"hash":"","epoch":1}'
    )
    for work in (mirrored.run, mirrored.check):
        with pytest.raises(EnvironmentFault, match=r"mirror\.newer_than_program"):
            work()


def test_a_journal_without_entries_has_a_copy_without_any(tmp_path: Path) -> None:
    with mirrored_in(tmp_path / "empty") as empty:
        for _ in range(2):
            assert empty.run().seq == 0
        empty.append(1)
        assert empty.run().seq == 1


def test_a_chain_that_does_not_hold_is_told(small: Mirrored) -> None:
    small.run()
    stranger = MirrorReader(small.place(), small.seal(), bytes(32))
    with pytest.raises(EnvironmentFault, match=r"journal\.bad_public_key"):
        MirrorReader(small.place(), small.seal(), b"short").check()
    assert stranger.check().faults[0]["reason"] == "bad_signature"


def test_a_copy_is_read_up_to_an_entry(mirrored: Mirrored) -> None:
    head = mirrored.check().head
    reader = MirrorReader(mirrored.place(), mirrored.seal(), bytes(32))
    assert [entry.seq for entry in reader.entries(ChainHead(1, 3, ""))] == [1, 2, 3]
    assert sum(1 for _ in reader.entries(head)) == ENTRIES


def test_segments_are_named_by_their_first_entry() -> None:
    assert segment_of(1) == ("0000000001.seg", 1)
    assert segment_of(SEGMENT_LINES) == ("0000000001.seg", 1)
    assert segment_of(SEGMENT_LINES + 1)[1] == SEGMENT_LINES + 1
