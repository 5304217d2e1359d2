"""A large catalogue from a file, beside the demonstration's own goods.

The file is what ``installer.catalogue_generator`` makes: SQLite with the tables ``items`` and
``prices`` in the columns of the reference data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from sync.central import catalogue, schema
from sync.central.database import load
from sync.central.platform import Platform
from sync.wire.messages import Feed
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault

_FEEDS: Final[tuple[Feed, ...]] = ("items", "prices")
_AT_ONCE: Final = 20_000
"""Rows that are in memory together: a million goods need no more of it than a thousand."""


def fill(platform: Platform, connection: Connection, file: Path) -> None:
    """Put the goods of a file in the catalogue, before anybody has a cursor.

    Args:
        platform: this worker.
        connection: of the transaction.
        file: see the module.

    Raises:
        EnvironmentFault: ``platform.bad_goods``; nothing of it may be kept.
    """
    try:
        with closing(_opened(file)) as source:
            for feed in _FEEDS:
                rows = _rows(source, feed)
                while some := list(islice(rows, _AT_ONCE)):
                    load(connection, schema.records, catalogue.prepared_seed(platform, feed, some))
    except (sqlite3.Error, IntegrityError) as error:
        raise _bad(file, error) from error


def require_filled(connection: Connection, file: Path) -> None:
    """Refuse a file whose goods are not in a catalogue that terminals may have begun with already.

    Raises:
        EnvironmentFault: ``platform.seeded_without_goods``, ``platform.bad_goods``.
    """
    try:
        with closing(_opened(file)) as source:
            first = next(_rows(source, "items"), {"sku": ""})
    except sqlite3.Error as error:
        raise _bad(file, error) from error
    columns = schema.records.c
    held = select(columns.key).where((columns.feed == "items") & (columns.key == first["sku"]))
    if connection.scalar(held) is None:
        raise EnvironmentFault("platform.seeded_without_goods", {"file": file.name}, retry=False)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _rows(source: sqlite3.Connection, feed: Feed) -> Iterator[JsonObject]:
    names = catalogue.names_of(feed)
    found = source.execute(f"SELECT {', '.join(names)} FROM {feed}")  # noqa: S608 - own names
    return (dict(zip(names, row, strict=True)) for row in found)


def _bad(file: Path, error: Exception) -> EnvironmentFault:
    hint = f"({getattr(error, 'orig', error)})"
    return EnvironmentFault("platform.bad_goods", {"file": file.name}, retry=False, hint=hint)
