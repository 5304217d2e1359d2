"""What the line is like, measured on the calls: reachable, how fast, whose clock is off."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SAMPLES = 15


@dataclass(frozen=True)
class LineReading:
    """One look at the measurements.

    Args:
        online: whether the last attempt got a usable answer.
        rtt_ms: median of the last round trips, milliseconds; None before the first.
        clock_offset_ms: median of platform time minus ours, milliseconds; None before the first.
        last_contact_ms: our clock at the last answer, Unix milliseconds; 0 before the first.
        last_error: dotted code of the last failure, empty after an answer.
        server_epoch: the platform's life as last seen, empty before the first answer.
    """

    online: bool
    rtt_ms: int | None
    clock_offset_ms: int | None
    last_contact_ms: int
    last_error: str
    server_epoch: str


class Connectivity:
    """Collects measurements from every thread that talks to the platform. Thread-safe.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._alone_until = 0.0
        self._rtts: deque[int] = deque(maxlen=SAMPLES)
        self._offsets: deque[int] = deque(maxlen=SAMPLES)
        self._online = False
        self._last_contact_ms = 0
        self._last_error = ""
        self._server_epoch = ""

    def answered(
        self, *, sent_ms: int, rtt_ms: int, server_time_ms: int | None, server_epoch: str
    ) -> bool:
        """Record an answer.

        Args:
            sent_ms: our clock when the request left, Unix milliseconds.
            rtt_ms: round trip on the monotonic clock, milliseconds.
            server_time_ms: the platform's clock in the answer; None when it did not say.
            server_epoch: the platform's life in the answer; empty when it did not say.

        Returns:
            Whether the line has just come back.
        """
        with self._lock:
            returned = not self._online
            self._online = True
            self._rtts.append(rtt_ms)
            if server_time_ms is not None:
                # The answer was stamped about half a round trip after the request left.
                self._offsets.append(server_time_ms - (sent_ms + rtt_ms // 2))
            self._last_contact_ms = sent_ms + rtt_ms
            self._last_error = ""
            self._server_epoch = server_epoch or self._server_epoch
            return returned

    def failed(self, code: str) -> None:
        """Record an attempt without a usable answer.

        Args:
            code: dotted code of what happened.
        """
        with self._lock:
            self._online = False
            self._last_error = code

    def asked_to_leave_alone(self, seconds: int) -> None:
        """Record that the platform wants no lane to call for a while.

        Args:
            seconds: from now; 0 changes nothing.
        """
        with self._lock:
            self._alone_until = max(self._alone_until, self._clock() + seconds)

    def leave_alone_s(self) -> float:
        """How much longer the lanes leave the platform alone, seconds."""
        with self._lock:
            return max(0.0, self._alone_until - self._clock())

    def reading(self) -> LineReading:
        """Look at the measurements now."""
        with self._lock:
            return LineReading(
                self._online,
                _median(self._rtts),
                _median(self._offsets),
                self._last_contact_ms,
                self._last_error,
                self._server_epoch,
            )


def _median(values: Iterable[int]) -> int | None:
    """Rounded; None for no values."""
    # Not of ``statistics``: that brings fractions and decimals along, half a MiB for two means.
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return round((ordered[middle] + ordered[~middle]) / 2)
