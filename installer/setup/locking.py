"""Pins every package with its hashes, for all platforms at once."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from installer.setup.environment import LOCKS, PYTHON
from installer.setup.steps import DOWNLOAD_ATTEMPTS, run_logged, step


def lock_requirements(*, upgrade: bool) -> None:
    """Writes runtime.txt, camera.txt and dev.txt from the .in files beside them.

    Args:
        upgrade: Take the newest allowed versions; otherwise keep each pin that still fits.

    Raises:
        SetupError: A package could not be found or no set of versions fits.
    """
    with tempfile.TemporaryDirectory(prefix="postal-lock-") as scratch:
        with step("the locking tool"):
            run_logged([str(PYTHON), "-m", "venv", scratch])
            pip = [str(Path(scratch) / "bin" / "python"), "-m", "pip"]
            run_logged([*pip, "install", "--no-input", "uv"], attempts=DOWNLOAD_ATTEMPTS)
        for name in ("runtime", "camera", "dev"):
            with step(f"{name}.txt") as outcome:
                words = [str(Path(scratch) / "bin" / "uv"), "pip", "compile", "--universal"]
                words += ["--python-version", "3.11", "--generate-hashes", "--no-config"]
                words += ["--custom-compile-command", "python3 dev.py lock"]
                words += ["--upgrade"] if upgrade else []
                relative = LOCKS.relative_to(LOCKS.parents[1])
                words += [f"{relative}/{name}.in", "-o", f"{relative}/{name}.txt"]
                run_logged(words, attempts=DOWNLOAD_ATTEMPTS, environment=_same_sources_as_pip())
                text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
                outcome.text = f"{text.count('==')} packages"


def _same_sources_as_pip() -> dict[str, str]:
    """The locking tool does not read pip's settings: hand it the index and certificates of pip."""
    said = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    settings = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    named = {key.rpartition(".")[2]: value.strip("'") for key, value in settings.items()}
    found = {"UV_DEFAULT_INDEX": named.get("index-url"), "SSL_CERT_FILE": named.get("cert")}
    return {key: value for key, value in found.items() if value and key not in os.environ}
