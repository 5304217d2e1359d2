"""A circuit breaker per operation: what keeps failing rests and keeps no clerk waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after failures in a row, lets one probe pass after a rest, closes when it succeeds.

    Thread-safe.

    Args:
        threshold: failures in a row that open it, from 1.
        rest_s: seconds it stays open before a probe may pass.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        threshold: int = 5,
        rest_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threshold = threshold
        self._rest_s = rest_s
        self._clock = clock
        self._failures = 0
        self._probe_from = 0.0
        self._lock = threading.Lock()

    def allow(self) -> bool:
        """Ask whether a call may be made now; a probe keeps others out until it ends."""
        with self._lock:
            if self._failures < self._threshold:
                return True
            now = self._clock()
            if now < self._probe_from:
                return False
            self._probe_from = now + self._rest_s
            return True

    def succeeded(self) -> None:
        """Report that the platform answered, whatever it said."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Report that no usable answer came."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._threshold:
                self._probe_from = self._clock() + self._rest_s
