"""Scenarios of the fault matrix for what terminals bring sealed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sync.client.pace import Pace
from sync.client.session import Session
from sync.wire.deposits import CHUNK_BYTES
from terminal.domain.vault import ATTACHMENTS, VAULT, Lane
from terminal.store.deposit_receipts import DepositReceiptReader
from terminal.store.sync_file import SYNC_FILE
from tests.helpers.deposits import attach, keep_record
from tests.helpers.enrolled_terminal import EnrolledTerminal

if TYPE_CHECKING:
    from tests.helpers.fault_cells import Cell

_PACE = Pace(read_s=0.3, held_s=0.0)
_TRIES = 4
# The platform's gap says where to go on, and the line's refusals are the journal lane's to show.
_NOT_PARKED = ("terminal.", "request.", "idempotency.", "attachment.gap")


def record(cell: Cell, terminal: EnrolledTerminal) -> None:
    name = keep_record(terminal)
    _deposited(cell, terminal, VAULT, name)
    assert _count(cell, "vault_records", "record_id", name) == 1, cell.label


def attachment(cell: Cell, terminal: EnrolledTerminal) -> None:
    content = cell.label.encode() * (2 * CHUNK_BYTES // len(cell.label) + 1)
    held = attach(terminal, content)
    _deposited(cell, terminal, ATTACHMENTS, held.address)
    rows = cell.platform.admin("GET", "/v1/admin/attachments")["attachments"]
    (row,) = (row for row in rows if row["address"] == held.address)
    assert (row["held"], row["size"]) == (held.size, held.size), cell.label
    assert _count(cell, "attachment_chunks", "address", held.address) == 3, cell.label


def _deposited(cell: Cell, terminal: EnrolledTerminal, lane: Lane, item: str) -> None:
    """The fault strikes, and in the end there is one signed receipt and nothing parked."""
    refused = cell.fault in ("409", "422") and not cell.code.startswith(_NOT_PARKED)
    with _session(cell, terminal) as session:
        cell.spring()
        first = session.deposits.run()
        with terminal.reader() as reader:
            shown = [(parked.lane, parked.code, parked.item) for parked in reader.parked()]
        assert shown == ([(lane, cell.code, item)] if refused else []), cell.label
        assert not (refused and first.code), cell.label
        tries = 1
        while session.deposits.run().left:
            tries += 1
            assert tries < _TRIES, cell.label
        cell.road.deliver_late()
        assert session.deposits.run().left == 0, cell.label
    with (
        terminal.reader() as reader,
        closing(DepositReceiptReader(terminal.home / SYNC_FILE, terminal.keys.db_key)) as receipts,
    ):
        assert reader.parked() == [], cell.label
        assert receipts.receipt(lane, item) is not None, cell.label


@contextmanager
def _session(cell: Cell, terminal: EnrolledTerminal) -> Iterator[Session]:
    with (
        terminal.through(cell.road.url),
        closing(Session(terminal.home, terminal.keys, pace=_PACE)) as session,
    ):
        assert session.uploader.run(probe=True).code == ""
        yield session


def _count(cell: Cell, table: str, column: str, value: str) -> int:
    """Rows in the platform's own file."""
    with closing(sqlite3.connect(cell.platform.home / "platform.db")) as book:
        found = book.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (value,))
        return int(found.fetchone()[0])
