"""A copy and a journal that went different ways: nothing of either is written over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sync.client.mirror_place import FolderPlace
from sync.client.mirror_records import (
    INDEX,
    MirrorIndex,
)
from terminal.domain.errors import EnvironmentFault
from tests.helpers.journal_writer import JournalWriter
from tests.helpers.mirrored import (
    ENTRIES,
    SEGMENT_LINES,
    Mirrored,
    flip,
    mirrored_in,
    segment,
)

pytest_plugins = ["tests.helpers.mirror_fixtures"]
pytestmark = pytest.mark.usefixtures("short_segments")


def test_a_journal_older_than_the_copy_changes_nothing_of_it(
    mirror_template: Mirrored, tmp_path: Path
) -> None:
    with mirrored_in(tmp_path / "old") as old:
        old.keys = mirror_template.keys
        old.append(1)
        before = {file.name: file.read_bytes() for file in mirror_template.copy_folder.iterdir()}
        with pytest.raises(EnvironmentFault, match=r"mirror\.ahead"):
            old.run(FolderPlace(mirror_template.root, "61020303-02", old.home))
        after = {file.name: file.read_bytes() for file in mirror_template.copy_folder.iterdir()}
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
    mirrored: Mirrored, tmp_path: Path
) -> None:
    flip(segment(mirrored), 300)
    before = segment(mirrored).read_bytes()
    with mirrored_in(tmp_path / "after-recovery") as after:
        after.keys = mirrored.keys
        after.append(ENTRIES + 5)
        done = after.run(FolderPlace(mirrored.root, "61020303-02", after.home))
    assert (done.mended, done.aside) == ((), "61020303-02.aside-1")
    assert (mirrored.root / done.aside / segment(mirrored).name).read_bytes() == before
    assert mirrored.check().head.seq == ENTRIES + 5


def test_a_damaged_copy_ahead_of_an_old_journal_is_left_alone(
    mirrored: Mirrored, tmp_path: Path
) -> None:
    mirrored.append(SEGMENT_LINES)
    mirrored.run()
    with mirrored_in(tmp_path / "old", mirrored) as old:
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


@pytest.mark.parametrize("big", [True, False])
def test_a_copy_sealed_with_other_keys_is_never_written_over(
    mirrored: Mirrored, small: Mirrored, tmp_path: Path, big: bool
) -> None:
    owner, count = (mirrored, ENTRIES) if big else (small, 3)
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
