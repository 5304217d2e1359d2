"""A disk that remembers every write and flush; a process of its own.

``python -m tests.powercut.log_disk LOG VOICE IMAGE MOUNT_POINT …``: serves each IMAGE's bytes (kept
in memory, the file is not changed) as the file MOUNT_POINT, logs to LOG, and reads lines that a
program says from descriptor VOICE. It prints ``ready`` and ends when all are unmounted.

What was said is looked at before each write or flush is logged, so a line stands in the log before
everything that reached the disk after it was said. No line can look as if it had been said earlier
than it was: a cut between two events is one that could really have happened.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.powercut.events import EventWriter, Flushed, Resized, Said, Written
from tests.powercut.fuse import serve


class Voice:
    """The lines that a program says, put into the log as they are heard.

    Args:
        descriptor: where they come from.
        log: where they go.
    """

    def __init__(self, descriptor: int, log: EventWriter) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._log = log
        self._heard = b""

    def listen(self) -> None:
        """Log what was said until now."""
        while True:
            try:
                piece = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return
            if not piece:
                return
            *lines, self._heard = (self._heard + piece).split(b"\n")
            for line in lines:
                self._log.add(Said(line.decode()))


class LogDisk:
    """Implements ``tests.powercut.fuse.Store`` over an image in memory."""

    def __init__(self, number: int, image: bytes, log: EventWriter, voice: Voice) -> None:
        self._number = number
        self._bytes = bytearray(image)
        self._log = log
        self._voice = voice

    def size(self) -> int:
        return len(self._bytes)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._bytes[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        self._keep(Written(offset, data, self._number))

    def resize(self, size: int) -> None:
        self._keep(Resized(size, self._number))

    def flush(self) -> None:
        self._voice.listen()
        self._log.add(Flushed(self._number))

    def _keep(self, change: Written | Resized) -> None:
        self._voice.listen()
        self._log.add(change)
        change.apply(self._bytes)


def main(log: str, voice: str, *places: str) -> None:
    """Serve until unmounted."""
    # Unbuffered: whoever was told that something is written finds it in the log.
    with Path(log).open("wb", buffering=0) as file:
        writer = EventWriter(file)
        hearing = Voice(int(voice), writer)
        files = [
            (LogDisk(number, Path(image).read_bytes(), writer, hearing), Path(mount_point))
            for number, (image, mount_point) in enumerate(_pairs(places))
        ]
        serve(files, lambda: print("ready", flush=True))
        hearing.listen()


def _pairs(places: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(places[::2], places[1::2], strict=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
