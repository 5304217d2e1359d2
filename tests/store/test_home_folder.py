"""What lies in a home folder is for one account alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sync.client.agent import run_once
from terminal.bootstrap import HomeSite
from terminal.domain.errors import EnvironmentFault
from terminal.store.home_folder import keep_private
from tests.helpers.central import Central
from tests.helpers.outlet import Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _open_to_others(home: Path) -> list[str]:
    """Names in the folder, and the folder, that another account may read or write."""
    parts = [home, *(path for path in home.iterdir() if path.is_file())]
    return [path.name for path in parts if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.fixture(autouse=True)
def _usual_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_new_home_and_every_file_in_it_is_closed_to_others(
    platform: Central, tmp_path: Path
) -> None:
    home = tmp_path / "new"
    HomeSite(home).enrol(platform.url, platform.code(terminal_no=6))
    assert any(home.glob("reference-*.db")), "the clerks' verifiers are here"
    assert _open_to_others(home) == []


def test_an_older_home_is_closed_when_it_is_opened(
    outlet_template: Template, platform: Central, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    connect(home, platform)
    home.chmod(0o755)
    for path in home.iterdir():
        if path.is_file():
            path.chmod(0o644)
    assert len(_open_to_others(home)) > 4, "this look can fail"
    equipment = HomeSite(home).open()
    assert _open_to_others(home) == []
    equipment.books.close()
    equipment.release()
    run_once(home)
    Outlet(home).close()
    assert _open_to_others(home) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault) as refused:
        keep_private(tmp_path / "file" / "home")
    assert refused.value.code == "home.not_private"
