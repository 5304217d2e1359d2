"""The face's side of the sync agent: starts the process, hands over keys, carries calls.

Only the standard library is imported here: the face's start must not pay for HTTP or cryptography.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

Event = Mapping[str, Any]
OnReply = Callable[[Event], None]
_STEADY_S = 30.0


class AgentKeys(Protocol):
    """What the agent needs to be handed over."""

    @property
    def db_key(self) -> bytes:
        """32 bytes."""

    @property
    def seed(self) -> bytes:
        """32 bytes."""


class AgentProcess:
    """Keeps one agent running.

    Thread rule: every method from any thread. ``on_event`` and ``on_reply`` are called on the
    reader's thread; they must return quickly.

    Args:
        home: an enrolled terminal's folder.
        keys: its secrets, handed over the pipe.
        on_event: gets ``ready``, ``status``, ``changed``, ``error`` and ``ended`` events as
            dictionaries.
        pace: overrides of `sync.client.pace.Pace`, for tests.
        restart_cap_s: longest wait before an agent that died is started again, seconds.
    """

    def __init__(
        self,
        home: Path,
        keys: AgentKeys,
        on_event: Callable[[Event], None],
        *,
        pace: Mapping[str, float] | None = None,
        restart_cap_s: float = 30.0,
    ) -> None:
        self._start_line = {
            "op": "start",
            "home": str(home),
            "db_key": keys.db_key.hex(),
            "seed": keys.seed.hex(),
            "pace": dict(pace or {}),
        }
        self._on_event = on_event
        self._restart_cap_s = restart_cap_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._open_calls: dict[int, OnReply] = {}
        self._last_call = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="agent", daemon=True)

    @property
    def pid(self) -> int | None:
        """Process id of the running agent, None between two lives."""
        with self._lock:
            return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the agent and keep it running."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the agent that the journal has grown; a stopped one looks when it starts."""
        self._write({"op": "wake"})

    def call(self, name: str, params: Mapping[str, Any], on_reply: OnReply) -> int:
        """Make one online call.

        Args:
            name: ``payment.charge``, ``payment.query``, ``payment.reverse`` or ``ranges.lease``.
            params: see `sync.client.session.Session.call`.
            on_reply: gets ``{"id", "outcome", "result", "code"}`` exactly once: ``refused`` with
                ``agent.not_running`` when the call certainly never left, ``unknown`` with
                ``agent.died`` when the agent ended with the call open.

        Returns:
            The id of the call.
        """
        with self._lock:
            self._last_call += 1
            number = self._last_call
            self._open_calls[number] = on_reply
        handed_over = self._write({"op": "call", "id": number, "name": name, "params": params})
        if handed_over is False:
            self._reply(
                {"id": number, "outcome": "refused", "result": {}, "code": "agent.not_running"}
            )
        return number

    def stop(self, timeout_s: float = 8.0) -> None:
        """End the agent; open calls are reported as unknown.

        Args:
            timeout_s: seconds it may take before it is killed.
        """
        self._stopping.set()
        self._write({"op": "stop"})
        with self._lock:
            process = self._process
        if process is not None:
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _supervise(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = self._live_once()
            self._fail_open_calls()
            if self._stopping.is_set():
                break
            self._on_event({"event": "ended", "exit_code": code})
            failures = 0 if time.monotonic() - started > _STEADY_S else failures + 1
            bound_s = min(self._restart_cap_s, 0.25 * 2.0 ** min(failures, 16))
            self._stopping.wait(random.random() * bound_s)

    def _live_once(self) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "sync.client.agent"],
            env=os.environ | {"PYTHONPATH": _python_path()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            bufsize=1,
        )
        with process:
            with self._lock:
                self._process = process
            if self._stopping.is_set():
                process.kill()
            self._write(self._start_line)
            for line in process.stdout or ():
                self._take(line)
            with self._lock:
                self._process = None
        return process.returncode

    def _take(self, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            # A line cut by the process's death; its open calls are reported when it is gone.
            return
        if event.get("event") == "reply":
            self._reply(event)
        else:
            self._on_event(event)

    def _reply(self, event: Event) -> None:
        with self._lock:
            on_reply = self._open_calls.pop(int(event["id"]), None)
        if on_reply is not None:
            on_reply(event)

    def _fail_open_calls(self) -> None:
        with self._lock:
            numbers = list(self._open_calls)
        for number in numbers:
            self._reply({"id": number, "outcome": "unknown", "result": {}, "code": "agent.died"})

    def _write(self, order: Mapping[str, Any]) -> bool | None:
        """Hand a line over: True when written, False when certainly not, None when unclear."""
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                return False
            try:
                process.stdin.write(json.dumps(order, separators=(",", ":")) + "\n")
                process.stdin.flush()
            except (OSError, ValueError):
                return None
        return True


def _python_path() -> str:
    """The agent finds the packages where the face found them, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
