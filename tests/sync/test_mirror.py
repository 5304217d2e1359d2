"""The second copy of the journal: complete, whole, unreadable for others, and told when not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client.mirror_check import MirrorReader
from sync.client.mirror_place import FolderPlace, place_faults
from sync.client.mirror_records import (
    INDEX,
    LineSeal,
    MirrorIndex,
    look_at,
    segment_of,
)
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import ChainHead
from tests.helpers.full_disk import disk_full_at
from tests.helpers.journal_writer import JournalWriter
from tests.helpers.mirrored import Mirrored, flip, mirrored_in, segment

SEGMENT_LINES = 20
"""Short segments, so that a test sees several of them."""
ENTRIES = SEGMENT_LINES + 7


@pytest.fixture(scope="module", autouse=True)
def short_segments() -> Iterator[None]:
    """Twenty entries fill a segment."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("records", "copy", "check"):
            patch.setattr(f"sync.client.mirror_{module}.SEGMENT_LINES", SEGMENT_LINES)
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirrored]:
    """A journal of a little more than one segment, and its copy."""
    with mirrored_in(tmp_path_factory.mktemp("mirror") / "template") as made:
        made.append(ENTRIES)
        made.run()
        yield made


@pytest.fixture
def copied(template: Mirrored, tmp_path: Path) -> Iterator[Mirrored]:
    """The same, to be damaged."""
    with mirrored_in(tmp_path / "copied", template) as made:
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Mirrored]:
    """A journal of three entries without a copy yet."""
    with mirrored_in(tmp_path / "small") as made:
        made.append(3)
        yield made


def reasons(mirrored: Mirrored) -> list[object]:
    return [fault["reason"] for fault in mirrored.check().faults]


def test_the_copy_holds_every_entry_and_nobody_else_can_read_it(copied: Mirrored) -> None:
    report = copied.check()
    assert (report.sound, report.head.seq, report.index_seq) == (True, ENTRIES, ENTRIES)
    first, second = segment(copied), segment(copied, SEGMENT_LINES + 1)
    assert (look_at(first.read_bytes()), look_at(second.read_bytes())) == ("closed", "open")
    assert first.read_bytes().count(b"\n") == SEGMENT_LINES + 1
    assert b"sale" not in first.read_bytes()
    stranger = LineSeal(b"\0" * 32, "61020303-02")
    assert stranger.open(first.read_bytes().splitlines()[0], 1) is None
    assert copied.run().written == 0


def test_a_line_cannot_be_moved_or_taken_from_another_terminal(copied: Mirrored) -> None:
    lines = segment(copied).read_bytes().splitlines()
    assert copied.seal().open(lines[4], 5) is not None
    assert copied.seal().open(lines[4], 6) is None
    assert LineSeal(copied.keys.db_key, "OTHER").open(lines[4], 5) is None


def test_new_entries_go_behind_the_last_without_looking_at_everything(small: Mirrored) -> None:
    copy = small.copy()
    assert copy.catch_up().seq == 3
    before = segment(small).read_bytes()
    small.append(2)
    done = copy.catch_up()
    assert (done.seq, done.written) == (5, 2)
    assert segment(small).read_bytes().startswith(before), "what is written stays as it is"
    assert small.check().head.seq == 5


def test_a_segment_that_fills_is_closed_and_the_next_one_begun(copied: Mirrored) -> None:
    copied.append(2 * SEGMENT_LINES - ENTRIES)
    assert copied.run().seq == 2 * SEGMENT_LINES
    assert look_at(segment(copied, SEGMENT_LINES + 1).read_bytes()) == "closed"
    assert copied.run().written == 0
    copied.append(1)
    assert copied.run().seq == 2 * SEGMENT_LINES + 1
    assert copied.check().sound


@pytest.mark.parametrize("cut", [1, 7, 300])
def test_a_torn_last_line_is_told_and_written_again(copied: Mirrored, cut: int) -> None:
    last = segment(copied, SEGMENT_LINES + 1)
    os.truncate(last, last.stat().st_size - cut)
    report = copied.check()
    assert report.head.seq == ENTRIES - 1
    assert reasons(copied) == ["torn", "short"]
    assert copied.run().written == 1
    assert copied.check().sound


