"""What a disk saw, in order: bytes written, flushes done, and sales acknowledged in between."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

_HEAD = struct.Struct("=cQI")


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes at an offset of the disk; not durable before the next `Flushed`."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Flushed:
    """Everything written before is durable."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line somebody outside has read: from now on it is a promise."""

    line: str


Event: TypeAlias = Written | Flushed | Said


class EventWriter:
    """Appends events to a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def written(self, offset: int, data: bytes) -> None:
        """See `Written`."""
        self._put(b"W", offset, data)

    def flushed(self) -> None:
        """See `Flushed`."""
        self._put(b"F", 0, b"")

    def said(self, line: str) -> None:
        """See `Said`."""
        self._put(b"S", 0, line.encode())

    def _put(self, kind: bytes, offset: int, data: bytes) -> None:
        self._file.write(_HEAD.pack(kind, offset, len(data)) + data)


def read_events(path: Path) -> Iterator[Event]:
    """The events of a finished log, oldest first."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            kind, offset, length = _HEAD.unpack(head)
            data = file.read(length)
            match kind:
                case b"W":
                    yield Written(offset, data)
                case b"F":
                    yield Flushed()
                case _:
                    yield Said(data.decode())
