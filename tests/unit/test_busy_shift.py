"""The shift that screens are shown with is of the day it is shown on, whatever the hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from terminal.domain.china_time import CHINA
from tests.helpers.cash_ups import busy_shift
from tests.helpers.outlet import Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.mark.parametrize("hour", ["00:00:00", "00:04:30", "10:00:00", "23:59:58"])
def test_a_busy_shift_begins_on_the_day_it_is_shown_on(
    outlet_template: Template, tmp_path: Path, hour: str
) -> None:
    today = (datetime.now(CHINA) + timedelta(days=1)).date()
    now = datetime.fromisoformat(f"{today}T{hour}").replace(tzinfo=CHINA)
    home = outlet_template.copy_home(tmp_path / "home")
    busy_shift(home, now)
    outlet = Outlet(home)
    try:
        assert outlet.cases.context.books.day().business_date == str(today)
        last = datetime.fromisoformat(outlet.books.entries(limit=1)[0].recorded_at)
        # Every reading of the clock is a millisecond: the shift may end that much late.
        assert abs(last - now) < timedelta(minutes=3)
        assert last < now + timedelta(seconds=2)
    finally:
        outlet.close()
