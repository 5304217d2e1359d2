"""The second copy when its writer is killed or the power goes; a careless one is caught."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.client.mirror_place import FolderPlace
from tests.helpers.mirrored import (
    Mirrored,
    mirrored_in,
    reasons,
)

pytest_plugins = ["tests.helpers.mirror_fixtures"]
pytestmark = pytest.mark.usefixtures("short_segments")


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
    tmp_path: Path, mirror_template: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mirrored_in(tmp_path / "weak", mirror_template) as weak:
        for file in weak.copy_folder.iterdir():
            file.unlink()
        weak.known_id = ""
        monkeypatch.setattr("sync.client.mirror_copy.footer", lambda _body: b"")
        weak.run()
        assert reasons(weak) == ["unclosed"]
