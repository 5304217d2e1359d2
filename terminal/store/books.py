"""The books on disk: journal.db, encrypted, append-only, one writer.

One business transaction is one SQLite transaction with ``synchronous=FULL``; checkpoints never run
inside a commit. A line put into the basket is shown first and waits for the disk afterwards.
Source: architecture.md §2 and §5, reliability.md §0 and §2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal.domain.attempt import Attempt
from terminal.domain.basket import Basket
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import Entry, EntryDraft, seal_with_text
from terminal.domain.leases import ORDER, Lease
from terminal.domain.lockout import Lockout
from terminal.ports.books import PrintJob
from terminal.ports.clock import Clock
from terminal.store import journal_table, projections, schema
from terminal.store.database import (
    Connection,
    database_faults,
    open_database,
    write_transaction,
)
from terminal.store.reading import SqlReading
from terminal.store.recovery_steps import RecoverySteps
from terminal.store.seal import Seal as Seal

FILE = "journal.db"


class SqlTransaction(RecoverySteps):
    """Implements ``terminal.ports.books.Transaction`` inside one SQLite transaction."""

    def __init__(self, connection: Connection, seal_with: Seal, clock: Clock) -> None:
        super().__init__(connection)
        self._seal = seal_with
        self._clock = clock
        self.resume_epoch()

    def append(self, draft: EntryDraft) -> Entry:
        used = self.entry_for_intent(draft.intent_id)
        if used is not None:
            raise UserError("journal.intent_used", {"seq": used.seq})
        seq, prev_hash = self.head()
        entry, text = seal_with_text(
            draft,
            terminal_id=self._seal.terminal_id,
            epoch=self._seal.epoch,
            seq=seq + 1,
            recorded_at=self._clock.now_utc(),
            prev_hash=prev_hash,
            signer=self._seal.signer,
        )
        journal_table.insert(self._connection, entry, text)
        projections.apply(self._connection, entry)
        return entry

    def next_order_number(self, now: str = "") -> int:
        return self.next_number(ORDER, now)

    def next_number(self, kind: str, now: str = "") -> int:
        free = [lease for lease in self.leases(kind) if lease.left > 0]
        usable = next((lease for lease in free if not lease.is_over(now)), None)
        if usable is None:
            if free:
                ended = {"kind": kind, "since": max(lease.expires_at for lease in free)[:10]}
                raise EnvironmentFault("range.expired", ended, retry=False)
            raise EnvironmentFault("range.used_up", {"kind": kind}, retry=False)
        self._connection.execute(
            "UPDATE ranges SET next = next + 1 WHERE kind = ? AND lo = ?", (kind, usable.lo)
        )
        return usable.next

    def add_range(self, kind: str, lo: int, hi: int, expires_at: str = "") -> None:
        # Whatever a platform says that forgot something: no number is in two leases here.
        (beside,) = self._connection.execute(
            "SELECT coalesce(max(hi), 0) FROM ranges"
            " WHERE kind = ? AND lo <> ? AND lo <= ? AND hi >= ?",
            (kind, lo, hi, lo),
        ).fetchone()
        self._connection.execute(
            "INSERT INTO ranges (kind, lo, hi, next, expires_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, lo) DO UPDATE"
            " SET expires_at = max(expires_at, excluded.expires_at)",
            (kind, lo, hi, min(hi, max(lo - 1, beside)) + 1, expires_at),
        )

    def give_back(self, lease: Lease) -> None:
        # The row stays, so that the same lease taken over again brings nothing back.
        self._connection.execute(
            "UPDATE ranges SET hi = next - 1 WHERE kind = ? AND lo = ?", (lease.kind, lease.lo)
        )

    def put_basket(self, basket: Basket) -> None:
        self._baskets.put(basket)

    def clear_basket(self) -> None:
        self._baskets.clear()

    def park(self, basket: Basket, clerk_id: str) -> None:
        self._baskets.park(basket, self._clock.now_utc(), clerk_id)

    def unpark(self, basket_id: str) -> Basket:
        return self._baskets.unpark(basket_id)

    def put_attempt(self, attempt: Attempt) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO attempt_counts VALUES (?, ?, ?)",
            (attempt.out_trade_no, attempt.queries, attempt.reversals),
        )

    def put_lockout(self, clerk_id: str, lockout: Lockout) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO lockouts VALUES (?, ?, ?, ?, ?)",
            (
                clerk_id,
                lockout.fails,
                lockout.remaining_ms,
                lockout.seen.boot_id,
                lockout.seen.up_ms,
            ),
        )

    def add_print_job(self, job: PrintJob) -> None:
        self._connection.execute(
            "INSERT INTO print_jobs (job_id, order_no, kind, document, state, reason, created_at, "
            "copy) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.job_id,
                job.order_no,
                job.kind,
                json.dumps(job.document, ensure_ascii=False),
                job.state,
                job.reason,
                job.created_at,
                job.copy,
            ),
        )

    def set_print_state(self, job_id: str, state: str, reason: str) -> None:
        self._connection.execute(
            "UPDATE print_jobs SET state = ?, reason = ? WHERE job_id = ?", (state, reason, job_id)
        )

    def set_preference(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO preferences VALUES (?, ?)", (key, value))

    def forget(self) -> None:
        """What was written in this transaction did not happen."""
        self._baskets.forget()
        self.undo_epoch()


class SqlBooks(SqlReading):
    """Implements ``terminal.ports.books.Books``. One instance, one thread: the store thread.

    Args:
        home: the terminal's folder.
        key: 32 raw bytes of the database key.
        seal_with: what entries are signed with.
        clock: for time stamps.
        synchronous: ``FULL``; anything less is for negative controls of the fault harnesses only.

    Raises:
        EnvironmentFault: ``database.*``.
    """

    def __init__(
        self, home: Path, key: bytes, seal_with: Seal, clock: Clock, *, synchronous: str = "FULL"
    ) -> None:
        path = home / FILE
        self._synchronous = synchronous
        self._unsettled = False
        self._open(path, key, synchronous)
        if schema.revision(self._connection) != schema.HEAD:
            self._connection.close()
            schema.migrate(path, key)
            self._open(path, key, synchronous)
        schema.prepare_read_models(self._connection, self.all_entries(), FILE)
        self._transaction = SqlTransaction(self._connection, seal_with, clock)
        self._interrupted_jobs_are_unconfirmed()

    def _open(self, path: Path, key: bytes, synchronous: str) -> None:
        connection = open_database(path, key, synchronous=synchronous, autocheckpoint_pages=0)
        super().__init__(connection)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        try:
            with write_transaction(self._connection, FILE):
                yield self._transaction
        except BaseException:
            self._transaction.forget()
            raise
        self._unsettled = False

    def keep_basket(self, basket: Basket) -> None:
        # The log keeps its order: the next full commit takes this one to the disk before itself.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        try:
            with self.transaction() as tx:
                tx.put_basket(basket)
        finally:
            self._connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._unsettled = True

    def settle(self) -> None:
        if self._unsettled:
            with self.transaction():
                # Writes the page again as it is: a full commit, and everything before it.
                self._connection.execute("UPDATE baskets SET state = state WHERE state = 'open'")

    def all_entries(self) -> Iterator[Entry]:
        """Every entry, oldest first, read as it is consumed."""
        return journal_table.all_entries(self._connection)

    def read_model_differences(self) -> list[str]:
        """Names of read models that are not what the journal says; empty when all is well."""
        return projections.differences(self._connection, self.all_entries())

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file; call it when the counter is idle.

        Raises:
            EnvironmentFault: ``database.full`` and the like; nothing is lost, the log keeps it all.
        """
        with database_faults(FILE):
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def close(self) -> None:
        """Checkpoint and close."""
        try:
            self.checkpoint()
        finally:
            self._connection.close()

    def _interrupted_jobs_are_unconfirmed(self) -> None:
        # The process ended between sending and the printer's answer: the slip may be on paper.
        with self.transaction():
            self._connection.execute(
                "UPDATE print_jobs SET state = 'unconfirmed', reason = 'print.interrupted' "
                "WHERE state = 'printing'"
            )
