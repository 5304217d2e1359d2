"""How long to wait before trying again: exponential, full jitter, capped.

Full jitter spreads a fleet that lost its platform at one moment over the whole interval, so its
return is no stampede.

Source: architecture.md §4 "Connectivity".
"""

from __future__ import annotations

import random
from collections.abc import Callable


class BackOff:
    """Delays that grow with each failure in a row.

    Args:
        base_s: upper bound of the first delay, seconds, above 0.
        cap_s: upper bound of every delay, seconds.
        draw: source of numbers in [0, 1).
    """

    def __init__(
        self, *, base_s: float, cap_s: float, draw: Callable[[], float] = random.random
    ) -> None:
        self._base_s = base_s
        self._cap_s = cap_s
        self._draw = draw
        self._failures = 0

    @property
    def failures(self) -> int:
        """Failures in a row."""
        return self._failures

    def next_delay_s(self) -> float:
        """Count one failure.

        Returns:
            Seconds to wait, from 0 to the smaller of the cap and base × 2^failures before.
        """
        # Beyond 2^32 every cap is reached; the bound keeps a month offline from overflowing a
        # float.
        bound = min(self._cap_s, self._base_s * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return bound * self._draw()

    def reset(self) -> None:
        """Forget the failures after a success."""
        self._failures = 0
