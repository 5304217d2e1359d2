"""A new program opens a copy of the folder before it may have the real one.

Whatever it brings up to date is brought up to date in the copy; then the program in use must still
read that copy whole. Where it cannot, there would be no way back, and the new program is not used.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from terminal.domain.errors import EnvironmentFault

PATIENCE_S = 600
"""How long one step may take: a month's books on a slow machine."""
_LEFT_OUT = shutil.ignore_patterns("logs", "exports", "mirror*", "*.lock", "attachments")


def rehearse(program: Path, home: Path) -> dict[str, Any]:
    """Let a program open a copy of a home, and see what the program in use makes of it.

    Args:
        program: folder of the new one.
        home: folder whose counter is closed; only read.

    Returns:
        ``head_seq`` and ``head_hash``, the same before and after; empty for a folder that holds no
        terminal.

    Raises:
        EnvironmentFault: ``update.rehearsal_failed``, ``update.no_way_back``, ``update.no_room``.
    """
    from terminal.store.identity import IDENTITY_FILE

    if not (home / IDENTITY_FILE).exists():
        _run(program, "update", "status", "--json", code="update.rehearsal_failed")
        return {}
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".rehearsal-") as folder:
        copy = Path(folder) / "home"
        try:
            shutil.copytree(home, copy, symlinks=True, ignore=_LEFT_OUT)
        except (OSError, shutil.Error) as error:
            raise EnvironmentFault("update.no_room", hint=str(error)) from error
        ours = Path(__file__).resolve().parents[2]
        words = ("journal", "verify", "--json", "--home", str(copy))
        before = _run(ours.parent, *words, app=ours, code="update.books_first")
        opened = ("update", "rehearse", "--json", "--home", str(copy))
        _run(program, *opened, code="update.rehearsal_failed")
        seen = _run(program, *words, code="update.rehearsal_failed")
        after = _run(ours.parent, *words, app=ours, code="update.no_way_back")
    heads = [(said["head_seq"], said["head_hash"]) for said in (before, seen, after)]
    if len(set(heads)) != 1:
        raise EnvironmentFault("update.rehearsal_failed", retry=False, hint=f"heads {heads}")
    return {"head_seq": before["head_seq"], "head_hash": before["head_hash"]}


def _run(program: Path, *words: str, code: str, app: Path | None = None) -> dict[str, Any]:
    """What a command of a program says, in a process of its own."""
    app = app or program / "app"
    paths = [str(app), str(program / "packages"), os.environ.get("PYTHONPATH", "")]
    answer = _answer(app, words, os.pathsep.join(path for path in paths if path), code)
    try:
        said: dict[str, Any] = json.loads(answer.stdout)
    except ValueError:
        said = {}
    if answer.returncode or not said:
        hint = (answer.stderr or answer.stdout).strip()[-500:]
        raise EnvironmentFault(code, {"reason": _reason(said)}, retry=False, hint=hint)
    return said


def _answer(
    app: Path, words: Sequence[str], paths: str, code: str
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [sys.executable, "-B", "-m", "terminal", *words],
            cwd=app,
            env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(code, {"reason": "timeout"}, retry=False) from error


def _reason(said: dict[str, Any]) -> str:
    return str(said.get("code") or said.get("reason") or "")
