"""Looks at the signatures that a long upload was not made to wait for.

Its newest signature vouched for the whole batch when it was stored, see ``sync.central.checking``.
Each other one stands on a slip somewhere, so each is looked at, when no upload is waiting for the
processor; one that is bad becomes a task for a person. How far this got is in the database: any
worker goes on where another one stopped.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from sync.central import schema
from sync.central.checking import is_in_form, is_signed
from sync.central.database import Database
from terminal.domain.journal import Entry
from terminal.domain.outlet_time import utc_text

_PAGE: Final = 100
_QUIET_S: Final = 1.0
"""So long after the last long upload the processor is taken to be free."""

_log = logging.getLogger(__name__)


class Auditor:
    """The audit of one worker; its thread lives as long as there is something to look at.

    Args:
        database: of the platform.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._awake = False
        self._last_upload = 0.0

    def wake(self) -> None:
        """Something may have to be looked at, a little later."""
        with self._lock:
            self._last_upload = time.monotonic()
            if self._awake:
                return
            self._awake = True
        threading.Thread(target=self._run, name="audit", daemon=True).start()

    def _run(self) -> None:
        try:
            while True:
                self._wait_for_quiet()
                found = audit_page(self._database)
                with self._lock:
                    if not found and self._is_quiet():
                        # Decided here, so that no wish to be woken is overheard.
                        self._awake = False
                        return
        except SQLAlchemyError:
            _log.exception("the audit goes on at the next long upload")
        finally:
            with self._lock:
                self._awake = False

    def _wait_for_quiet(self) -> None:
        while not self._is_quiet():
            time.sleep(_QUIET_S / 4)

    def _is_quiet(self) -> bool:
        return time.monotonic() - self._last_upload >= _QUIET_S


def audit_page(database: Database) -> bool:
    """Look at the next entries of one terminal.

    Returns:
        False when every signature has been looked at.
    """
    columns, held = schema.terminals.c, schema.entries.c
    waiting = (
        select(columns.terminal_id, columns.public_key, columns.audited_seq)
        .where(columns.audited_seq < columns.seq)
        .limit(1)
    )
    row = database.look(lambda connection: connection.execute(waiting).one_or_none())
    if row is None:
        return False
    wanted = (
        select(held.wire)
        .where(held.terminal_id == row.terminal_id, held.seq > row.audited_seq)
        .order_by(held.seq)
        .limit(_PAGE)
    )
    wires = database.look(lambda connection: [bytes(one) for one in connection.scalars(wanted)])
    entries = [Entry.from_wire(json.loads(wire)) for wire in wires]
    bad = _bad(entries, wires, bytes.fromhex(row.public_key))
    reached = (row.audited_seq, entries[-1].seq)
    database.ordered(
        row.terminal_id, lambda connection: _note(connection, row.terminal_id, reached, bad)
    )
    return True


def _note(
    connection: Connection, terminal_id: str, reached: tuple[int, int], bad: Mapping[int, str]
) -> None:
    """Write down how far a terminal was looked at, from and to, and what is wrong there."""
    columns, (before, after) = schema.terminals.c, reached
    mine = (columns.terminal_id == terminal_id) & (columns.audited_seq == before)
    moved = connection.execute(update(schema.terminals).where(mine).values(audited_seq=after))
    now = utc_text(datetime.now(UTC))
    # Another worker that looked at the same page has noted the same already.
    for seq, code in bad.items() if moved.rowcount else ():
        task = {"seq": seq, "code": code, "evidence": "", "at": now}
        connection.execute(insert(schema.tasks).values(terminal_id=terminal_id, **task))


def _bad(entries: Sequence[Entry], wires: Sequence[bytes], public_key: bytes) -> dict[int, str]:
    """What is wrong with which entry, by its number."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    found: dict[int, str] = {}
    for entry, wire in zip(entries, wires, strict=True):
        if not is_in_form(entry, wire):
            found[entry.seq] = "journal.bad_hash"
        elif not is_signed(entry, key):
            found[entry.seq] = "journal.bad_signature"
    return found
