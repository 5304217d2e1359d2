"""Fixtures over ``tests.helpers.neighbours``; a test module asks for them beside the outlet's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.neighbours import Outletful, make_neighbours, neighbours
from tests.helpers.outlet import Template


@pytest.fixture(scope="session")
def neighbours_template(
    outlet_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Enrolled once a session."""
    folder = tmp_path_factory.mktemp("neighbours")
    make_neighbours(outlet_template, folder)
    return folder


@pytest.fixture
def two(neighbours_template: Path, tmp_path: Path) -> Iterator[Outletful]:
    """Two counters with their day open, and their platform."""
    with neighbours(neighbours_template, tmp_path / "outlet") as opened:
        yield opened