def test_a_tear_behind_the_index_is_no_loss(copied: Mirrored) -> None:
    with segment(copied, SEGMENT_LINES + 1).open("ab") as stream:
        stream.write(b"half a li")
    assert (copied.check().sound, reasons(copied)) == (True, ["torn"])
    copied.append(1)
    assert copied.run().seq == ENTRIES + 1
    assert reasons(copied) == []


def test_every_bit_that_turns_in_a_full_segment_is_found_and_mended(copied: Mirrored) -> None:
    file = segment(copied)
    for at in (0, 1000, file.stat().st_size // 2, file.stat().st_size - 10):
        flip(file, at)
        assert not copied.check().sound
        assert copied.run().mended == (file.name,)
        assert copied.check().sound


def test_a_bit_that_turns_in_the_open_segment_is_found_and_mended(copied: Mirrored) -> None:
    file = segment(copied, SEGMENT_LINES + 1)
    flip(file, 5000)
    report = copied.check()
    assert (report.sound, report.faults[0]["reason"]) == (False, "unreadable")
    assert copied.run().mended == (file.name,)
    assert copied.check().sound


def test_a_segment_that_is_gone_is_told_and_written_again(copied: Mirrored) -> None:
    segment(copied).unlink()
    assert reasons(copied) == ["missing"]
    assert copied.run().mended == (segment(copied).name,)
    assert copied.check().sound


def test_a_full_segment_without_its_digest_is_told_and_closed(copied: Mirrored) -> None:
    file = segment(copied)
    data = file.read_bytes()
    file.write_bytes(data[: data.rindex(b"#")])
    assert reasons(copied) == ["unclosed"]
    copied.run()
    assert copied.check().sound


def test_the_last_segment_full_but_not_closed_is_closed(copied: Mirrored) -> None:
    copied.append(2 * SEGMENT_LINES - ENTRIES)
    copied.run()
    file = segment(copied, SEGMENT_LINES + 1)
    data = file.read_bytes()
    file.write_bytes(data[: data.rindex(b"#") + 20])
    copied.append(1)
    assert copied.run().written == 1
    assert copied.check().sound
    assert copied.check().head.seq == 2 * SEGMENT_LINES + 1


def test_a_closing_line_too_early_is_told(copied: Mirrored) -> None:
    from sync.client.mirror_records import footer

    file = segment(copied, SEGMENT_LINES + 1)
    file.write_bytes(file.read_bytes() + footer(file.read_bytes()))
    assert reasons(copied) == ["short"]


def test_an_index_that_cannot_be_read_is_told_and_made_anew(copied: Mirrored) -> None:
    (copied.copy_folder / INDEX).write_bytes(b"{")
    report = copied.check()
    assert (report.sound, report.index_seq, report.head.seq) == (False, -1, ENTRIES)
    assert copied.run().seq == ENTRIES
    assert copied.check().sound


def test_an_index_with_another_hash_is_told(copied: Mirrored) -> None:
    index = MirrorIndex("61020303-02", "00", ENTRIES, "1" * 64)
    (copied.copy_folder / INDEX).write_bytes(index.to_bytes())
    assert reasons(copied) == ["index"]


def test_a_copy_of_a_later_program_is_left_alone(copied: Mirrored) -> None:
    (copied.copy_folder / INDEX).write_bytes(
        b'{"format":2,"terminal_id":"x","copy_id":"","seq":0,"hash":"","epoch":1}'
    )
    for work in (copied.run, copied.check):
        with pytest.raises(EnvironmentFault, match=r"mirror\.newer_than_program"):
            work()


def test_a_stick_that_is_pulled_out_is_told_and_caught_up_with_when_it_is_back(
    small: Mirrored,
) -> None:
    copy = small.copy()
    copy.catch_up()
    aside = small.root.rename(small.root.with_name("pulled"))
    small.append(4)
    for _ in range(2):
        with pytest.raises(EnvironmentFault, match=r"mirror\.away"):
            copy.catch_up()
    assert not small.root.exists(), "a folder of our own disk must not take its place"
    aside.rename(small.root)
    done = copy.catch_up()
    assert (done.seq, done.written) == (7, 4)
    assert small.check().sound


def test_an_empty_folder_of_our_own_disk_is_not_taken_for_the_stick(small: Mirrored) -> None:
    small.run()
    small.root.rename(small.root.with_name("pulled"))
    small.root.mkdir()
    with pytest.raises(EnvironmentFault, match=r"mirror\.away"):
        small.run()
    assert list(small.root.iterdir()) == []
    with pytest.raises(EnvironmentFault, match=r"mirror\.none"):
        small.check()


def test_a_stick_that_was_only_found_whole_is_known_too(small: Mirrored) -> None:
    small.run()
    small.known_id = ""
    assert small.run().written == 0
    assert small.known_id == MirrorIndex.parse((small.copy_folder / INDEX).read_bytes()).copy_id


def test_a_journal_without_entries_has_a_copy_without_any(tmp_path: Path) -> None:
    with mirrored_in(tmp_path / "empty") as empty:
        for _ in range(2):
            assert empty.run().seq == 0
        empty.append(1)
        assert empty.run().seq == 1


def test_a_file_where_the_folder_was_is_away_too(small: Mirrored) -> None:
    small.root.rmdir()
    small.root.write_text("")
    with pytest.raises(EnvironmentFault, match=r"mirror\.away"):
        small.run()


class OtherDisk(FolderPlace):
    """A folder that is certainly not on the journal's disk."""

    def distant(self) -> bool:
        return True


def test_another_stick_gets_a_whole_copy(small: Mirrored) -> None:
    small.run()
    (small.folder / "other").mkdir()
    other = OtherDisk(small.folder / "other", "61020303-02", small.home)
    assert small.run(other).written == 3
    assert small.check(other).sound


def test_a_full_place_is_told_and_filled_up_when_there_is_room(copied: Mirrored) -> None:
    copied.append(10, note="long " * 2000)
    with disk_full_at(64 * 1024), pytest.raises(EnvironmentFault, match=r"mirror\.full"):
        copied.run()
    assert copied.check().head.seq >= ENTRIES, "nothing of before is lost"
    assert copied.run().seq == ENTRIES + 10
    assert copied.check().sound


@pytest.mark.parametrize(
    ("number", "code"),
    [(28, "mirror.full"), (30, "mirror.read_only"), (2, "mirror.away"), (5, "mirror.disk")],
)
def test_what_a_disk_says_is_told_in_our_words(number: int, code: str) -> None:
    with pytest.raises(EnvironmentFault) as told, place_faults("stick"):
        raise OSError(number, "")
    assert told.value.code == code


def test_an_index_that_cannot_be_replaced_is_told_as_the_disk_says(
    small: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def refuses(source: Path, target: Path) -> None:
        if Path(target).name == INDEX:
            raise OSError(30, "read-only")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuses)
        with pytest.raises(EnvironmentFault, match=r"mirror\.read_only"):
            small.run()
    assert small.run().seq == 3
    assert small.check().sound


def test_copies_set_aside_are_counted(small: Mirrored) -> None:
    for number in (1, 2):
        small.run()
        assert small.place().set_aside() == f"61020303-02.aside-{number}"
        small.known_id = ""


def test_a_fault_that_is_not_the_places_stays_what_it_is() -> None:
    with pytest.raises(EnvironmentFault, match="other"), place_faults("stick"):
        raise EnvironmentFault("other")


def test_names_that_lead_elsewhere_are_refused(small: Mirrored) -> None:
    for name in ("../keys.sealed", "1.seg", ""):
        with pytest.raises(UserError, match=r"mirror\.bad_name"):
            small.place().read(name)
    with pytest.raises(UserError, match=r"mirror\.bad_name"):
        FolderPlace(small.root, "../home")


def test_a_journal_older_than_the_copy_changes_nothing_of_it(
    template: Mirrored, tmp_path: Path
) -> None:
    with mirrored_in(tmp_path / "old") as old:
        old.keys = template.keys
        old.append(1)
        before = {file.name: file.read_bytes() for file in template.copy_folder.iterdir()}
        with pytest.raises(EnvironmentFault, match=r"mirror\.ahead"):
            old.run(FolderPlace(template.root, "61020303-02", old.home))
        after = {file.name: file.read_bytes() for file in template.copy_folder.iterdir()}
        assert before == after


def test_a_copy_that_went_another_way_is_kept_and_a_new_one_begun(
    small: Mirrored, tmp_path: Path
) -> None:
    small.run()
    kept = small.copy_folder / segment(small).name
    before = kept.read_bytes()
    with mirrored_in(tmp_path / "after-recovery") as after:
        after.keys = small.keys
        after.append(9)
        done = after.run(FolderPlace(small.root, "61020303-02", after.home))
        assert (done.aside, done.seq) == ("61020303-02.aside-1", 9)
    assert (small.root / "61020303-02.aside-1" / kept.name).read_bytes() == before
    assert small.check().head.seq == 9


def test_a_damaged_copy_that_went_another_way_is_kept_as_it_is(
    copied: Mirrored, tmp_path: Path
) -> None:
    flip(segment(copied), 300)
    before = segment(copied).read_bytes()
    with mirrored_in(tmp_path / "after-recovery") as after:
        after.keys = copied.keys
        after.append(ENTRIES + 5)
        done = after.run(FolderPlace(copied.root, "61020303-02", after.home))
    assert (done.mended, done.aside) == ((), "61020303-02.aside-1")
    assert (copied.root / done.aside / segment(copied).name).read_bytes() == before
    assert copied.check().head.seq == ENTRIES + 5


def test_a_damaged_copy_ahead_of_an_old_journal_is_left_alone(
    copied: Mirrored, tmp_path: Path
) -> None:
    copied.append(SEGMENT_LINES)
    copied.run()
    with mirrored_in(tmp_path / "old", copied) as old:
        for file in (old.home).iterdir():
            file.unlink()
        old.append(2)
        for name in (INDEX, segment(old, SEGMENT_LINES + 1).name):
            flip(old.copy_folder / name, 0)
        kept = {file.name: file.read_bytes() for file in old.copy_folder.iterdir()}
        with pytest.raises(EnvironmentFault, match=r"mirror\.ahead"):
            old.run()
        assert {file.name: file.read_bytes() for file in old.copy_folder.iterdir()} == kept
        for file in old.copy_folder.glob("*.seg"):
            if file != segment(old):
                file.unlink()
        data = segment(old).read_bytes()
        segment(old).write_bytes(data[: data.rindex(b"#") - 30])
        for _ in range(2):
            with pytest.raises(EnvironmentFault, match=r"mirror\.ahead"):
                old.run()
            flip(segment(old), 3000)


def test_a_recovery_between_two_batches_is_seen_by_the_next_run(
    small: Mirrored, tmp_path: Path
) -> None:
    copy = small.copy()
    copy.catch_up()
    with mirrored_in(tmp_path / "after-recovery") as after:
        after.keys = small.keys
        after.append(5)
        copy._journal.close()
        for file in after.home.iterdir():
            shutil.copy2(file, small.home / file.name)
        assert copy._next(copy._tail.head) == []  # type: ignore[union-attr]
        assert copy.catch_up().aside == "61020303-02.aside-1"
    assert small.check().head.seq == 5


def test_a_chain_that_does_not_hold_is_told(small: Mirrored) -> None:
    small.run()
    stranger = MirrorReader(small.place(), small.seal(), bytes(32))
    with pytest.raises(EnvironmentFault, match=r"journal\.bad_public_key"):
        MirrorReader(small.place(), small.seal(), b"short").check()
    assert stranger.check().faults[0]["reason"] == "bad_signature"


def test_a_copy_is_read_up_to_an_entry(copied: Mirrored) -> None:
    head = copied.check().head
    reader = MirrorReader(copied.place(), copied.seal(), bytes(32))
    assert [entry.seq for entry in reader.entries(ChainHead(1, 3, ""))] == [1, 2, 3]
    assert sum(1 for _ in reader.entries(head)) == ENTRIES


@pytest.mark.parametrize("big", [True, False])
def test_a_copy_sealed_with_other_keys_is_never_written_over(
    copied: Mirrored, small: Mirrored, tmp_path: Path, big: bool
) -> None:
    owner, count = (copied, ENTRIES) if big else (small, 3)
    owner.run()
    with mirrored_in(tmp_path / "new-keys") as stranger:
        stranger.append(count)
        place = FolderPlace(owner.root, "61020303-02", stranger.home)
        (owner.copy_folder / INDEX).unlink()
        kept = {file.name: file.read_bytes() for file in owner.copy_folder.iterdir()}
        with pytest.raises(EnvironmentFault, match=r"mirror\.foreign"):
            stranger.run(place)
        assert {file.name: file.read_bytes() for file in owner.copy_folder.iterdir()} == kept
        owner.run()
        assert stranger.run(place).aside == "61020303-02.aside-1"
    aside = owner.root / "61020303-02.aside-1"
    assert {name: (aside / name).read_bytes() for name in kept} == kept


def test_the_index_of_another_terminal_is_left_alone(small: Mirrored) -> None:
    small.run()
    index = MirrorIndex("61020303-03", "00")
    (small.copy_folder / INDEX).write_bytes(index.to_bytes())
    with pytest.raises(EnvironmentFault, match=r"mirror\.foreign"):
        small.run()


def test_an_older_index_beside_newer_lines_of_another_way_is_seen(
    small: Mirrored, tmp_path: Path
) -> None:
    """The power went between a line and the index, and the disk came back older."""
    small.run()
    index = (small.copy_folder / INDEX).read_bytes()
    small.append(2)
    small.run()
    (small.copy_folder / INDEX).write_bytes(index)
    with mirrored_in(tmp_path / "old", small) as old:
        writer = JournalWriter(old.home, old.keys, "61020303-02")
        connection = writer._connection
        connection.execute("DROP TRIGGER journal_no_delete")
        connection.execute("DELETE FROM journal WHERE seq > 3")
        writer.close()
        with pytest.raises(EnvironmentFault, match=r"mirror\.ahead"):
            old.run()
        old.append(4)
        assert old.run().aside == "61020303-02.aside-1"
        assert old.check().head.seq == 7


def test_segments_are_named_by_their_first_entry() -> None:
    assert segment_of(1) == ("0000000001.seg", 1)
    assert segment_of(SEGMENT_LINES) == ("0000000001.seg", 1)
    assert segment_of(SEGMENT_LINES + 1)[1] == SEGMENT_LINES + 1


KILLED = """
import os, sys
from pathlib import Path
from sync.client import mirror_place
from terminal.store.keystore import Keys
from tests.helpers.mirrored import Mirrored
folder, db_key, seed, step = sys.argv[1:]
left = int(step)
def dying(real):
    def call(*given, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real(*given, **named)
    return call
os.fsync = dying(os.fsync)
os.replace = dying(os.replace)
mirror_place.os.open = dying(os.open)
Mirrored(Path(folder), Keys(bytes.fromhex(db_key), bytes.fromhex(seed))).run()
"""


@pytest.mark.parametrize("step", range(8))
def test_a_kill_at_any_step_leaves_a_copy_that_goes_on(small: Mirrored, step: int) -> None:
    given = [str(small.folder), small.keys.db_key.hex(), small.keys.seed.hex(), str(step)]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, *given], check=False, cwd=Path(__file__).parents[2]
    )
    assert ended.returncode in (0, 9)
    small.append(2)
    assert small.run().seq == 5
    assert small.check().sound


