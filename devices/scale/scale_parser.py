"""What all parsers of scales share: they stamp what they read."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from devices.transport.frames import FrameParser
from terminal.ports.scale import Weight


def monotonic_ms() -> int:
    """Milliseconds of the clock that ``Weight.at_ms`` is counted in."""
    return time.monotonic_ns() // 1_000_000


class ScaleParser(FrameParser[Weight]):
    """Splits a stream into weights.

    Args:
        now_ms: the clock, in milliseconds.
    """

    def __init__(self, now_ms: Callable[[], int] = monotonic_ms) -> None:
        super().__init__()
        self._now_ms = now_ms

    def _read(self, frame: bytes) -> Weight | None:
        weight = self._weigh(frame)
        return None if weight is None else replace(weight, at_ms=self._now_ms())

    @abstractmethod
    def _weigh(self, frame: bytes) -> Weight | None:
        """The weight of a sound frame, not stamped yet; None when its content is impossible."""


class ScaleLineParser(ScaleParser):
    """Scales that say one line of text at a time, without a sum."""

    _END = b"\r\n"
    _LONGEST = 64

    def _length(self, pending: bytearray) -> int | None:
        end = pending.find(self._END)
        if end >= 0:
            return end + len(self._END)
        return None if len(pending) > self._LONGEST else 0

    def _is_sound(self, frame: bytes) -> bool:
        return frame.isascii()
