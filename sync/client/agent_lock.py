"""One agent per home folder: sync.db and reference.db have exactly one writer."""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path
from typing import Any

from terminal.domain.errors import EnvironmentFault

LOCK_FILE = "agent.lock"
_POLL_S = 0.05


class AgentLock:
    """Held while an agent runs; the operating system lets go of it when the process dies.

    Args:
        home: the terminal's folder.
        patience_s: how long to wait for an agent that is just ending.

    Raises:
        EnvironmentFault: ``agent.already_running``.
    """

    def __init__(self, home: Path, *, patience_s: float = 5.0) -> None:
        self._descriptor = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience_s
        while not _try_lock(self._descriptor):
            if time.monotonic() >= deadline:
                os.close(self._descriptor)
                raise EnvironmentFault("agent.already_running", hint="another agent has this home")
            time.sleep(_POLL_S)

    def release(self) -> None:
        """Let the next agent in."""
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
