"""Locking a clerk out after wrong secrets, by time that no clock change can move.

The remaining time runs down only while the machine is seen running (boot id and boot-time counter);
setting the wall
clock, or rebooting, never shortens it. Source: reliability.md §5 "Offline sign-in".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FREE_TRIES = 5
FIRST_LOCK_MS = 15 * 60 * 1000
ONLINE_ONLY_AFTER = 20


@dataclass(frozen=True, slots=True)
class RunningTime:
    """How long the machine has been up; ``boot_id`` changes with every boot, ``up_ms`` grows."""

    boot_id: str
    up_ms: int


@dataclass(frozen=True, slots=True)
class Lockout:
    """Failed tries of one clerk.

    Args:
        fails: wrong secrets since the last right one.
        remaining_ms: lock time left when last looked at.
        seen: running time at that look.
    """

    fails: int = 0
    remaining_ms: int = 0
    seen: RunningTime = RunningTime("", 0)

    def at(self, now: RunningTime) -> Lockout:
        """The same lockout, with the time that passed on the running machine taken off."""
        if now.boot_id != self.seen.boot_id:
            return replace(self, seen=now)
        passed = max(0, now.up_ms - self.seen.up_ms)
        return replace(self, remaining_ms=max(0, self.remaining_ms - passed), seen=now)

    def after_wrong_secret(self, now: RunningTime) -> Lockout:
        """One more wrong secret: from the fifth on, 15 minutes, doubling with each further five."""
        fails = self.fails + 1
        locked = FIRST_LOCK_MS * 2 ** (fails // FREE_TRIES - 1) if fails % FREE_TRIES == 0 else 0
        return Lockout(fails, locked, now)

    @property
    def seconds_left(self) -> int:
        """Whole seconds until the next try, rounded up; 0 when a try is allowed."""
        return -(-self.remaining_ms // 1000)

    @property
    def tries_left(self) -> int:
        """Tries before the next lock."""
        return FREE_TRIES - self.fails % FREE_TRIES
