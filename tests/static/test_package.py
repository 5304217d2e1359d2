"""The Debian package: what goes in, what stays out, and that its parts name things that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from installer.package import tree
from installer.package.left_out import GROUPS, leave_out, size_of
from terminal.commands.line import COMMANDS
from tests.static.sources import ROOT

_FILES = ROOT / "installer" / "debian"
_SCRIPTS = ("postinst", "prerm", "postrm")


def test_every_file_of_the_package_has_its_place() -> None:
    there = {path.name for path in _FILES.iterdir() if path.name != "__pycache__"}
    assert there == {*tree._PLACES, *_SCRIPTS, "copyright", "launcher.py"}


@pytest.mark.parametrize("name", _SCRIPTS)
def test_scripts_of_the_package_manager_can_be_read_by_its_shell(name: str) -> None:
    answer = subprocess.run(
        ["sh", "-n", _FILES / name], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


def test_units_start_commands_that_exist() -> None:
    started = [
        re.search(r"/usr/bin/postal-terminal (\w+)", line)
        for path in _FILES.glob("*.service")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    names = [found[1] for found in started if found]
    assert sorted(names) == ["run", "sync"]
    assert set(names) <= set(COMMANDS)


def test_removal_asks_first_and_a_purge_keeps_the_books() -> None:
    before = (_FILES / "prerm").read_text(encoding="utf-8")
    assert "remove | upgrade | deconfigure)" in before
    assert before.index("retire --check") < before.index("exit 1") < before.index("rm -rf")
    after = (_FILES / "postrm").read_text(encoding="utf-8")
    assert "rmdir --ignore-fail-on-non-empty" in after
    assert "rm -r" not in after


def test_what_is_left_out_is_gone_and_counted_and_the_rest_is_there(tmp_path: Path) -> None:
    unwanted = tmp_path / "PySide6" / "Qt" / "qml" / "QtQuick" / "VirtualKeyboard" / "keys.qml"
    wanted = tmp_path / "PySide6" / "QtCore.abi3.so"
    unwanted.parent.mkdir(parents=True)
    unwanted.write_bytes(b"x" * 70)
    wanted.write_bytes(b"y" * 30)
    saved = leave_out(tmp_path)
    assert sum(saved.values()) == 70
    assert size_of(tmp_path) == 30
    assert not unwanted.exists()


def test_every_reason_for_leaving_out_is_told_once() -> None:
    reasons = [group.why for group in GROUPS]
    assert len(set(reasons)) == len(reasons)
    assert all(group.patterns for group in GROUPS)


def test_package_bears_the_version_of_the_product() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", tree.version())
