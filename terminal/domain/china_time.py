"""Time as people in the outlet read it: China has one zone, UTC+8, and no summer time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def local_time(utc_text: str) -> datetime:
    """The local time of a UTC ISO text."""
    return datetime.fromisoformat(utc_text).astimezone(CHINA)


def clock_text(utc_text: str) -> str:
    """``HH:MM:SS`` in the outlet; "" stays ""."""
    return local_time(utc_text).strftime("%H:%M:%S") if utc_text else ""
