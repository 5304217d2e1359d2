"""The import contracts hold, and the check that says so can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.static.sources import ROOT

_PACKAGES = ("terminal", "ui", "devices", "sync")
_LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The packages' skeleton: every folder with an empty package file, and the real contracts."""
    for package in _PACKAGES:
        for init in (ROOT / package).rglob("__init__.py"):
            copy = tmp_path / init.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.touch()
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_LINT, "--no-cache", "--no-logo"],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_skeleton_without_imports_keeps_every_contract(tree: Path) -> None:
    answer = _lint(tree)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("terminal/domain/probe.py", "import PySide6"),
        ("terminal/app/probe.py", "import terminal.store"),
        ("terminal/store/probe.py", "import PySide6"),
        ("ui/probe.py", "import terminal.store"),
        ("ui/probe.py", "import sync.central"),
        ("ui/probe.py", "import requests"),
        ("devices/probe.py", "import terminal.app"),
        ("sync/client/probe.py", "import terminal.app"),
        ("sync/client/probe.py", "import sync.central"),
        ("sync/wire/probe.py", "import sync.client"),
        ("sync/central/probe.py", "import terminal.store"),
        ("sync/stranger.py", ""),
        ("terminal/demo.py", "import sync.central"),
    ],
)
def test_forbidden_import_breaks_a_contract(tree: Path, module: str, statement: str) -> None:
    (tree / module).write_text(f"{statement}\n", encoding="utf-8")
    answer = _lint(tree)
    assert answer.returncode != 0
    assert "BROKEN" in answer.stdout or "stranger" in answer.stdout + answer.stderr
