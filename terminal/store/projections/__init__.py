"""Read models: tables that say where things stand, each derivable from the journal alone.

They may be dropped and rebuilt at any time; ``rebuild`` does it, and ``differences`` proves that
what the screens show is what the journal says. Each group of tables has a file here and a line in
``GROUPS``. Source: architecture.md §2.
"""

from __future__ import annotations

from collections.abc import Iterator

from terminal.domain.journal import Entry
from terminal.store.database import Connection
from terminal.store.projections import (
    cash_ups,
    day,
    days,
    ledger,
    orders,
    payments,
    refunds,
    slips,
    stock,
    tills,
)
from terminal.store.projections.group import Group, Rule

VERSION = 6
"""Raise it when a table or rule changes that was released: the next start rebuilds."""

GROUPS: tuple[Group, ...] = (
    day.GROUP,
    days.GROUP,
    ledger.GROUP,
    stock.GROUP,
    orders.GROUP,
    payments.GROUP,
    refunds.GROUP,
    slips.GROUP,
    cash_ups.GROUP,
    tills.GROUP,
)

TABLES: dict[str, str] = {name: sql for group in GROUPS for name, sql in group.tables.items()}
_EVERY: tuple[Rule, ...] = tuple(group.every for group in GROUPS if group.every is not None)
_RULES: dict[str, tuple[Rule, ...]] = {
    kind: tuple(group.rules[kind] for group in GROUPS if kind in group.rules)
    for kind in {kind for group in GROUPS for kind in group.rules}
}


def create(connection: Connection, *, prefix: str = "", suffix: str = "") -> None:
    """Create the read-model tables, empty."""
    for table, sql in TABLES.items():
        connection.execute(sql.format(name=prefix + table + suffix))
    for group in GROUPS:
        for table, columns in group.indexes.items():
            name = f"{prefix}{table}_index{suffix}"
            connection.execute(f"CREATE INDEX {name} ON {table}{suffix} ({columns})")


def apply(connection: Connection, entry: Entry, *, suffix: str = "") -> None:
    """Bring the read models up to date with one entry; runs in the transaction that stores it."""
    for rule in (*_EVERY, *_RULES.get(entry.kind, ())):
        rule(connection, entry, suffix)


def rebuild(connection: Connection, entries: Iterator[Entry]) -> None:
    """Drop the read models and derive them again from all entries, in order."""
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    create(connection)
    for entry in entries:
        apply(connection, entry)


def differences(connection: Connection, entries: Iterator[Entry]) -> list[str]:
    """Compare the read models with what the journal says.

    Returns:
        Names of tables that differ; empty when all is well.
    """
    suffix = "_check"
    # Temporary tables: the comparison works on a read-only connection beside a counter at work.
    create(connection, prefix="temp.", suffix=suffix)
    try:
        for entry in entries:
            apply(connection, entry, suffix=suffix)
        return [table for table in TABLES if _differs(connection, table, table + suffix)]
    finally:
        for table in TABLES:
            connection.execute(f"DROP TABLE temp.{table}{suffix}")


def _differs(connection: Connection, left: str, right: str) -> bool:
    query = "SELECT 1 FROM (SELECT * FROM {0} EXCEPT SELECT * FROM {1}) LIMIT 1"
    return any(
        connection.execute(query.format(*pair)).fetchone()
        for pair in ((left, right), (right, left))
    )
