"""The real platform that the tests of the terminal's side share, and a terminal for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    enrolled_terminal,
    restorable_platform,
)


@pytest.fixture(scope="session")
def shared_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestorablePlatform]:
    """Started once; tests tell themselves apart by their terminals."""
    with restorable_platform(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture
def platform(shared_platform: RestorablePlatform) -> RestorablePlatform:
    """The shared platform, sound again."""
    shared_platform.faults()
    return shared_platform


@pytest.fixture
def terminal(tmp_path: Path, platform: RestorablePlatform) -> Iterator[EnrolledTerminal]:
    """A terminal of this test's own."""
    with enrolled_terminal(tmp_path / "home", platform) as made:
        yield made
