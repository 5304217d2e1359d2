"""The machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from terminal.domain.china_time import CHINA
from terminal.domain.lockout import RunningTime
from terminal.domain.outlet_time import utc_text

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """Implements ``terminal.ports.clock.Clock``. Any thread."""

    def __init__(self) -> None:
        self._boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else "no-boot-id"

    def now_utc(self) -> str:
        """UTC now with milliseconds."""
        return utc_text(datetime.now(UTC))

    def local_date(self) -> str:
        """Today in the outlet."""
        return datetime.now(CHINA).strftime("%Y-%m-%d")

    def running(self) -> RunningTime:
        """Time since boot, sleep included where the system counts it."""
        counter = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return RunningTime(self._boot_id, time.clock_gettime_ns(counter) // 1_000_000)
