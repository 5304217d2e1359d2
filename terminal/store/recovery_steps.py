"""What a recovery does to the books, step by step inside one transaction.

The journal only grows, with one exception that a recovery alone makes: entries which an old disk
sealed beside the platform's are moved, as they are, to the table ``set_aside``, and their facts are
sealed again. Source: docs/adr/0016-lives-of-a-disk.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from terminal.domain.journal import Entry, EntryDraft, seal_with_text
from terminal.store import journal_table, projections
from terminal.store.database import Connection
from terminal.store.reading import SqlReading

if TYPE_CHECKING:
    from terminal.domain.canonical import JsonObject
    from terminal.ports.sync_state import Range
    from terminal.store.seal import Seal


class RecoverySteps(SqlReading):
    """The part of ``terminal.ports.books.Transaction`` that a recovery uses; store thread only."""

    _seal: Seal
    _took_in = False

    def resume_epoch(self) -> None:
        """Go on in the epoch of the last entry."""
        row = self._one("SELECT epoch FROM journal ORDER BY seq DESC LIMIT 1")
        self._seal = replace(self._seal, epoch=int(row[0]) if row else 1)

    def undo_epoch(self) -> None:
        """What was taken in was rolled back; in a process that took nothing in nothing is done."""
        if self._took_in:
            self.resume_epoch()

    def take_in(self, entries: Iterable[Entry], common_seq: int) -> Sequence[Entry]:
        """Put the platform's entries in the place of ours, and go on in a new epoch.

        Args:
            entries: checked, joining the last common one.
            common_seq: last entry that both sides hold alike.

        Returns:
            Our entries after the common one; they are kept, but not in the journal.
        """
        ours = tuple(
            journal_table.select(self._connection, "WHERE seq > ? ORDER BY seq", (common_seq,))
        )
        _set_aside(self._connection, ours)
        for entry in entries:
            journal_table.insert(self._connection, entry)
        projections.rebuild(self._connection, journal_table.all_entries(self._connection))
        before, self._took_in = self._seal.epoch, True
        self.resume_epoch()
        self._seal = replace(self._seal, epoch=max(before, self._seal.epoch) + 1)
        return ours

    def append_again(self, entry: Entry, body: JsonObject) -> Entry:
        """Seal a fact that was set aside once more, with its intent and its time.

        Args:
            entry: as it was sealed first.
            body: its body now.
        """
        draft = EntryDraft(
            entry.kind, entry.intent_id, entry.business_date, entry.clerk_id, body, entry.version
        )
        seq, prev_hash = self.head()
        again, text = seal_with_text(
            draft,
            terminal_id=self._seal.terminal_id,
            epoch=self._seal.epoch,
            seq=seq + 1,
            recorded_at=entry.recorded_at,
            prev_hash=prev_hash,
            signer=self._seal.signer,
        )
        journal_table.insert(self._connection, again, text)
        projections.apply(self._connection, again)
        return again

    def void_numbers(self, leases: Iterable[Range], below: int) -> Sequence[tuple[int, int]]:
        """Never use again what an earlier life of this disk may have used.

        Args:
            leases: all that are known, also those not taken over yet; of one kind.
            below: leases that begin before this number are void.

        Returns:
            First and last number of what is void now and was free.
        """
        void = [lease for lease in leases if lease.lo < below]
        self._connection.executemany(
            "INSERT OR IGNORE INTO ranges (kind, lo, hi, next) VALUES (?, ?, ?, ?)",
            [(lease.kind, lease.lo, lease.hi, lease.lo) for lease in void],
        )
        kinds = sorted({lease.kind for lease in void})
        free: list[tuple[int, int]] = []
        for kind in kinds:
            old = "kind = ? AND lo < ? AND next <= hi"
            found = f"SELECT next, hi FROM ranges WHERE {old} ORDER BY lo"  # noqa: S608 - constant
            free += self._connection.execute(found, (kind, below)).fetchall()
            gone = f"UPDATE ranges SET next = hi + 1 WHERE {old}"  # noqa: S608 - constant
            self._connection.execute(gone, (kind, below))
        return free


def _set_aside(connection: Connection, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    connection.executemany(
        "INSERT OR IGNORE INTO set_aside VALUES (?, ?, ?, ?)",
        [
            (entry.hash, entry.seq, entry.epoch, json.dumps(entry.to_wire(), ensure_ascii=False))
            for entry in entries
        ],
    )
    # The guard is back before the transaction ends: nobody else ever sees the table without it.
    (guard,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = 'journal_no_delete'"
    ).fetchone()
    connection.execute("DROP TRIGGER journal_no_delete")
    connection.execute("DELETE FROM journal WHERE seq >= ?", (entries[0].seq,))
    connection.execute(guard)


def set_aside(connection: Connection) -> Iterator[Entry]:
    """Entries that recoveries moved out of the journal, in the order they were sealed."""
    for (text,) in connection.execute("SELECT entry FROM set_aside ORDER BY rowid"):
        yield Entry.from_wire(json.loads(text))
