"""Books that lack what the platform signed for: new ones must not be started in their place.

A journal that is gone, empty or put back from an older copy would hand out order numbers that stand
on slips already. What the platform confirmed is known here from its receipts; without receipts, the
token of our talks with it says that there were entries, because the first one is written before the
first talk.

Source: docs/adr/0016-lives-of-a-disk.md.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import ChainHead
from terminal.store.awaited_file import AwaitedFile
from terminal.store.books import FILE
from terminal.store.database import database_faults
from terminal.store.sync_file import SYNC_FILE

SPOKEN_FILE = "session.json"
"""There once this terminal has spoken to the platform."""

_BESIDE = ("-wal", "-shm", "")


def lost_books(home: Path, key: bytes, *, hint: str = "") -> EnvironmentFault | None:
    """Tell whether the books lack entries that this terminal has proof of.

    Args:
        home: an enrolled terminal's folder.
        key: 32 raw bytes.
        hint: for the engineer, what stands in the way of fetching them.

    Returns:
        ``books.missing``, ``books.all_missing`` (receipts are gone too) or ``books.behind`` with
        ``held`` (entries the platform signed for) and ``head`` (ours); None when all is well, also
        before the first entry.

    Raises:
        EnvironmentFault: ``database.*``.
    """
    # Receipts first: a counter at work may add entries and their receipts meanwhile.
    held = _newest_receipt(home, key)
    head = _head(home, key)
    told = {"held": held.seq, "head": head.seq}
    if head.seq == 0 and held.seq:
        return EnvironmentFault("books.missing", told, hint=hint)
    if head.seq == 0 and (home / SPOKEN_FILE).exists():
        return EnvironmentFault("books.all_missing", told, hint=hint)
    # A later epoch has recovered from this already, at a platform that itself had lost entries.
    if head.seq < held.seq and head.epoch <= held.epoch:
        return EnvironmentFault("books.behind", told, hint=hint)
    return None


def set_remains_aside(home: Path) -> None:
    """Rename what is left beside a journal that is gone, before SQLite throws it away.

    Raises:
        OSError: the disk refused.
    """
    file = home / FILE
    if file.exists() and file.stat().st_size:
        return
    number = 1
    while any(home.glob(f"{FILE}.lost-{number}*")):
        number += 1
    for end in _BESIDE:
        part = file.with_name(FILE + end)
        if part.exists():
            part.rename(file.with_name(f"{FILE}.lost-{number}{end}"))


def _newest_receipt(home: Path, key: bytes) -> ChainHead:
    statement = "SELECT epoch, seq, hash FROM acks ORDER BY epoch DESC, seq DESC LIMIT 1"
    file = AwaitedFile(home / SYNC_FILE, key, ready="PRAGMA user_version")
    with closing(file):
        rows = file.rows(statement)
    return ChainHead(*rows[0]) if rows else ChainHead()


def _head(home: Path, key: bytes) -> ChainHead:
    file = AwaitedFile(
        home / FILE,
        key,
        ready="SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'journal'",
    )
    with closing(file), database_faults(FILE):
        connection = file.connection()
        if connection is None:
            return ChainHead()
        statement = "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
        row = connection.execute(statement).fetchone()
    return ChainHead(*row) if row else ChainHead()
