"""Turning a platform snapshot into ``reference.db``: built beside, checked, then swapped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlcipher3 import dbapi2  # type: ignore[import-untyped,unused-ignore]

from terminal.domain import search_postings
from terminal.domain.errors import EnvironmentFault
from terminal.domain.search_postings import PostingsBuilder, stride_for
from terminal.domain.search_terms import Searchable, terms_of
from terminal.store.atomic_file import sync_folder
from terminal.store.database import Connection, database_faults, open_database
from terminal.store.reference_schema import (
    COLUMNS,
    INDEXES,
    LINK_NAME,
    TABLES,
    WHOLE_NUMBERS,
    current_generation,
    generation_file,
)

Progress = Callable[[str, int, int], None]
"""Called with step, done and total; an exception it raises cancels the load."""

_PROGRESS_EVERY: Final = 20_000
_ON_SALE: Final = "SELECT count(*) FROM items WHERE state = 'active'"


def load_snapshot(
    home: Path,
    snapshot: Path,
    cursor: str,
    server_epoch: str,
    *,
    at_utc: str = "",
    index: Path | None = None,
    digest: str = "",
    progress: Progress | None = None,
) -> int:
    """Build a new generation from a snapshot and make it the current one.

    Until the swap nothing of the old generation is touched: interrupted at any moment, the old one
    stays. Readers notice by themselves. The generation before is kept for readers in the middle of
    a question, older ones are removed.

    Args:
        home: folder of the terminal.
        snapshot: SQLite file with the plain tables of ``COLUMNS``; it must stay unchanged
            meanwhile.
        cursor: the feed position that continues it.
        server_epoch: platform life it belongs to.
        at_utc: when it arrived, UTC ISO 8601.
        index: its search index made by the platform, in the same folder; it becomes the new
            generation when it fits and is made here otherwise. None to make it here.
        digest: SHA-256 of the packed snapshot, hex, which the index names.
        progress: see `Progress`.

    Returns:
        The new generation, from 1.

    Raises:
        EnvironmentFault: ``reference.bad_snapshot`` when tables or columns are missing or rows
            break the shape, ``reference.not_intact`` when the result does not check out, and
            `database_faults`.
    """
    with _next_generation(home) as (generation, file):
        indexed = index is not None and _fits(index, digest)
        if index is not None and indexed:
            index.replace(file)
        state = (cursor, server_epoch, generation, at_utc)
        _build(file, snapshot, state, progress or _silent, indexed=indexed)
        _sync(file)
        _swap(home, file)
    _remove_before(home, generation - 1)
    return generation


@contextmanager
def _next_generation(home: Path) -> Iterator[tuple[int, Path]]:
    """A place for a new generation; what did not become the current one leaves nothing behind."""
    generation = current_generation(home) + 1
    file = generation_file(home, generation)
    _remove(file)
    try:
        yield generation, file
    except BaseException:
        if current_generation(home) != generation:
            _remove(file)
        raise


def _silent(step: str, done: int, total: int) -> None:
    """Nobody watches."""


def _fits(index: Path, digest: str) -> bool:
    """Whether the file is an index of this snapshot as we would make it."""
    made = f"{search_postings.TABLES}{search_postings.INDEX_OF}".split(";")
    connection = open_database(index, None, synchronous="OFF")
    try:
        with database_faults(index.name):
            held = connection.execute("SELECT sql FROM sqlite_schema WHERE sql <> ''").fetchall()
            if {sql for (sql,) in held} != {statement.strip() for statement in made[:-1]}:
                return False
            about = connection.execute("SELECT version, snapshot FROM index_of").fetchall()
            connection.execute("DROP TABLE index_of")
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    finally:
        connection.close()
    return bool(about == [(search_postings.INDEX_VERSION, digest)])


def _build(
    file: Path,
    snapshot: Path,
    state: tuple[str, str, int, str],
    progress: Progress,
    *,
    indexed: bool,
) -> None:
    connection = open_database(file, None, synchronous="NORMAL")
    try:
        with database_faults(file.name):
            # Nobody reads this file yet and a half-built one is thrown away: no journal needed.
            connection.execute("PRAGMA journal_mode = OFF").fetchone()
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("ATTACH ? AS snapshot KEY ''", (str(snapshot),))
            connection.executescript(TABLES if indexed else TABLES + search_postings.TABLES)
            connection.execute("BEGIN")
            _copy(connection)
            items = connection.execute(_ON_SALE).fetchone()[0]
            if not indexed:
                _index_names(connection, progress, items)
            connection.execute(
                "INSERT INTO reference_state VALUES(1, ?, ?, ?, ?, ?)", (*state, items)
            )
            progress("index", 0, 1)
            for statement in INDEXES.strip().splitlines():
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("DETACH snapshot")
            progress("check", 0, 1)
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise EnvironmentFault("reference.not_intact")
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
    finally:
        connection.close()


def _copy(connection: Connection) -> None:
    held = {
        str(row[0])
        for row in connection.execute(
            "SELECT name FROM snapshot.sqlite_schema WHERE type = 'table'"
        )
    }
    for table, columns in COLUMNS.items():
        if table not in held:
            raise EnvironmentFault("reference.bad_snapshot", {"table": table})
        present = {row[1] for row in connection.execute(f"PRAGMA snapshot.table_info({table})")}
        if not present.issuperset(columns):
            raise EnvironmentFault("reference.bad_snapshot", {"table": table})
        try:
            connection.execute(_copy_statement(connection, table, columns))
        except dbapi2.IntegrityError as error:
            raise EnvironmentFault(
                "reference.bad_snapshot", {"table": table}, hint=str(error)
            ) from error


def _copy_statement(connection: Connection, table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    values = ", ".join(
        name if (table, name) in WHOLE_NUMBERS else f"coalesce({name}, '')" for name in columns
    )
    source = f"{values} FROM snapshot.{table}"
    if table != "items":
        return f"INSERT INTO {table}({names}) SELECT {source} ORDER BY 1"
    count = connection.execute("SELECT count(*) FROM snapshot.items").fetchone()[0]
    place = f"{stride_for(count)} * row_number() OVER (ORDER BY rank, sku)"
    target = f"INSERT INTO items(id, {names})"
    return f"{target} SELECT {place}, {source} ORDER BY rank, sku"


def _index_names(connection: Connection, progress: Progress, total: int) -> None:
    builder = PostingsBuilder()
    rows = connection.execute(
        "SELECT id, name_zh, pinyin, initials FROM items WHERE state = 'active' ORDER BY id"
    )
    for done, (item_id, name_zh, pinyin, initials) in enumerate(rows):
        if done % _PROGRESS_EVERY == 0:
            progress("names", done, total)
        builder.add(item_id, terms_of(Searchable.of(name_zh, pinyin, initials)))
    progress("names", total, total)
    postings, terms = builder.rows()
    connection.executemany("INSERT INTO postings VALUES(?, ?)", postings)
    connection.executemany("INSERT INTO terms VALUES(?, ?, ?)", terms)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(home: Path, file: Path) -> None:
    draft = home / f".{LINK_NAME}.new"
    draft.unlink(missing_ok=True)
    draft.symlink_to(file.name)
    draft.replace(home / LINK_NAME)
    sync_folder(home)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _remove_before(home: Path, generation: int) -> None:
    for file in home.glob("reference-*.db"):
        if file < generation_file(home, generation):
            _remove(file)
