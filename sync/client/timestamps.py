"""The agent's clock in the journal's form."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> str:
    """Return the time as ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    return utc_text(datetime.now(UTC))


def utc_text(moment: datetime) -> str:
    """Write a UTC moment as ``YYYY-MM-DDTHH:MM:SS.mmmZ``.

    Args:
        moment: aware, in UTC.
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1_000:03d}Z"
