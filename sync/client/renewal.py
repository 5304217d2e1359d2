"""Opening ``sync.db``; one that is damaged is set aside and made anew.

Nothing a person answers for is in it: the entries are in the journal, what the platform confirmed
the platform says again, leased numbers are taken over into the books as they come. The old
receipts are evidence: the file is renamed, never deleted.

Source: architecture.md §4.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from terminal.domain.errors import EnvironmentFault
from terminal.store.awaited_file import DAMAGE
from terminal.store.database import database_faults, open_database
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

LANE = "receipts"
RENEWED = "sync.renewed"
_BESIDE = ("", "-wal", "-shm")

_log = logging.getLogger(__name__)


def open_sync_store(home: Path, key: bytes, now: Callable[[], str]) -> SyncStore:
    """Open the terminal's ``sync.db``.

    Args:
        home: the terminal's folder.
        key: 32 raw bytes, already proven by the journal or the keystore.
        now: UTC time.

    Returns:
        The store; a new one, which says so, when the file was damaged.

    Raises:
        EnvironmentFault: ``database.*`` for whatever is no damage of the file.
    """
    path = home / SYNC_FILE
    if not _is_damaged(path, key):
        store = SyncStore(path, key)
        store.solve_parked(LANE, now())
        return store
    aside = _set_aside(path)
    _log.error("%s was damaged; it is kept as %s and made anew", path.name, aside)
    store = SyncStore(path, key)
    store.park(ParkedItem(LANE, RENEWED, aside, {}, now()))
    return store


def _is_damaged(path: Path, key: bytes) -> bool:
    """Whether the file is there and cannot be read from its first page to its last."""
    if not path.exists():
        return False
    try:
        connection = open_database(path, key)
        try:
            with database_faults(path.name):
                found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except EnvironmentFault as fault:
        if fault.code not in DAMAGE:
            raise
        return True
    return str(found) != "ok"


def _set_aside(path: Path) -> str:
    """Rename the file and its log; the new name."""
    number = 1
    while path.with_name(f"{path.name}.damaged-{number}").exists():
        number += 1
    aside = f"{path.name}.damaged-{number}"
    # The log goes first: it must never lie beside a file it does not belong to.
    for end in reversed(_BESIDE):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(path.with_name(aside + end))
    return aside
