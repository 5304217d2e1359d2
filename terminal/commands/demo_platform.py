"""A reference platform in a process of its own, for the demo, the soak and the guided day."""

from __future__ import annotations

import ctypes
import http.client
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from terminal.domain.errors import EnvironmentFault

_PORT_FILE = "port"


class DemoPlatform:
    """Runs ``postal-terminal platform --demo`` while the block lasts.

    Args:
        home: the platform's own folder.
        port: 0 for a free one.
    """

    def __init__(self, home: Path, port: int = 0) -> None:
        self._home = home
        self._port = port
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.admin_token = ""

    def __enter__(self) -> DemoPlatform:
        """Start and wait until it listens.

        Raises:
            EnvironmentFault: ``platform.not_started`` when it ends instead.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        port = self._port or self._port_of_last_time()
        command = [sys.executable, "-m", "terminal", "platform", "--home", str(self._home)]
        self._process = subprocess.Popen(
            [*command, "--port", str(port), "--demo"],
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=_end_with_the_parent if sys.platform == "linux" else None,
        )
        output = self._process.stdout or ()
        for line in output:
            event = _event(line)
            if event.get("event") == "listening":
                self.url, self.admin_token = event["url"], event["admin_token"]
                (self._home / _PORT_FILE).write_text(self.url.rpartition(":")[2])
                # Whatever it says later is read away, so that a full pipe never stops it.
                threading.Thread(target=lambda: [None for _ in output], daemon=True).start()
                return self
        raise EnvironmentFault("platform.not_started", {"exit": self._process.wait()})

    def _port_of_last_time(self) -> int:
        """A terminal enrolled in an earlier demo looks for the platform where it was."""
        file = self._home / _PORT_FILE
        return int(file.read_text()) if file.exists() else 0

    def dial(self, faults: dict[str, object]) -> None:
        """Turn the platform's fault dial.

        Raises:
            EnvironmentFault: ``platform.unreachable``.
        """
        line = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        headers = {"X-Admin": self.admin_token, "Content-Type": "application/json"}
        try:
            line.request("PUT", "/v1/faults", json.dumps(faults), headers)
            status = line.getresponse().status
        except OSError as error:
            raise EnvironmentFault("platform.unreachable") from error
        finally:
            line.close()
        if status >= 300:
            raise EnvironmentFault("platform.unreachable", {"status": status})

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()


def _end_with_the_parent() -> None:
    """A demo that is killed leaves no platform behind (Linux: PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _event(line: str) -> dict[str, str]:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
