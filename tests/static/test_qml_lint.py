"""The QML check accepts clean files and refuses what only fails when a clerk gets there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_LINT = Path(sys.executable).with_name("pyside6-qmllint")
_CLEAN = """
import QtQuick
Item {
    id: root
    required property int count
    width: root.count
}
"""


def _lint(path: Path, text: str) -> int:
    path.write_text(text, encoding="utf-8")
    return subprocess.run([_LINT, "-W", "0", path], capture_output=True, check=False).returncode


def test_clean_file_passes_and_each_fault_fails(tmp_path: Path) -> None:
    path = tmp_path / "Probe.qml"
    assert _lint(path, _CLEAN) == 0
    assert _lint(path, _CLEAN.replace("root.count\n", "missing.count\n")) != 0
    assert _lint(path, _CLEAN.replace("root.count\n", "root.missing\n")) != 0
    assert _lint(path, _CLEAN.replace("import QtQuick", "import QtQuick\nimport No.Such")) != 0