class PowerCut:
    """Notes what of each file is on the disk for certain; the power takes the rest."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._real, self._safe = folder, os.fsync, dict[int, int]()
        monkeypatch.setattr(os, "fsync", self._fsync)

    def _fsync(self, descriptor: int) -> None:
        self._real(descriptor)
        about = os.fstat(descriptor)
        self._safe[about.st_ino] = about.st_size

    def happens(self) -> None:
        for file in self._folder.glob("*/*"):
            os.truncate(file, min(file.stat().st_size, self._safe.get(file.stat().st_ino, 0)))


def test_a_power_cut_takes_nothing_the_index_says_is_there(
    small: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = PowerCut(small.root, monkeypatch)
    small.run()
    cut.happens()
    assert small.check().sound
    assert small.check().head.seq == 3


class Careless(FolderPlace):
    """Leaves the lines to the operating system."""

    def append(self, name: str, at: int, data: bytes) -> None:
        self._begin()
        with (self._folder() / name).open("ab") as stream:
            stream.write(data)


def test_negative_control_a_copy_without_flush_is_caught(
    small: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = PowerCut(small.root, monkeypatch)
    small.run(Careless(small.root, "61020303-02", small.home))
    assert small.check().sound, "until the power goes nobody sees it"
    cut.happens()
    assert reasons(small) == ["short"]


def test_negative_control_a_copy_without_digest_is_caught(
    tmp_path: Path, template: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mirrored_in(tmp_path / "weak", template) as weak:
        for file in weak.copy_folder.iterdir():
            file.unlink()
        weak.known_id = ""
        monkeypatch.setattr("sync.client.mirror_copy.footer", lambda _body: b"")
        weak.run()
        assert reasons(weak) == ["unclosed"]
