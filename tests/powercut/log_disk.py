"""A disk that remembers every write and flush; a process of its own.

``python -m tests.powercut.log_disk IMAGE MOUNT_POINT LOG VOICE``: serves IMAGE's bytes (kept in
memory, the file is not changed) as the file MOUNT_POINT, logs to LOG, and reads lines that a
program says from descriptor VOICE. It prints ``ready`` and ends when it is unmounted.

What was said is looked at before each write or flush is logged, so a line stands in the log before
everything that reached the disk after it was said. No line can look as if it had been said earlier
than it was: a cut between two events is one that could really have happened.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.powercut.events import EventWriter
from tests.powercut.fuse import serve


class LogDisk:
    """Implements ``tests.powercut.fuse.Store`` over an image in memory."""

    def __init__(self, image: bytes, log: EventWriter, voice: int) -> None:
        self._bytes = bytearray(image)
        self._log = log
        self._voice = voice
        self._heard = b""

    def size(self) -> int:
        return len(self._bytes)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._bytes[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        self.listen()
        self._log.written(offset, data)
        self._bytes[offset : offset + len(data)] = data

    def flush(self) -> None:
        self.listen()
        self._log.flushed()

    def listen(self) -> None:
        """Log the lines that were said until now."""
        while True:
            try:
                piece = os.read(self._voice, 1 << 16)
            except BlockingIOError:
                return
            if not piece:
                return
            *lines, self._heard = (self._heard + piece).split(b"\n")
            for line in lines:
                self._log.said(line.decode())


def main(image: str, mount_point: str, log: str, voice: str) -> None:
    """Serve until unmounted."""
    os.set_blocking(int(voice), False)
    with Path(log).open("wb") as file:
        disk = LogDisk(Path(image).read_bytes(), EventWriter(file), int(voice))
        serve(disk, Path(mount_point), lambda: print("ready", flush=True))
        disk.listen()


if __name__ == "__main__":
    main(*sys.argv[1:])
