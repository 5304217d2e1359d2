"""Time as the core needs it."""

from __future__ import annotations

from typing import Protocol

from terminal.domain.lockout import RunningTime


class Clock(Protocol):
    """Wall clock for labels, running time for what must not be tricked. Any thread."""

    def now_utc(self) -> str:
        """UTC now, ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
        ...

    def local_date(self) -> str:
        """Today in the outlet's time zone (Asia/Shanghai), ``YYYY-MM-DD``."""
        ...

    def running(self) -> RunningTime:
        """How long the machine has been up."""
        ...
