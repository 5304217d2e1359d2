"""The latest time an outlet can be sure of, on a machine whose clock anybody may set.

Source: docs/adr/0013-time-nobody-can-turn-back.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from terminal.domain.lockout import RunningTime

_UNSEEN: Final = RunningTime("", 0)
_LOCAL: Final = len("2026-01-31T08:30:00.000")


def utc_text(moment: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SS.mmmZ`` of an aware time: as text, these sort as the times do."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:_LOCAL]}Z"


@dataclass(frozen=True, slots=True)
class Reached:
    """A time that was reached, and since when the machine has been running on from it.

    Args:
        at: UTC with milliseconds, "" when nothing is known.
        seen: running time when that was noticed.
        word: the platform's newest signed time at that moment, "" before the first. Whatever a
            wrong clock made of the time is forgotten when the platform speaks again.
    """

    at: str = ""
    seen: RunningTime = _UNSEEN
    word: str = ""

    def by(self, now: RunningTime) -> str:
        """The least it can be now: time goes on while the machine is seen running."""
        if not self.at or now.boot_id != self.seen.boot_id or now.up_ms <= self.seen.up_ms:
            return self.at
        passed = timedelta(milliseconds=now.up_ms - self.seen.up_ms)
        return utc_text(datetime.fromisoformat(self.at) + passed)

    def and_at(self, at: str, now: RunningTime) -> Reached:
        """The same after something was recorded at a time; an earlier one changes nothing."""
        return replace(self, at=at, seen=now) if at > self.by(now) else self
