"""The virtual environment: locked packages, checked by hash, and the product's own launcher."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from installer.setup.steps import (
    DOWNLOAD_ATTEMPTS,
    ROOT,
    SCRATCH,
    Outcome,
    SetupError,
    run_logged,
    step,
)

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LAUNCHER = VENV / "bin" / "postal-terminal"
LOCKS = ROOT / "installer" / "requirements"
RUNTIME = ("runtime.txt", "camera.txt")
DEVELOPMENT = (*RUNTIME, "dev.txt")
_STAMP = VENV / "postal-terminal.json"

# Written here instead of by `pip install -e`: it needs no build tool in the environment a terminal
# runs from, and setuptools' editable finders are imported again at every start of every process.
# A plain path line costs one directory entry on sys.path.
_LAUNCHER_TEXT = """\
#!{python}
import sys

from terminal.__main__ import main

sys.exit(main())
"""


def ensure_environment(locks: Sequence[str]) -> None:
    """Makes ``.venv`` hold exactly what the lock files name, and the launcher.

    Nothing is started when the stamp of the last set-up still fits, so a second start is instant.

    Args:
        locks: Names of lock files under installer/requirements.

    Raises:
        SetupError: The environment could not be made or a package could not be fetched.
    """
    with _only_one_at_a_time(), step("Python packages") as outcome:
        held = _read_stamp()
        # The stamp answers at once; without one the environment itself is asked.
        if not (_is_usable(held) if held else _works(PYTHON)):
            held = {}
            _make_environment()
        wanted = {lock: _digest(LOCKS / lock) for lock in locks}
        if all(held.get(lock) == digest for lock, digest in wanted.items()):
            outcome.text = "up to date"
        else:
            _install(locks, outcome)
        _write_launcher()
        _write_stamp({**held, **wanted})


def check_qt_loads(missing: Sequence[str]) -> None:
    """Finds out whether Qt starts although system packages are missing.

    Args:
        missing: The packages that could not be installed, for the message.

    Raises:
        SetupError: Qt cannot be loaded.
    """
    with step("Qt without them") as outcome:
        probe = "import PySide6.QtGui, PySide6.QtQml, PySide6.QtQuick"
        answer = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            last = answer.stderr.strip().rpartition("\n")[2]
            raise SetupError(f"Qt does not load: {last}\nmissing: {' '.join(missing)}")
        outcome.text = "loads"


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Two set-ups at once would overwrite each other's packages: the second waits."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(locks: Sequence[str], outcome: Outcome) -> None:
    files = [word for lock in locks for word in ("-r", str(LOCKS / lock))]
    # --no-deps: the lock is complete, so pip need not resolve anything.
    words = ["install", "--require-hashes", "--no-deps", "--no-input", *files]
    run_logged(
        [str(PYTHON), "-m", "pip", *words],
        attempts=DOWNLOAD_ATTEMPTS,
        environment={"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    # Qt's binding would compile its support modules anew at every start.
    run_logged([str(PYTHON), "-m", "ui.qt_support"])
    outcome.text = f"installed from {' and '.join(locks)}"


def _make_environment() -> None:
    # Not sys.executable: that may be the very environment being replaced.
    run_logged([_base_python(), "-m", "venv", "--clear", str(VENV)])


def _base_python() -> str:
    named = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    return str(named) if named.exists() else sys.executable


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    ask = (
        "import pip, sys; print(sys.version_info[:2] == " + repr(tuple(sys.version_info[:2])) + ")"
    )
    answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == "True"


def _is_usable(held: dict[str, str]) -> bool:
    """Scripts in the environment name its place and its Python: both must still be true."""
    return (
        PYTHON.exists()
        and held.get("place") == str(ROOT)
        and held.get("python") == platform.python_version()
    )


def _read_stamp() -> dict[str, str]:
    if not _STAMP.exists():
        return {}
    try:
        held = json.loads(_STAMP.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return {}
    return held if isinstance(held, dict) else {}


def _write_stamp(digests: dict[str, str]) -> None:
    stamp = {**digests, "place": str(ROOT), "python": platform.python_version()}
    if _read_stamp() != stamp:
        _replace(_STAMP, json.dumps(stamp, indent=1))


def _write_launcher() -> None:
    text = _LAUNCHER_TEXT.format(python=PYTHON)
    if not LAUNCHER.exists() or LAUNCHER.read_text(encoding="utf-8") != text:
        _replace(LAUNCHER, text)
        LAUNCHER.chmod(0o755)
    packages = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    path_line = packages / "postal-terminal.pth"
    if not path_line.exists() or path_line.read_text(encoding="utf-8") != f"{ROOT}\n":
        _replace(path_line, f"{ROOT}\n")


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
