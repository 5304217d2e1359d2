"""A counter that has a second copy on a stick."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.mirror_at_work import set_up
from tests.helpers.outlet import Outlet


@pytest.fixture
def copy_stick(counter: Outlet, tmp_path: Path) -> Path:
    """A folder for the copy of a counter that has sold three orders."""
    folder = tmp_path / "stick"
    folder.mkdir()
    set_up(counter.home, folder=str(folder))
    for _ in range(3):
        counter.sell()
    return folder
