"""Where the second copy lies: a stick pulled out, full or another, a folder of our own disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sync.client.mirror_place import FolderPlace, place_faults
from sync.client.mirror_records import (
    INDEX,
    MirrorIndex,
)
from terminal.domain.errors import EnvironmentFault, UserError
from tests.helpers.full_disk import disk_full_at
from tests.helpers.mirrored import (
    ENTRIES,
    Mirrored,
)

pytest_plugins = ["tests.helpers.mirror_fixtures"]
pytestmark = pytest.mark.usefixtures("short_segments")


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


def test_a_full_place_is_told_and_filled_up_when_there_is_room(mirrored: Mirrored) -> None:
    mirrored.append(10, note="long " * 2000)
    with disk_full_at(64 * 1024), pytest.raises(EnvironmentFault, match=r"mirror\.full"):
        mirrored.run()
    assert mirrored.check().head.seq >= ENTRIES, "nothing of before is lost"
    assert mirrored.run().seq == ENTRIES + 10
    assert mirrored.check().sound


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
