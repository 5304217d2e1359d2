"""A real journal.db, written the way the face writes it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from sync.client.signing import signer_from
from terminal.domain.journal import ChainHead, Entry, EntryDraft, seal
from terminal.store import journal_table, schema
from terminal.store.database import open_database, write_transaction
from terminal.store.keystore import Keys

JOURNAL_FILE = "journal.db"
DEADLINE_S = 30.0


class JournalWriter:
    """Appends sealed entries, each in a transaction of its own.

    Args:
        home: the terminal's folder; journal.db is made in it.
        keys: the terminal's secrets.
        terminal_id: the terminal's id.
    """

    def __init__(self, home: Path, keys: Keys, terminal_id: str) -> None:
        path = home / JOURNAL_FILE
        schema.migrate(path, keys.db_key)
        self._connection = open_database(path, keys.db_key)
        self._sign = signer_from(keys.seed)
        self._terminal_id = terminal_id
        row = self._connection.execute(
            "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        self.head = ChainHead(*row) if row else ChainHead()

    def close(self) -> None:
        self._connection.close()

    def append(self, count: int = 1, *, note: str = "") -> list[Entry]:
        """Append sales of one book of stamps, 5.00 yuan in cash."""
        written = []
        for _ in range(count):
            entry = self._sealed(note)
            with write_transaction(self._connection, JOURNAL_FILE):
                journal_table.insert(self._connection, entry)
            self.head = ChainHead(entry.epoch, entry.seq, entry.hash)
            written.append(entry)
        return written

    def _sealed(self, note: str) -> Entry:
        draft = EntryDraft(
            kind="sale.completed",
            intent_id=uuid7_text(),
            business_date="2026-03-02",
            clerk_id="0312",
            body={
                "note": note,
                "postings": [
                    {"account": "cash:T02", "fen": 500},
                    {"account": "sales:stamps", "fen": -500},
                ],
            },
        )
        return seal(
            draft,
            terminal_id=self._terminal_id,
            epoch=self.head.epoch,
            seq=self.head.seq + 1,
            recorded_at="2026-03-02T08:00:00.000Z",
            prev_hash=self.head.hash,
            signer=self._sign,
        )


def uuid7_text() -> str:
    """A UUIDv7 of now."""
    millis = time.time_ns() // 1_000_000
    value = (millis << 80) | (uuid.uuid4().int & ((1 << 80) - 1))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def until(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition; fail with ``what`` when it does not come true in time."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.01)


def wire_text(entry: Entry) -> str:
    """An entry as one comparable line."""
    return json.dumps(entry.to_wire(), sort_keys=True, ensure_ascii=False)
