"""The soak of one later day: the same program on a machine whose clock is some days on.

Run as ``python -m tests.helpers.day_soak --day N --home DIR --orders N --seed S``. A new day closes
the one before it, by the use cases a counter has; nothing in the product knows of this.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from terminal.app.usecases import UseCases
from terminal.commands import soak
from terminal.commands.line import main
from terminal.domain.china_time import CHINA
from terminal.domain.lockout import RunningTime
from terminal.domain.outlet_time import utc_text
from terminal.store import system_clock


class LaterClock(system_clock.SystemClock):
    """The machine's clock some days on, and booted that morning."""

    day = 0

    def now_utc(self) -> str:
        return utc_text(datetime.now(UTC) + timedelta(days=self.day))

    def local_date(self) -> str:
        return (datetime.now(CHINA) + timedelta(days=self.day)).strftime("%Y-%m-%d")

    def running(self) -> RunningTime:
        now = super().running()
        return RunningTime(f"{now.boot_id}-{self.day}", now.up_ms)


def sign_on(cases: UseCases) -> None:
    """Close yesterday, open today."""
    view = cases.session.view()
    if view.outlet_open and view.business_date != LaterClock().local_date():
        if not view.clerk_no:
            cases.session.sign_on(soak.CLERK, soak.PIN)
        elif view.locked:
            cases.session.unlock(soak.PIN)
        cases.session.sign_off()
        cases.session.close_outlet(soak.MANAGER, soak.MANAGER_PIN, acknowledge_waiting=True)
    same_day(cases)


same_day = soak._sign_on

if __name__ == "__main__":
    words = sys.argv[1:]
    place = words.index("--day")
    LaterClock.day = int(words[place + 1])
    system_clock.SystemClock = LaterClock  # type: ignore[misc]
    soak._sign_on = sign_on
    raise SystemExit(main(["soak", *words[:place], *words[place + 2 :]]))
