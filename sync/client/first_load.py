"""The first load: the platform's signed snapshot, with its search index where the line is good.

What the platform's key did not sign is never stored: a clerk's record decides who may sign on, a
setting what she may do.
Nothing is done without the index that is not done with it: here it is made, there it is fetched.

Source: architecture.md §4 "Download feeds".
"""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from sync.client.http import PlatformLine, Reply
from sync.wire.signing import is_signed, record_is_signed
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault
from terminal.store.atomic_file import write_atomically
from terminal.store.database import database_faults, open_database
from terminal.store.reference_load import load_snapshot
from terminal.store.reference_schema import COLUMNS

TIMEOUT_S: Final = 120.0
_DRAFT, _INDEX_DRAFT = ".snapshot.db", ".snapshot-index.db"
_MAKES_BYTES_PER_S: Final = 4_000_000
"""Bytes of a plain snapshot whose names a counter's machine indexes in a second."""


@dataclass(frozen=True)
class Taken:
    """How a first load ended.

    Args:
        code: dotted code of what stopped it, empty when it is loaded.
        forged: clerks whose records the platform did not sign; they were left out.
    """

    code: str = ""
    forged: tuple[str, ...] = ()


class FirstLoad:
    """Takes a snapshot. Thread rule: one thread at a time.

    Args:
        line: the line to the platform.
        home: the terminal's folder.
        platform_key: 32 bytes, checks snapshots and clerks.
        now: UTC time.
        settings: takes the settings, before the rest becomes current: after a cut all is done anew.
    """

    def __init__(
        self,
        line: PlatformLine,
        home: Path,
        *,
        platform_key: bytes,
        now: Callable[[], str],
        settings: Callable[[Iterable[JsonObject]], None],
    ) -> None:
        self._line = line
        self._home = home
        self._platform_key = platform_key
        self._now = now
        self._settings = settings

    def take(self) -> Taken:
        """Fetch the snapshot, prove it, and make it the current generation.

        Raises:
            EnvironmentFault: our own disk is in trouble, see
                `terminal.store.database.database_faults`, or what `load_snapshot` raises.
        """
        started = time.monotonic()
        reply = self._line.get("/v1/snapshot", raw=True, read_timeout_s=TIMEOUT_S)
        if reply.outcome != "ok":
            return Taken(reply.code)
        bytes_per_s = len(reply.content) / max(1e-3, time.monotonic() - started)
        try:
            plain = self._proven(reply)
        except EnvironmentFault as error:
            return Taken(error.code)
        cursor = reply.headers.get("X-Snapshot-Cursor", "")
        if not cursor:
            return Taken("snapshot.damaged")
        index = self._index(reply, cursor, len(plain), bytes_per_s)
        return Taken(forged=self._load(plain, index, cursor, reply))

    def _index(
        self, reply: Reply, cursor: str, plain_bytes: int, bytes_per_s: float
    ) -> bytes | None:
        """The index, when there is one and it comes faster than we make it."""
        size = reply.headers.get("X-Snapshot-Index", "")
        if not size.isdigit() or int(size) / bytes_per_s > plain_bytes / _MAKES_BYTES_PER_S:
            return None
        path = f"/v1/snapshot/index?{urlencode({'cursor': cursor})}"
        answer = self._line.get(path, raw=True, read_timeout_s=TIMEOUT_S)
        try:
            return self._proven(answer) if answer.outcome == "ok" else None
        except EnvironmentFault:
            return None

    def _load(
        self, plain: bytes, index: bytes | None, cursor: str, reply: Reply
    ) -> tuple[str, ...]:
        draft, index_draft = self._home / _DRAFT, self._home / _INDEX_DRAFT
        try:
            write_atomically(draft, plain)
            if index is not None:
                write_atomically(index_draft, index)
            forged = self._drop_unsigned_clerks(draft)
            self._settings(_settings_in(draft))
            load_snapshot(
                self._home,
                draft,
                cursor,
                reply.headers.get("X-Server-Epoch", ""),
                at_utc=self._now(),
                index=None if index is None else index_draft,
                digest=reply.headers["X-Snapshot-Sha256"].lower(),
            )
        finally:
            draft.unlink(missing_ok=True)
            index_draft.unlink(missing_ok=True)
        return forged

    def _proven(self, reply: Reply) -> bytes:
        """The plain bytes of a file, only when they are whole and signed."""
        digest = hashlib.sha256(reply.content).digest()
        if digest.hex() != reply.headers.get("X-Snapshot-Sha256", "").lower():
            raise EnvironmentFault("snapshot.damaged")
        if not is_signed(digest, reply.headers.get("X-Snapshot-Signature"), self._platform_key):
            raise EnvironmentFault("snapshot.bad_signature")
        try:
            return gzip.decompress(reply.content)
        except (OSError, EOFError, zlib.error) as error:
            raise EnvironmentFault("snapshot.damaged", hint=str(error)) from error

    def _drop_unsigned_clerks(self, draft: Path) -> tuple[str, ...]:
        columns = COLUMNS["clerks"]
        query = f"SELECT {', '.join(columns)} FROM clerks"  # noqa: S608 - own names
        forged: list[str] = []
        connection = open_database(draft, None, synchronous="NORMAL")
        try:
            with database_faults(draft.name):
                for row in connection.execute(query).fetchall():
                    record = dict(zip(columns, row, strict=True))
                    if not record_is_signed(record, self._platform_key):
                        forged.append(str(record["clerk_id"]))
                        connection.execute("DELETE FROM clerks WHERE clerk_id = ?", forged[-1:])
                connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            connection.close()
        return tuple(forged)


def _settings_in(draft: Path) -> list[JsonObject]:
    """The settings of a snapshot; one of an earlier platform has records that nobody signed."""
    connection = open_database(draft, None, synchronous="NORMAL")
    try:
        with database_faults(draft.name):
            held = [row[1] for row in connection.execute("PRAGMA table_info(settings)")]
            rows = connection.execute("SELECT * FROM settings").fetchall() if held else []
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    finally:
        connection.close()
    return [dict(zip(held, row, strict=True)) for row in rows]
