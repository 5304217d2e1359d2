"""How long each total of a cash-up takes after a shift of ten thousand entries."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figures import Row
from tests.helpers.long_shift import cash_up, fill
from tests.helpers.outlet import Outlet, made_template

ENTRIES, FEW_ENTRIES = 10_000, 2_000
LONGEST_MS = 1_000


def run(*, quick: bool) -> list[Row]:
    """Cash one long shift up."""
    entries = FEW_ENTRIES if quick else ENTRIES
    with made_template() as template, tempfile.TemporaryDirectory() as folder:
        outlet = Outlet(template.copy_home(Path(folder) / "home"))
        outlet.open_day()
        fill(outlet, entries)
        took = cash_up(outlet)
        outlet.close()
    return [
        Row(
            f"cash-up: {name}",
            seconds * 1000,
            bar="within 1 s",
            passed=seconds * 1000 < LONGEST_MS,
            note=f"{entries:,} entries",
        )
        for name, seconds in took.items()
    ]
