"""Programs side by side: the launcher starts the one in use and finds the way back by itself."""

from __future__ import annotations

import importlib.util
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from installer.setup.steps import ROOT
from sync.updates.slots import STARTS, Slots
from terminal.domain.errors import OutletError, PlatformRejection, UserError
from terminal.domain.release import PROGRAM_STATE, Release
from tests.updates.conftest import small_archive

LAUNCHER = ROOT / "installer" / "debian" / "launcher.py"


def _launcher() -> Callable[..., Path | None]:
    """The launcher's choice, from the file that is installed."""
    spec = importlib.util.spec_from_file_location("launcher", LAUNCHER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    chosen: Callable[..., Path | None] = module.chosen
    return chosen


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    """An installed 1.0.0 without any update."""
    return Slots(tmp_path / "program", "1.0.0")


def _take(slots: Slots, tmp_path: Path, number: str) -> str:
    archive = tmp_path / f"{number}.tar.gz"
    small_archive(archive, number)
    slot = slots.lay_down(Release(number, archive.name, 100), archive)
    slots.put_in_use(slot)
    return slot


def test_a_confirmed_program_is_started_for_ever(slots: Slots, tmp_path: Path) -> None:
    program, choose = tmp_path / "program", _launcher()
    assert choose(program, starting=True) is None
    slot = _take(slots, tmp_path, "1.1.0")
    assert choose(program, starting=True) == program / slot
    assert slots.confirm()
    assert not slots.confirm()
    for _ in range(2 * STARTS):
        assert choose(program, starting=True) == program / slot
    assert slots.version == "1.1.0"


def test_a_program_that_never_opens_its_counter_is_left_again(slots: Slots, tmp_path: Path) -> None:
    program, choose = tmp_path / "program", _launcher()
    first = _take(slots, tmp_path, "1.1.0")
    slots.confirm()
    second = _take(slots, tmp_path, "1.2.0")
    assert second != first
    for _ in range(STARTS):
        # Commands of an engineer are no starts of the counter.
        assert choose(program, starting=False) == program / second
        assert choose(program, starting=True) == program / second
    assert choose(program, starting=True) == program / first
    assert (slots.version, slots.state.failed, slots.state.confirmed) == ("1.1.0", "1.2.0", True)
    assert choose(program, starting=True) == program / first


def test_the_first_update_that_fails_leaves_the_packages_program(
    slots: Slots, tmp_path: Path
) -> None:
    program, choose = tmp_path / "program", _launcher()
    _take(slots, tmp_path, "1.1.0")
    for _ in range(STARTS):
        assert choose(program, starting=True) is not None
    assert choose(program, starting=True) is None
    assert (slots.version, slots.state.failed) == ("1.0.0", "1.1.0")


def test_going_back_by_hand_names_the_program_before(slots: Slots, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refusal:
        slots.go_back()
    assert refusal.value.code == "update.nothing_before"
    _take(slots, tmp_path, "1.1.0")
    slots.confirm()
    _take(slots, tmp_path, "1.2.0")
    assert slots.go_back() == "1.1.0"
    assert slots.state.failed == "1.2.0"


def test_a_third_update_replaces_the_oldest(slots: Slots, tmp_path: Path) -> None:
    for number in ("1.1.0", "1.2.0", "1.3.0"):
        _take(slots, tmp_path, number)
        slots.confirm()
    assert slots.version == "1.3.0"
    assert slots.version_of(slots.state.previous) == "1.2.0"


@pytest.mark.parametrize(
    "state",
    ["", "{", "[]", "{}", '{"active": "../../etc", "starts_left": 1, "confirmed": true}', "null"],
)
def test_a_broken_state_means_the_packages_program(
    slots: Slots, tmp_path: Path, state: str
) -> None:
    _take(slots, tmp_path, "1.1.0")
    (tmp_path / "program" / PROGRAM_STATE).write_text(state)
    assert _launcher()(tmp_path / "program", starting=True) is None
    assert slots.version == "1.0.0"


def _archive(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _outside(path: Path) -> None:
    _archive(path, (tarfile.TarInfo("../outside"), b"x"))


def _link(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to("/etc")
    with tarfile.open(path, "w:gz") as tar:
        tar.add(link, "app/terminal")


def _no_program(path: Path) -> None:
    _archive(path, (tarfile.TarInfo("readme"), b"x"))


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x1f\x8b" + b"\0" * 100)


@pytest.mark.parametrize("spoil", [_outside, _link, _no_program, _garbage])
def test_an_archive_that_is_no_program_leaves_everything_as_it_was(
    slots: Slots, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    _take(slots, tmp_path, "1.1.0")
    slots.confirm()
    archive = tmp_path / "bad.tar.gz"
    spoil(archive)
    with pytest.raises(PlatformRejection) as refusal:
        slots.lay_down(Release("1.2.0", archive.name, 100), archive)
    assert refusal.value.code == "update.unpacked_badly"
    assert not (tmp_path / "outside").exists()
    assert slots.version == "1.1.0"
    assert _launcher()(tmp_path / "program", starting=True) is not None
    folders = {path.name for path in (tmp_path / "program").iterdir()}
    assert folders == {"a", PROGRAM_STATE}


def test_without_room_nothing_is_put_in_use(slots: Slots, tmp_path: Path) -> None:
    archive = tmp_path / "1.1.0.tar.gz"
    small_archive(archive, "1.1.0")
    (tmp_path / "program").write_text("a file stands in the way")
    with pytest.raises(OutletError) as refusal:
        slots.lay_down(Release("1.1.0", archive.name, 100), archive)
    assert refusal.value.code == "update.no_room"


def test_state_is_one_line_of_json(slots: Slots, tmp_path: Path) -> None:
    _take(slots, tmp_path, "1.1.0")
    said = json.loads((tmp_path / "program" / PROGRAM_STATE).read_text())
    assert said["starts_left"] == STARTS
