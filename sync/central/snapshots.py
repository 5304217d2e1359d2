"""What a terminal begins with: all reference data as one signed file, and the index of its names.

A snapshot is built once and kept in the platform's folder, for all workers. It serves until the
stream has gone on by more than a page: what changed meanwhile is in the feed after its cursor.

The search index of a big catalogue takes a counter's machine longer to make than to fetch, where
the line is good. It is made once here, when nobody waits for it, and belongs to one snapshot.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Connection, select

from sync.central import schema
from sync.central.catalogue import COLUMNS, cursor_at, names_of, position
from sync.central.platform import Platform, value
from sync.wire.refusal import Refusal
from terminal.domain import search_postings
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.search_postings import PostingsBuilder, stride_for
from terminal.domain.search_terms import Searchable, terms_of

INDEX_HEADER: Final = "X-Snapshot-Index"
"""Bytes of the index as it travels; a snapshot without it has none, or none yet."""

_BEHIND: Final = 500
_FORM: Final = "v2"
"""Of the tables inside; a file of an earlier version of the platform is never handed out."""
_WORTH_BYTES: Final = 1_000_000
"""Smaller snapshots, packed, are indexed by a terminal in no time."""

_log = logging.getLogger(__name__)
_making: Final = threading.Lock()


def snapshot(platform: Platform) -> tuple[bytes, dict[str, str]]:
    """Everything as one gzipped SQLite file with its signed digest.

    Returns:
        The bytes and the headers that prove them.
    """

    def work(connection: Connection) -> tuple[Path, str]:
        epoch, change_no = (value(connection, key) for key in ("server_epoch", "change_no"))
        kept = _newest(platform, epoch, int(change_no))
        if kept is None:
            kept = _file(platform, epoch, int(change_no))
            _build(connection, kept)
        return kept, cursor_at(platform, epoch, _number(kept))

    # Nobody who writes waits for it; what changes meanwhile is in the feed after the cursor too.
    kept, cursor = platform.database.look(work)
    packed = kept.read_bytes()
    headers = {"X-Snapshot-Cursor": cursor, **_proof(platform, packed)}
    index_file = _index_file(kept)
    if index_file.exists():
        headers[INDEX_HEADER] = str(index_file.stat().st_size)
    elif len(packed) >= _WORTH_BYTES:
        threading.Thread(target=make_index, args=(kept,), name="index", daemon=True).start()
    return packed, headers


def index(platform: Platform, cursor: str) -> tuple[bytes, dict[str, str]]:
    """The search index of a snapshot as a gzipped SQLite file with its signed digest.

    Args:
        platform: this worker.
        cursor: of the snapshot.

    Raises:
        Refusal: ``snapshot.no_index`` (404), ``feed.cursor_expired`` (410).
    """
    epoch = platform.database.look(lambda connection: value(connection, "server_epoch"))
    kept = _file(platform, epoch, position(platform, cursor, epoch))
    try:
        packed = _index_file(kept).read_bytes()
    except FileNotFoundError as problem:
        raise Refusal(404, "snapshot.no_index") from problem
    return packed, _proof(platform, packed)


def make_index(kept: Path) -> None:
    """Make the index of a snapshot, unless this worker is making one.

    Args:
        kept: the snapshot.
    """
    if not _making.acquire(blocking=False):
        return
    try:
        if not _index_file(kept).exists():
            _write_index(kept)
    except (OSError, sqlite3.Error):
        _log.exception("terminals make the index themselves")
    finally:
        _making.release()


def _proof(platform: Platform, packed: bytes) -> dict[str, str]:
    digest = hashlib.sha256(packed).digest()
    signature = platform.sign(digest).hex()
    return {"X-Snapshot-Sha256": digest.hex(), "X-Snapshot-Signature": signature}


def _file(platform: Platform, epoch: str, change_no: int) -> Path:
    folder = platform.home / "snapshots"
    folder.mkdir(exist_ok=True)
    return folder / f"{epoch}-{_FORM}-{change_no}.gz"


def _index_file(kept: Path) -> Path:
    return kept.with_suffix(".index")


def _number(kept: Path) -> int:
    return int(kept.stem.rpartition("-")[2])


def _newest(platform: Platform, epoch: str, change_no: int) -> Path | None:
    """The newest snapshot that is not far behind."""
    kept = _file(platform, epoch, change_no).parent.glob(f"{epoch}-{_FORM}-*.gz")
    near = [file for file in kept if change_no - _BEHIND <= _number(file) <= change_no]
    return max(near, key=_number, default=None)


@contextmanager
def _drafted(target: Path) -> Iterator[sqlite3.Connection]:
    """A file beside; it stands packed in its place when the block ends well."""
    draft = target.with_name(f".{target.name}.{os.getpid()}-{uuid.uuid4().hex}")
    packed = draft.with_name(f"{draft.name}.packed")
    try:
        with closing(sqlite3.connect(draft)) as book:
            book.execute("PRAGMA synchronous=OFF")
            yield book
            book.commit()
        packed.write_bytes(gzip.compress(draft.read_bytes(), 6, mtime=0))
        packed.replace(target)
    finally:
        draft.unlink(missing_ok=True)
        packed.unlink(missing_ok=True)


def _build(connection: Connection, target: Path) -> None:
    columns = schema.records.c
    with _drafted(target) as book:
        for feed, definition in COLUMNS.items():
            names = names_of(feed)
            book.execute(f"CREATE TABLE {feed} ({definition})")
            marks = ",".join("?" * len(names))
            rows = connection.execute(select(columns.data).where(columns.feed == feed))
            statement = f"INSERT INTO {feed} VALUES ({marks})"  # noqa: S608 - own names
            book.executemany(statement, (_row(names, row.data) for row in rows))


def _row(names: tuple[str, ...], text: str) -> tuple[Json, ...]:
    data = cast(JsonObject, json.loads(text))
    return tuple(data.get(name) for name in names)


def _write_index(kept: Path) -> None:
    packed = kept.read_bytes()
    with _drafted(_index_file(kept)) as book:
        builder = PostingsBuilder()
        for place, item in _items(gzip.decompress(packed)):
            builder.add(place, terms_of(item))
        postings, terms = builder.rows()
        book.executescript(search_postings.TABLES + search_postings.INDEX_OF)
        book.executemany("INSERT INTO postings VALUES (?, ?)", postings)
        book.executemany("INSERT INTO terms VALUES (?, ?, ?)", terms)
        about = (search_postings.INDEX_VERSION, hashlib.sha256(packed).hexdigest())
        book.execute("INSERT INTO index_of VALUES (1, ?, ?)", about)


def _items(plain: bytes) -> Iterator[tuple[int, Searchable]]:
    """The items on sale with the ids that every terminal gives them."""
    with closing(sqlite3.connect(":memory:")) as book:
        book.deserialize(plain)
        stride = stride_for(book.execute("SELECT count(*) FROM items").fetchone()[0])
        rows = book.execute(
            "SELECT state, coalesce(name_zh, ''), coalesce(pinyin, ''), coalesce(initials, '')"
            " FROM items ORDER BY rank, sku"
        )
        for place, (state, *texts) in enumerate(rows, 1):
            if state == "active":
                yield stride * place, Searchable.of(*texts)
