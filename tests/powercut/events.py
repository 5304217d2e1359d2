"""What a disk saw, in order: bytes written, flushes done, and sales acknowledged in between."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

_HEAD = struct.Struct("=cBQI")


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes at an offset; not durable before the next `Flushed` of the same file.

    ``file`` tells apart what was recorded together: 0 is the disk, or the first file.
    """

    offset: int
    data: bytes
    file: int = 0

    def apply(self, image: bytearray) -> None:
        """Do it to an image; what lies between its end and the offset becomes zero."""
        image.extend(bytes(max(0, self.offset - len(image))))
        image[self.offset : self.offset + len(self.data)] = self.data


@dataclass(frozen=True, slots=True)
class Resized:
    """A file cut or lengthened to a size; not durable before the next `Flushed` of it."""

    size: int
    file: int = 0

    def apply(self, image: bytearray) -> None:
        """Do it to an image."""
        del image[self.size :]
        image.extend(bytes(self.size - len(image)))


@dataclass(frozen=True, slots=True)
class Flushed:
    """Everything written to the file before is durable."""

    file: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A line somebody outside has read: from now on it is a promise."""

    line: str


Event: TypeAlias = Written | Resized | Flushed | Said


class EventWriter:
    """Appends events to a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, event: Event) -> None:
        """Write one down."""
        match event:
            case Written(offset, data, number):
                self._put(b"W", number, offset, data)
            case Resized(size, number):
                self._put(b"R", number, size, b"")
            case Flushed(number):
                self._put(b"F", number, 0, b"")
            case Said(line):
                self._put(b"S", 0, 0, line.encode())

    def _put(self, kind: bytes, number: int, offset: int, data: bytes) -> None:
        self._file.write(_HEAD.pack(kind, number, offset, len(data)) + data)


def read_events(path: Path, start: int = 0, end: int | None = None) -> Iterator[Event]:
    """The events of a log, oldest first.

    Args:
        path: the log.
        start: position in it to begin at, of one event.
        end: position to stop at, behind one event; None for all of it.
    """
    with path.open("rb") as file:
        file.seek(start)
        while (end is None or file.tell() < end) and (head := file.read(_HEAD.size)):
            kind, number, offset, length = _HEAD.unpack(head)
            data = file.read(length)
            match kind:
                case b"W":
                    yield Written(offset, data, number)
                case b"R":
                    yield Resized(offset, number)
                case b"F":
                    yield Flushed(number)
                case _:
                    yield Said(data.decode())
