"""Commands as an engineer runs them: as programs, with their exit codes and what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DONE, REFUSED, USAGE, ENVIRONMENT, NOT_TOLD = 0, 1, 2, 3, 5


def run_command(*words: str | Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command and wait for its end."""
    command = [sys.executable, "-m", "terminal", *map(str, words)]
    command += ["--home", str(home)] if home else []
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def json_command(*words: str | Path, home: Path, code: int = DONE) -> dict[str, Any]:
    """Run one command, expect an exit code, read its one line of JSON."""
    done = run_command(*words, "--json", home=home)
    assert done.returncode == code, done.stderr
    (line,) = done.stdout.splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer
