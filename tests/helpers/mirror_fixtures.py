"""Journals and their copies, with short segments: made once, to be damaged, and a small one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.mirrored import ENTRIES, SEGMENT_LINES, Mirrored, mirrored_in


@pytest.fixture(scope="module")
def short_segments() -> Iterator[None]:
    """Twenty entries fill a segment."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("records", "copy", "check"):
            patch.setattr(f"sync.client.mirror_{module}.SEGMENT_LINES", SEGMENT_LINES)
        yield


@pytest.fixture(scope="module")
def mirror_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirrored]:
    """A journal of a little more than one segment, and its copy."""
    with mirrored_in(tmp_path_factory.mktemp("mirror") / "template") as made:
        made.append(ENTRIES)
        made.run()
        yield made


@pytest.fixture
def mirrored(mirror_template: Mirrored, tmp_path: Path) -> Iterator[Mirrored]:
    """The same, to be damaged."""
    with mirrored_in(tmp_path / "copied", mirror_template) as made:
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Mirrored]:
    """A journal of three entries without a copy yet."""
    with mirrored_in(tmp_path / "small") as made:
        made.append(3)
        yield made
