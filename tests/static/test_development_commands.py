"""The set-up and check commands: what they promise and how they fail."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dev
from installer.setup import checks, steps, system_packages
from tests.static.sources import ROOT


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"installer"}
    for path in [ROOT / "dev.py", *(ROOT / "installer" / "setup").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed, path


def test_every_command_has_help() -> None:
    commands = (
        "run",
        "test",
        "bench",
        "soak",
        "mutate",
        "package",
        "package-test",
        "lock",
        "setup",
    )
    for command in commands:
        answer = subprocess.run(
            [sys.executable, ROOT / "dev.py", command, "--help"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0
        assert f"dev.py {command}" in answer.stdout


def _started_by(words: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `dev.py` would have replaced itself with."""

    class Replaced(BaseException):
        pass

    started: list[str] = []

    def record(_program: object, arguments: list[str]) -> None:
        started.extend(arguments)
        raise Replaced

    monkeypatch.setattr(os, "execv", record)
    with pytest.raises(Replaced):
        dev.main(words)
    return started


def test_run_without_a_display_plays_the_day_into_a_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    started = _started_by(["run"], monkeypatch)
    assert started[:4] == ["postal-terminal", "demo", "--headless", "--out"]
    assert f"pictures in {started[4]}/screens" in capsys.readouterr().out


def test_run_with_a_display_opens_the_window_and_passes_words_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    assert _started_by(["run", "--seed", "7"], monkeypatch) == [
        "postal-terminal",
        "demo",
        "--seed",
        "7",
    ]


def test_continuous_integration_runs_the_test_command_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec python3 dev.py test"]


def test_coverage_gate_passes_a_file_that_is_fully_taken(tmp_path: Path) -> None:
    (tmp_path / "whole.py").touch()
    measured: dict[str, dict[str, object]] = {
        "whole.py": {"missing_lines": [], "missing_branches": []}
    }
    assert checks.uncovered(measured, ["whole.py"], tmp_path) == []


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("gone.py", "not there"),
        ("silent.py", "never measured"),
        ("folder", "[[3, 5]]"),
        ("empty", "not there"),
    ],
)
def test_coverage_gate_fails_whatever_is_not_proven(tmp_path: Path, listed: str, said: str) -> None:
    (tmp_path / "silent.py").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "part.py").touch()
    measured: dict[str, dict[str, object]] = {
        "folder/part.py": {"missing_lines": [], "missing_branches": [[3, 5]]}
    }
    problems = checks.uncovered(measured, [listed], tmp_path)
    assert len(problems) == 1
    assert said in problems[0]


def test_program_that_fails_is_tried_again_and_its_last_words_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "LOG", tmp_path / "setup.log")
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    tries = tmp_path / "tries"
    program = f"import sys; open({str(tries)!r}, 'a').write('x'); print('no route'); sys.exit(3)"
    with pytest.raises(steps.SetupError, match="no route"):
        steps.run_logged([sys.executable, "-c", program], attempts=3)
    assert tries.read_text() == "xxx"


def test_package_nobody_has_is_reported_missing() -> None:
    assert system_packages.missing_packages(["postal-no-such-package"]) == [
        "postal-no-such-package"
    ]
