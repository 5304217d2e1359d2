"""The agent's view of ``journal.db``: short reads, no write, no lock the face would wait for."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sync.wire import packed_journal
from terminal.domain.canonical import JsonObject
from terminal.domain.journal import GENESIS_HASH, ChainHead
from terminal.domain.sealed_text import COLUMNS, wire_text
from terminal.store import journal_table
from terminal.store.awaited_file import AwaitedFile
from terminal.store.database import database_faults

JOURNAL_FILE = "journal.db"


_NAMES = COLUMNS.replace(" ", "").split(",")
_SEQ, _HASH, _PREV_HASH, _TERMINAL = (
    1 + _NAMES.index(name) for name in ("seq", "hash", "prev_hash", "terminal_id")
)
_TRAVELS = [(name, 1 + _NAMES.index(name)) for name in packed_journal.COLUMNS.split(", ")]
_COLUMNS_FROM = 16
"""Fewer entries have too little in common."""
_AS_JSON = {"Content-Encoding": "gzip"}
_AS_COLUMNS = {"Content-Type": packed_journal.MEDIA_TYPE}
Row = tuple[Any, ...]
_TEXTS = f"SELECT body, {COLUMNS} FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?"  # noqa: S608


@dataclass(frozen=True)
class Packed:
    """Entries on their way.

    Args:
        first: number of the first one.
        count: how many, from 1.
        body: a ``JournalUpload``, as ``headers`` say: gzipped JSON or ``packed_journal``.
    """

    first: int
    count: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def in_columns(self) -> bool:
        """Whether it is ``packed_journal``."""
        return self.headers is _AS_COLUMNS


class JournalReader:
    """Reads entries for the upload lane.

    Thread rule: one thread at a time.

    Args:
        path: journal.db; may not exist yet.
        key: 32 raw bytes.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = AwaitedFile(
            path,
            key,
            ready="SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'journal'",
        )

    def close(self) -> None:
        """Close the file; the next read opens it again."""
        self._file.close()

    def head(self) -> ChainHead:
        """Return our own last entry, the empty head before the first.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with database_faults(self._file.name):
            connection = self._file.connection()
            row = (
                connection
                and connection.execute(
                    "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
                ).fetchone()
            )
        return ChainHead(*row) if row else ChainHead()

    def hash_at(self, seq: int) -> str | None:
        """Return the hash of our entry.

        Args:
            seq: its number; 0 is the start of the chain.

        Returns:
            64 hex digits, or None when we have no such entry.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        if seq == 0:
            return GENESIS_HASH
        with database_faults(self._file.name):
            connection = self._file.connection()
            row = (
                connection
                and connection.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
            )
        return str(row[0]) if row else None

    def packed(
        self, from_seq: int, *, limit: int, max_packed_bytes: int, in_columns: bool = False
    ) -> Packed | None:
        """Read consecutive entries as the body of an upload.

        Their kept texts travel as they are: nothing is parsed and written again, so the platform
        sees the very bytes that were hashed.

        Args:
            from_seq: first number, from 1.
            limit: most entries, from 1.
            max_packed_bytes: most bytes once packed; one entry always passes.
            in_columns: as ``packed_journal``, when they are many enough.

        Returns:
            The body, or None when there is no such entry.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with database_faults(self._file.name):
            connection = self._file.connection()
            if connection is None:
                return None
            rows = connection.execute(_TEXTS, (from_seq, limit)).fetchall()
        while rows:
            columns = in_columns and len(rows) >= _COLUMNS_FROM and _linked(rows)
            body = _in_columns(rows) if columns else _as_json(rows)
            if len(rows) == 1 or len(body) <= max_packed_bytes:
                headers = _AS_COLUMNS if columns else _AS_JSON
                return Packed(rows[0][_SEQ], len(rows), body, headers)
            # A batch is nearly always far below the bound.
            rows = rows[: len(rows) // 2]
        return None

    def batch(self, from_seq: int, *, limit: int, max_packed_bytes: int) -> list[JsonObject]:
        """Read consecutive entries in wire form.

        Args:
            from_seq: first number, from 1.
            limit: most entries, from 1.
            max_packed_bytes: most bytes once gzipped; one entry always passes.

        Returns:
            Entries in order, empty when there is none.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        with database_faults(self._file.name):
            connection = self._file.connection()
            if connection is None:
                return []
            rows = list(
                journal_table.select(
                    connection, "WHERE seq >= ? ORDER BY seq LIMIT ?", (from_seq, limit)
                )
            )
        return _fitting([entry.to_wire() for entry in rows], max_packed_bytes)


def _linked(rows: Sequence[Row]) -> bool:
    """Whether each row follows the one before, as a receiver takes for granted."""
    return all(
        before[_HASH] == after[_PREV_HASH] and before[_TERMINAL] == after[_TERMINAL]
        for before, after in pairwise(rows)
    )


def _in_columns(rows: Sequence[Row]) -> bytes:
    return packed_journal.pack(
        rows[0][_PREV_HASH],
        [
            {"body": json.loads(row[0]), **{name: row[place] for name, place in _TRAVELS}}
            for row in rows
        ],
    )


def _as_json(rows: Sequence[Row]) -> bytes:
    texts = [wire_text(row[0], dict(zip(_NAMES, row[1:], strict=True))) for row in rows]
    return gzip.compress(f'{{"entries":[{",".join(texts)}]}}'.encode(), 6, mtime=0)


def _fitting(entries: list[JsonObject], max_packed_bytes: int) -> list[JsonObject]:
    """Halve until the packed size fits; a batch is nearly always far below the bound."""
    while len(entries) > 1:
        packed = zlib.compress(json.dumps(entries, ensure_ascii=False).encode(), 6)
        if len(packed) <= max_packed_bytes:
            break
        entries = entries[: len(entries) // 2]
    return entries
