"""Which lines and branches the tests of the rules reach, when the gate asks for it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Generator
from importlib import import_module
from pathlib import Path

import pytest
from coverage import Coverage

_FOLDERS = {"property", "store", "sync", "unit"}
"""Tests that must reach every branch of what the gate lists; what others reach is not counted.

A measured program takes half as long again, and the other tests look at faces and programs."""

_measuring = pytest.StashKey["_Measuring"]()


class _Measuring:
    """Coverage that is on for some tests and off for others."""

    def __init__(self, root: Path) -> None:
        settings_file = root / "pyproject.toml"
        listed = tomllib.loads(settings_file.read_text("utf-8"))["tool"]["postal"]["coverage"]
        # Only what the gate asks about: every line that is watched costs time.
        watched = [name if name.endswith(".py") else f"{name}/*" for name in listed["files"]]
        self._coverage = Coverage(config_file=str(settings_file), data_suffix=True, include=watched)
        self._tests = root / "tests"
        self._on = False
        self._switch()
        # What importing a file runs is measured here and now, whoever would import it first.
        for name in listed["files"]:
            _import_all(root, name)

    def turn(self, item: pytest.Item) -> None:
        """On or off, as the test wants it."""
        inside = item.path.relative_to(self._tests).parts
        wanted = inside[0] in _FOLDERS and item.get_closest_marker("unmeasured") is None
        if wanted != self._on:
            self._switch()

    def end(self) -> None:
        """Keep what was seen."""
        if self._on:
            self._switch()
        self._coverage.save()

    def _switch(self) -> None:
        if self._on:
            self._coverage.stop()
        else:
            self._coverage.start()
        self._on = not self._on


def _import_all(root: Path, name: str) -> None:
    files = [root / name] if name.endswith(".py") else sorted((root / name).rglob("*.py"))
    for file in files:
        module = ".".join(file.relative_to(root).with_suffix("").parts)
        import_module(module.removesuffix(".__init__"))


def pytest_configure(config: pytest.Config) -> None:
    """Begins to measure where the tests run."""
    runs_tests_here = hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
    if "POSTAL_COVERAGE" in os.environ and runs_tests_here:
        # Here and not by coverage's own subprocess start-up: that would slow down every program
        # the tests start, and some of those are timed or killed.
        measuring = config.stash[_measuring] = _Measuring(config.rootpath)
        config.add_cleanup(measuring.end)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measures the test that comes, or does not."""
    if (measuring := item.config.stash.get(_measuring, None)) is not None:
        measuring.turn(item)
    return (yield)
