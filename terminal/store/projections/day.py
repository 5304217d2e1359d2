"""The business day and who is on duty."""

from __future__ import annotations

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections.group import Group


def _set_day(connection: Connection, entry: Entry, suffix: str, is_open: bool, clerk: str) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO day{suffix} VALUES (1, ?, ?, ?)",
        (entry.business_date, int(is_open), clerk),
    )


def _outlet_signed_on(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, True, "")


def _outlet_signed_off(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, False, "")


def _clerk_signed_on(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, True, entry.clerk_id)


def _clerk_signed_off(connection: Connection, entry: Entry, suffix: str) -> None:
    _set_day(connection, entry, suffix, True, "")


GROUP = Group(
    tables={
        "day": """CREATE TABLE {name} (
            one INTEGER PRIMARY KEY CHECK (one = 1), business_date TEXT NOT NULL,
            outlet_open INTEGER NOT NULL, clerk_id TEXT NOT NULL)"""
    },
    rules={
        "outlet.signed_on": _outlet_signed_on,
        "outlet.signed_off": _outlet_signed_off,
        "clerk.signed_on": _clerk_signed_on,
        "clerk.signed_off": _clerk_signed_off,
    },
)
