"""The driver of cameras that read codes; the ``Scanner`` port."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from devices.scanner.camera.agreement import Agreement
from devices.transport.kept_link import Presence
from terminal.ports.printer import DeviceState
from terminal.ports.scanner import ConnectionHandler, Scan, ScanHandler

_SILENT_S: Final = 1.5
"""A camera that gives no frame for so long is gone, whatever its process says."""
_STARTING_S: Final = 20.0
"""Libraries are slow to load on a slow machine."""
_POLL_S: Final = 0.1
_ROOT: Final = Path(__file__).resolve().parents[3]


class CameraScanner:
    """Reads codes from a camera in a process of its own.

    It may be unplugged and plugged in again at any time: the thread goes on trying.

    Thread rule: see ``Scanner``.

    Args:
        source: number of a camera, a video file or a pattern of picture files.
        name: of the device, copied into every scan.
        known: whether the catalogue has a number; asked on the camera's thread.
        retry_s: pause between attempts, in seconds.
    """

    def __init__(
        self, source: str, name: str, known: Callable[[str], bool], *, retry_s: float = 1.0
    ) -> None:
        self._source = source
        self._name = name
        self._known = known
        self._retry_s = retry_s
        self._presence = Presence()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> DeviceState:
        """``ENABLED`` while frames come, ``OFFLINE`` while none do."""
        return self._presence.state

    def start(self, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        """See ``Scanner.start``."""
        if self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(
                target=self._run, args=(on_scan, on_connection), name="camera", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """See ``Scanner.stop``."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
        self._presence.state = DeviceState.CLOSED

    def _run(self, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        while not self._ended.is_set():
            with _eye(self._source) as process:
                try:
                    self._watch(process, on_scan, on_connection)
                finally:
                    process.kill()
            self._presence.turn(DeviceState.OFFLINE, on_connection)
            self._ended.wait(self._retry_s)

    def _watch(
        self,
        process: subprocess.Popen[bytes],
        on_scan: ScanHandler,
        on_connection: ConnectionHandler,
    ) -> None:
        """Follow one process until it ends, falls silent, or nobody wants it any more."""
        agreement, heard, allowed = Agreement(self._known), time.monotonic(), _STARTING_S
        output = process.stdout
        while output is not None and not self._ended.is_set():
            if not select.select([output], [], [], _POLL_S)[0]:
                if time.monotonic() - heard > allowed:
                    return
                continue
            event = _event(output.readline())
            if "codes" not in event:
                return
            heard, allowed = time.monotonic(), _SILENT_S
            self._presence.turn(DeviceState.ENABLED, on_connection)
            codes = [(code["symbology"], code["text"]) for code in event["codes"]]
            for text in agreement.look(codes, round(heard * 1000)):
                on_scan(Scan(text, self._name))


def _eye(source: str) -> subprocess.Popen[bytes]:
    """The process that looks; its standard input is our hold on it."""
    return subprocess.Popen(
        [sys.executable, "-m", "devices.scanner.camera.process", source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        cwd=_ROOT,
        env={**os.environ, "OPENCV_LOG_LEVEL": "SILENT"},  # it comes as a fault line
    )


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:  # cut off in the middle: the process has died
        return {}
    return event if isinstance(event, dict) else {}
