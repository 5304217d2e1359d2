"""Which folders count as something to carry away."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from devices.media import removable
from devices.media.removable import removable_media


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has drives instead")
def test_what_desktops_mount_is_found_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged, other = tmp_path / "media", tmp_path / "var"
    (plugged / "TOWN BUS").mkdir(parents=True)
    other.mkdir()
    monkeypatch.setattr(removable, "_PLUGGED_IN", (f"{plugged}/",))
    mounts = tmp_path / "mounts"
    blank = str(plugged / "TOWN BUS").replace(" ", "\\040")
    gone = plugged / "pulled"
    mounts.write_text(
        f"/dev/sda1 {other} ext4 rw 0 0\n"
        f"/dev/sdc1 {gone} vfat rw 0 0\n"
        f"/dev/sdb1 {blank} vfat rw 0 0\n"
    )
    (found,) = removable_media(mounts=mounts)
    assert (found.name, found.folder) == ("TOWN BUS", str(plugged / "TOWN BUS"))
    assert found.free_bytes > 0


def test_named_folders_come_first_and_missing_ones_not_at_all(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    named = [str(tmp_path / "none"), str(share), str(share)]
    found = removable_media(named, mounts=tmp_path / "no such list")
    assert [medium.folder for medium in found] == [str(share)]
