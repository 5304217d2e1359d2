"""Set-up steps: one progress line each, a log of what programs said, and retried downloads."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".run"
LOG = SCRATCH / "setup.log"
DOWNLOAD_ATTEMPTS = 3
_TAIL_LINES = 25


class SetupError(Exception):
    """A set-up step that cannot go on; the text tells the reader what to do about it."""


@dataclass
class Outcome:
    """What a step wants to say at the end of its progress line.

    Attributes:
        text: A few words, such as ``up to date``.
    """

    text: str = "done"


@contextmanager
def step(name: str) -> Iterator[Outcome]:
    """Shows one progress line: the name at once, the outcome and seconds when it is over.

    Args:
        name: What is being set up, in a few words.

    Yields:
        The outcome, to be filled in by the step.
    """
    print(f"{name} … ", end="", flush=True)
    started = time.monotonic()
    outcome = Outcome("failed")
    finished = Outcome()
    try:
        yield finished
        outcome = finished
    finally:
        print(f"{outcome.text} ({time.monotonic() - started:.1f} s)", flush=True)


def run_logged(
    command: Sequence[str],
    *,
    attempts: int = 1,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Runs a program with its output in the set-up log, and again when it fails.

    Args:
        command: Program and arguments.
        attempts: How often to try in all, 1 or more; downloads use ``DOWNLOAD_ATTEMPTS``.
        environment: Variables to add to those of this process.

    Raises:
        SetupError: The last attempt failed; the text ends with the last lines of its output.
    """
    LOG.parent.mkdir(exist_ok=True)
    for attempt in range(1, attempts + 1):
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n")
            log.flush()
            began = log.tell()
            result = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if result.returncode == 0:
            return
        if attempt < attempts:
            time.sleep(2 * attempt)
    with LOG.open("rb") as written:
        written.seek(began)
        said = written.read().decode("utf-8", "replace")
    tail = "\n".join(said.splitlines()[-_TAIL_LINES:])
    raise SetupError(f"{command[0]} ended with {result.returncode}; all of it is in {LOG}\n{tail}")
