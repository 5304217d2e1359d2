"""A stick, a terminal that carries for others, and bundles of a few entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.wire import courier as wire
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    enrolled_terminal,
)


@pytest.fixture
def carrier(tmp_path: Path, platform: RestorablePlatform) -> Iterator[EnrolledTerminal]:
    with enrolled_terminal(tmp_path / "carrier", platform) as made:
        yield made


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def small_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few entries make several files."""
    monkeypatch.setattr(wire, "BUNDLE_ENTRIES", 10)
