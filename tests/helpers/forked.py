"""Programs of ours that start in milliseconds, for harnesses that start one thousands of times.

Nine tenths of a start are imports. They are done once, by a server that holds nothing but modules
and forks each program. What is forked is a process like any other, with its own number, files and
sockets, and SIGKILL ends it.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

_PROGRAMS = multiprocessing.get_context("forkserver")
_PROGRAMS.set_forkserver_preload(["tests.helpers.forked_modules"])
Program = Callable[[Any], object]


class Forked:
    """A running program, with what ``subprocess.Popen`` offers of it.

    Args:
        program: importable by its name; given ``words``.
        words: what it shall do.
        out: file for its output, with its errors beside it; None for the pipe ``stdout``.
    """

    def __init__(self, program: Program, words: object, out: Path | None = None) -> None:
        self.stdout: IO[bytes] | None = None
        if out is not None:
            self._start(program, words, str(out))
            return
        ours, theirs = _PROGRAMS.Pipe(duplex=False)
        with ours, theirs:
            self._start(program, words, theirs)
            self.stdout = os.fdopen(os.dup(ours.fileno()), "rb")

    def _start(self, *arguments: Any) -> None:
        self._process = _PROGRAMS.Process(target=_become, args=arguments)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return self._process.exitcode


def _become(program: Program, words: object, out: str | Connection) -> None:
    if isinstance(out, str):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        put(os.open(out, flags, 0o600), 1)
        put(os.open(Path(out).with_suffix(".err"), flags, 0o600), 2)
    else:
        put(os.dup(out.fileno()), 1)
        out.close()
    sys.exit(program(words))  # type: ignore[arg-type]


def put(file: int, place: int) -> None:
    """Let ``place`` be that file, and nothing else."""
    os.dup2(file, place)
    os.close(file)
