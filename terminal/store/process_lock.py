"""One process at a time for what has exactly one writer."""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path
from typing import Any

from terminal.domain.errors import EnvironmentFault

_POLL_S = 0.05


class ProcessLock:
    """Held until released; the operating system lets go of it when the process dies.

    Args:
        file: the lock file; made when missing, never removed.
        code: dotted code raised when another process holds it.
        patience_s: how long to wait for a process that is just ending.

    Raises:
        EnvironmentFault: ``code``.
    """

    def __init__(self, file: Path, code: str, *, patience_s: float = 5.0) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience_s
        while not _try_lock(self._descriptor):
            if time.monotonic() >= deadline:
                os.close(self._descriptor)
                raise EnvironmentFault(code, hint=f"another process holds {file.name}")
            time.sleep(_POLL_S)

    def release(self) -> None:
        """Let the next process in."""
        os.close(self._descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            msvcrt: Any = importlib.import_module("msvcrt")
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl: Any = importlib.import_module("fcntl")
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
