"""The loop that finds frames in a stream of bytes, and the sums that guard them.

Every parser gives the same events for the same bytes, whatever the pieces they arrive in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import Final, Generic, TypeVar

E = TypeVar("E")

WAIT: Final = 0
"""The length cannot be known from these bytes yet."""

_LONGEST_BURST: Final = 300
"""Longer than any frame of any of these protocols: what goes on so long is noise."""


class FrameParser(ABC, Generic[E]):
    """Splits bytes into frames; what is no sound frame is dropped byte by byte.

    Attributes:
        rejected: frames dropped so far: wrong sum, impossible content, cut short.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[E]:
        """Take bytes as they arrived, give back the events they completed."""
        self._pending += data
        events: list[E] = []
        while self._pending:
            length = self._length(self._pending)
            if length == WAIT or (length is not None and length > len(self._pending)):
                break
            event = self._take(length)
            if event is not None:
                events.append(event)
        return events

    def idle(self) -> list[E]:
        """Nothing has come for a while: what looked like a beginning was none.

        Returns:
            Events of whole frames that were hidden behind that false beginning.
        """
        events: list[E] = []
        if self._pending:
            self.rejected += 1
        while self._pending:
            del self._pending[0]
            events += self.feed(b"")
        return events

    def _take(self, length: int | None) -> E | None:
        if length is None:
            del self._pending[0]
            return None
        frame = bytes(self._pending[:length])
        event = self._read(frame) if self._is_sound(frame) else None
        if event is None:
            self.rejected += 1
            del self._pending[0]
        else:
            del self._pending[:length]
        return event

    @abstractmethod
    def _length(self, pending: bytearray) -> int | None:
        """Length of the frame at the front, ``WAIT``, or None when no frame begins there."""

    @abstractmethod
    def _is_sound(self, frame: bytes) -> bool:
        """Whether the frame's own check holds; True for protocols without one."""

    @abstractmethod
    def _read(self, frame: bytes) -> E | None:
        """The event of a sound frame, or None when its content is impossible."""


class BurstParser(ABC, Generic[E]):
    """Frames told apart by silence alone, for protocols whose frames have no beginning.

    Every burst between two pauses must be one frame; ``idle`` is the pause.

    Attributes:
        rejected: bursts dropped so far.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[E]:
        """Take bytes as they arrived; nothing is certain before the pause."""
        self._pending += data
        del self._pending[_LONGEST_BURST:]
        return []

    def idle(self) -> list[E]:
        """The line is quiet: give back the event of what came before, if it was a frame."""
        burst = bytes(self._pending)
        self._pending.clear()
        event = self._read(burst) if burst else None
        if burst and event is None:
            self.rejected += 1
        return [] if event is None else [event]

    @abstractmethod
    def _read(self, burst: bytes) -> E | None:
        """The event of one burst, or None when it is no sound frame."""


def starts_like(pending: bytearray, start: bytes) -> bool:
    """Whether the bytes so far agree with the start of a frame."""
    return start.startswith(bytes(pending[: len(start)]))


def xor_of(data: Iterable[int]) -> int:
    """All bytes combined by exclusive or."""
    return reduce(xor, data, 0)


def crc16_kermit(data: bytes) -> int:
    """CRC-16/KERMIT: polynomial 1021 reflected, start 0."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _KERMIT[(crc ^ byte) & 0xFF]
    return crc


def crc16_ssp(data: bytes) -> int:
    """CRC-16 of SSP: polynomial 8005, most significant bit first, start FFFF."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _SSP[crc >> 8 ^ byte]
    return crc


def _kermit_row(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x8408 if byte & 1 else 0)
    return byte


def _ssp_row(byte: int) -> int:
    row = byte << 8
    for _ in range(8):
        row = (row << 1 ^ (0x8005 if row & 0x8000 else 0)) & 0xFFFF
    return row


_KERMIT: Final = tuple(map(_kermit_row, range(256)))
_SSP: Final = tuple(map(_ssp_row, range(256)))
