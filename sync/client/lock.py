"""One agent per home folder: sync.db and reference.db have exactly one writer."""

from __future__ import annotations

from pathlib import Path

from terminal.store.process_lock import ProcessLock


def agent_lock(home: Path, *, patience_s: float = 5.0) -> ProcessLock:
    """The lock an agent holds while it runs.

    Args:
        home: the terminal's folder.
        patience_s: how long to wait for an agent that is just ending.

    Raises:
        EnvironmentFault: ``agent.already_running``.
    """
    return ProcessLock(home / "agent.lock", "agent.already_running", patience_s=patience_s)
