"""The sync agent: a process of its own, spoken to in JSON lines.

It ends when its standard input closes, so a face that dies takes its agent along. Standard output
carries events only.

Run it under the face with `sync.client.supervisor.AgentProcess`, or alone with `run_once` and
`run_forever`.

Source: architecture.md §5.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from sync.client.deposits import DepositReport
from sync.client.lock import agent_lock
from sync.client.pace import Pace
from sync.client.runner import Emit, Runner
from sync.client.session import Session, pull
from terminal.domain.errors import OutletError
from terminal.store.keystore import Keys, KeyStore, key_store

LOG_FOLDER = "logs"
LOG_FILE = "agent.log"
_LOG_BYTES = 2_000_000
NICENESS = 10
"""How far the agent stands behind the counter for a processor, 0 to 19."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SyncReport:
    """What one run alone did.

    Args:
        uploaded: entries the platform confirmed in this run.
        pending: entries it does not have yet.
        confirmed_seq: its head.
        changed: flags of what was downloaded.
        code: dotted code of what stopped the run, empty when both sides have everything.
        recovering: whether the books lack entries that the platform holds.
        deposited: sealed records and attachments the platform signed for in this run.
        deposits_left: those it has not signed for.
    """

    uploaded: int
    pending: int
    confirmed_seq: int
    changed: tuple[str, ...]
    code: str = ""
    recovering: bool = False
    deposited: int = 0
    deposits_left: int = 0


def run_once(home: Path, keystore: KeyStore | None = None, *, machine: str = "") -> SyncReport:
    """Upload everything and pull the feeds once, in this process.

    Args:
        home: an enrolled terminal's folder, without an agent running on it.
        keystore: where the keys are; None for the sealed file.
        machine: digest of the machine; "" for this one's own.

    Returns:
        What was done.

    Raises:
        EnvironmentFault: ``agent.already_running``, ``identity.*``, ``keystore.*``, ``database.*``.
    """
    keys = (keystore or key_store(home)).load()
    lock = agent_lock(home)
    try:
        with closing(Session(home, keys, machine=machine)) as session:
            return _all_lanes(session)
    finally:
        lock.release()


def _all_lanes(session: Session) -> SyncReport:
    """Every lane once, in the order of its weight."""
    upload = session.uploader.run(probe=True)
    if not upload.code:
        session.courier.deliver_held()
    feeds = pull(session)
    # Money first: while entries are left on a broken line nothing else is tried.
    tried = not upload.code or upload.held
    deposits = session.deposits.run() if tried else DepositReport(0, 0)
    session.keep_state(upload)
    return SyncReport(
        upload.uploaded,
        upload.pending,
        upload.confirmed_seq,
        tuple(sorted(feeds.flags)),
        upload.code or feeds.code or deposits.code,
        upload.awaits_books,
        deposits.sent,
        deposits.left,
    )


def run_forever(
    home: Path,
    keystore: KeyStore | None = None,
    *,
    stop: threading.Event | None = None,
    on_event: Emit = lambda event: None,
) -> None:
    """Keep a closed counter in sync until asked to stop.

    Args:
        home: an enrolled terminal's folder, without an agent running on it.
        keystore: where the keys are; None for the sealed file.
        stop: set it to end; None runs until an interrupt.
        on_event: gets the agent's events, from several threads.

    Raises:
        EnvironmentFault: ``agent.already_running``, ``identity.*``, ``keystore.*``, ``database.*``.
    """
    keys = (keystore or key_store(home)).load()
    runner = Runner(home, keys, on_event)
    runner.start()
    try:
        (stop or threading.Event()).wait()
    finally:
        runner.stop()


def log_to(home: Path) -> None:
    """Send this process's log to the home folder; it holds codes and numbers, never personal data.

    Args:
        home: the terminal's folder.
    """
    folder = home / LOG_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / LOG_FILE, maxBytes=_LOG_BYTES, backupCount=3)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # urllib3 logs addresses with the numbers of payments in them.
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def serve(source: TextIO, sink: TextIO) -> int:
    """Speak the protocol until ``stop`` or the end of the input.

    Args:
        source: JSON lines from the face; the first is ``start``.
        sink: JSON lines to the face.

    Returns:
        Exit code: 0, or 3 when the agent could not start (an ``error`` event says why).
    """
    emit = _line_writer(sink)
    first = _read(source.readline())
    if first is None or first.get("op") != "start":
        emit({"event": "error", "code": "agent.bad_start"})
        return 3
    try:
        home = Path(str(first["home"]))
        log_to(home)
        keys = Keys(bytes.fromhex(first["db_key"]), bytes.fromhex(first["seed"]))
        runner = Runner(home, keys, emit, Pace(**first.get("pace", {})))
    except OutletError as error:
        _log.error("not started: %s", error)
        emit({"event": "error", "code": error.code})
        return 3
    runner.start()
    emit({"event": "ready"})
    _obey(source, runner)
    runner.stop()
    return 0


def _obey(source: TextIO, runner: Runner) -> None:
    for text in source:
        order = _read(text)
        if order is None:
            _log.error("a line that is not a JSON object was ignored")
        elif order.get("op") == "stop":
            return
        elif order.get("op") == "wake":
            runner.wake()
        elif order.get("op") == "call":
            runner.call(int(order["id"]), str(order["name"]), order.get("params", {}))


def _read(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _line_writer(sink: TextIO) -> Callable[[Mapping[str, Any]], None]:
    lock = threading.Lock()

    def emit(event: Mapping[str, Any]) -> None:
        line = json.dumps(event, ensure_ascii=True, separators=(",", ":")) + "\n"
        with lock:
            try:
                sink.write(line)
                sink.flush()
            except (BrokenPipeError, ValueError):
                # The face is gone; the closed input ends this process.
                _log.info("nobody reads the events any more")

    return emit


def give_way() -> None:
    """Let the counter go first: a clerk waits for the screen, nobody for the upload.

    No further than that: in the kernel's idle class a busy machine would hold back payments too.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def main() -> int:
    """Run the agent on standard input and output."""
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever a library prints must not end up between the events.
    os.dup2(2, 1)
    give_way()
    return serve(sys.stdin, sink)


if __name__ == "__main__":
    exit_code = main()
    logging.shutdown()
    # A request that still hangs must not keep the process; there is nothing left to write.
    os._exit(exit_code)
