"""Every check of the project, one after the other, each with its name, seconds and verdict."""

from __future__ import annotations

import json
import keyword
import os
import re
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer.setup.environment import PYTHON
from installer.setup.steps import ROOT, SCRATCH

_TYPED = (
    "terminal",
    "ui",
    "devices",
    "sync",
    "installer",
    "tests",
    "dev.py",
    "docs/verify_journal.py",
)
_COVERAGE = SCRATCH / "coverage"
_QML = ROOT / "ui" / "qml"
WORKERS = "4"
"""Two for each processor the run is meant for: many tests wait for a clock, a line or a program."""


MEMORY_BYTES = 6 * 2**30
"""Free room in memory for the files of the tests; with less they go to the disk."""


@dataclass(frozen=True)
class Verdict:
    """How one check ended.

    Attributes:
        passed: Whether everything it looks at is right.
        said: What to show when it is not; may be empty when it was shown while it ran.
        skipped: Why it had nothing to look at; empty when it ran.
    """

    passed: bool
    said: str = ""
    skipped: str = ""


def run_all() -> int:
    """Runs every check, also after one has failed.

    Returns:
        0 when all passed, 1 otherwise.
    """
    lines = []
    failed = False
    for name, check in _checks():
        print(f"── {name} … ", end="", flush=True)
        started = time.monotonic()
        verdict = check()
        word = f"skipped: {verdict.skipped}" if verdict.skipped else _word(verdict)
        line = f"{word} ({time.monotonic() - started:.1f} s)"
        print(line, flush=True)
        if not verdict.passed:
            failed = True
            print(verdict.said.rstrip(), flush=True)
        lines.append(f"  {name:<18} {line}")
    print("\n".join(["", "checks:", *lines]), flush=True)
    return 1 if failed else 0


def run_pytest(arguments: Sequence[str]) -> int:
    """Runs pytest alone, as the developer asked.

    Args:
        arguments: Words for pytest, passed on unchanged.

    Returns:
        pytest's exit code.
    """
    return _stream([str(PYTHON), "-m", "pytest", *arguments])


def uncovered(
    measured: Mapping[str, Mapping[str, object]], listed: Sequence[str], root: Path
) -> list[str]:
    """Finds the listed files that are missing or not fully covered.

    Args:
        measured: What ``coverage json`` wrote under ``files``, with branches.
        listed: Files and folders relative to ``root``; a folder stands for all modules under it.
        root: The project's folder.

    Returns:
        One line for each file below 100 %; empty when all is well.
    """
    problems = []
    for entry in listed:
        place = root / entry
        modules = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        if not place.exists() or not modules:
            problems.append(f"{entry}: listed, but not there")
            continue
        for module in modules:
            name = module.relative_to(root).as_posix()
            problems += _shortfall(name, measured.get(name))
    return problems


def _shortfall(name: str, file: Mapping[str, object] | None) -> list[str]:
    if file is None:
        return [f"{name}: never measured"]
    lines, branches = file["missing_lines"], file["missing_branches"]
    if not lines and not branches:
        return []
    return [f"{name}: lines {lines} and branches {branches} are never taken"]


def _checks() -> list[tuple[str, Callable[[], Verdict]]]:
    python = str(PYTHON)
    tool = PYTHON.parent
    return [
        ("ruff check", lambda: _quiet([python, "-m", "ruff", "check", "--quiet", "."])),
        ("ruff format", lambda: _quiet([python, "-m", "ruff", "format", "--check", "."])),
        ("mypy", lambda: _quiet([python, "-m", "mypy", *_TYPED])),
        ("import contracts", lambda: _quiet([str(tool / "lint-imports"), "--no-logo"])),
        ("deptry", lambda: _quiet([python, "-m", "deptry", "--no-ansi", "."])),
        ("vulture", _vulture),
        ("qmllint", _qmllint),
        ("pytest", _pytest_measured),
        ("coverage gate", _coverage_gate),
    ]


def _vulture() -> Verdict:
    """Looks for dead code; a name that a QML file uses is alive."""
    used = {
        word
        for file in _QML.rglob("*.qml")
        for word in re.findall(r"[A-Za-z_]\w*", file.read_text(encoding="utf-8"))
        if not keyword.iskeyword(word)
    }
    names = SCRATCH / "names_in_qml.py"
    names.write_text("".join(f"_.{word}\n" for word in sorted(used)), encoding="utf-8")
    paths = _settings()["vulture"]["paths"]
    return _quiet([str(PYTHON), "-m", "vulture", *paths, str(names)])


def _qmllint() -> Verdict:
    files = sorted(str(path) for path in _QML.rglob("*.qml"))
    if not files:
        return Verdict(passed=True, skipped="no .qml file yet")
    return _quiet([str(PYTHON.parent / "pyside6-qmllint"), "-W", "0", "-I", str(_QML), *files])


def _pytest_measured() -> Verdict:
    shutil.rmtree(_COVERAGE, ignore_errors=True)
    _COVERAGE.mkdir(parents=True)
    print(flush=True)
    words = [str(PYTHON), "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", "-q"]
    with tempfile.TemporaryDirectory(prefix="postal-tests-", dir=_memory()) as folder:
        # PostgreSQL runs as an account of its own, and has to come through.
        Path(folder).chmod(0o711)
        environment = {**_measuring(), "POSTAL_COVERAGE": "1", "TMPDIR": folder}
        return Verdict(passed=_stream(words, environment) == 0)


def _memory() -> Path | None:
    """Where files cost no wait for a disk; None for the usual place.

    Nearly every test writes files, and waiting for the disk was half of what they took. That the
    disk is waited for where it counts is asked by those that cut the power: on disks of their own.
    """
    place = Path("/dev/shm")  # noqa: S108 - asked for its room, a folder of our own is made in it
    try:
        return place if shutil.disk_usage(place).free > MEMORY_BYTES else None
    except OSError:
        return None


def _coverage_gate() -> Verdict:
    listed = _settings()["postal"]["coverage"]["files"]
    report = _COVERAGE / "report.json"
    coverage = [str(PYTHON), "-m", "coverage"]
    for words in (["combine", "-q"], ["json", "-q", "-o", str(report)]):
        verdict = _quiet([*coverage, *words], _measuring())
        if not verdict.passed:
            return verdict
    problems = uncovered(json.loads(report.read_text(encoding="utf-8"))["files"], listed, ROOT)
    return Verdict(passed=not problems, said="\n".join(problems))


def _settings() -> dict[str, Any]:
    tables: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(tables["tool"])


def _measuring() -> dict[str, str]:
    return {"COVERAGE_FILE": str(_COVERAGE / "data")}


def _quiet(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Verdict:
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Verdict(passed=answer.returncode == 0, said=answer.stdout)


def _stream(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def _word(verdict: Verdict) -> str:
    return "passed" if verdict.passed else "FAILED"
