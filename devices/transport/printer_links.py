"""Links to printers that are no port: the kernel's printer file, and the system's spooler."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time

from terminal.domain.errors import EnvironmentFault

_SPOOLER_S = 10.0
_READ_SIZE = 4096


class FileLink:
    """A device file that takes bytes and may answer, such as ``/dev/usb/lp0``.

    Args:
        path: the file.
        device: first part of the error codes.
        write_timeout_s: time limit for one write, in seconds.
    """

    def __init__(
        self, path: str, *, device: str = "printer", write_timeout_s: float = 10.0
    ) -> None:
        self._path = path
        self._device = device
        self._write_timeout_s = write_timeout_s
        self._file = -1

    def open(self) -> None:
        """See ``Link.open``."""
        if self._file >= 0:
            return
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            raise EnvironmentFault(f"{self._device}.unreachable", hint=str(error)) from error

    def close(self) -> None:
        """See ``Link.close``."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def write(self, data: bytes) -> None:
        """See ``Link.write``."""
        file, left = self._opened(), memoryview(data)
        deadline = time.monotonic() + self._write_timeout_s
        while left:
            try:
                _, ready, _ = select.select([], [file], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise EnvironmentFault(f"{self._device}.silent", hint="write timed out")
                left = left[os.write(file, left) :]
            except BlockingIOError:
                continue  # somebody else was quicker; the deadline holds all the same
            except OSError as error:
                raise self._lost(str(error)) from error

    def read(self, timeout_s: float) -> bytes:
        """See ``Link.read``."""
        file = self._opened()
        try:
            ready, _, _ = select.select([file], [], [], timeout_s)
            if not ready:
                return b""
            data = os.read(file, _READ_SIZE)
        except OSError as error:
            raise self._lost(str(error)) from error
        if not data:
            # A printer with nothing to say ends the file at once; do not ask it again at once.
            time.sleep(min(timeout_s, 0.05))
        return data

    def _opened(self) -> int:
        if self._file < 0:
            raise self._lost("not open")
        return self._file

    def _lost(self, hint: str) -> EnvironmentFault:
        return EnvironmentFault(f"{self._device}.connection_lost", hint=hint)


class SpoolLink:
    """A queue of the system's spooler, fed with raw bytes; it never tells what became of them.

    Args:
        queue: name of the queue.
        device: first part of the error codes.
    """

    def __init__(self, queue: str, *, device: str = "printer") -> None:
        self._queue = queue
        self._device = device

    def open(self) -> None:
        """See ``Link.open``."""
        if shutil.which("lp") is None:
            raise EnvironmentFault(f"{self._device}.unreachable", hint="there is no spooler here")
        self._run(["lpstat", "-p", self._queue], b"", "unreachable")

    def close(self) -> None:
        """See ``Link.close``."""

    def write(self, data: bytes) -> None:
        """See ``Link.write``; every write is one job of the queue."""
        self._run(["lp", "-s", "-d", self._queue, "-o", "raw"], data, "connection_lost")

    def read(self, timeout_s: float) -> bytes:
        """See ``Link.read``; a queue says nothing."""
        time.sleep(timeout_s)
        return b""

    def _run(self, words: list[str], data: bytes, fault: str) -> None:
        try:
            done = subprocess.run(
                words, input=data, capture_output=True, timeout=_SPOOLER_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnvironmentFault(f"{self._device}.{fault}", hint=str(error)) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise EnvironmentFault(f"{self._device}.{fault}", hint=said)
