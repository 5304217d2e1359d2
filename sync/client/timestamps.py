"""The agent's clock in the journal's form."""

from __future__ import annotations

from datetime import UTC, datetime

from terminal.domain.outlet_time import utc_text


def utc_now() -> str:
    """Return the time as ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    return utc_text(datetime.now(UTC))
