"""Personal data in journal.db: sealed for the platform, readable here only while it is needed.

Source: docs/adr/0018-vault-and-attachments.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from terminal.domain.vault import SIGNED_OFF
from terminal.ports.vault import VaultRecord
from terminal.store.database import Connection

_RECORD = "SELECT v.record_id, v.intent_id, v.digest, v.sealed, v.readable, v.kept_at FROM vault v "


class VaultTable:
    """Implements ``terminal.ports.vault.Vault`` over one connection; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, record_id: str) -> VaultRecord | None:
        """See the port."""
        row = self._connection.execute(f"{_RECORD}WHERE record_id = ?", (record_id,)).fetchone()
        return VaultRecord(*row) if row else None

    def is_empty(self) -> bool:
        """See the port."""
        return self._connection.execute("SELECT 1 FROM vault LIMIT 1").fetchone() is None

    def last_sign_off(self, seq: int) -> int:
        """See the port."""
        row = self._connection.execute(
            "SELECT seq FROM journal WHERE kind = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
            (SIGNED_OFF, seq),
        ).fetchone()
        return int(row[0]) if row else 0

    def named_before(self, seq: int) -> Sequence[VaultRecord]:
        """See the port."""
        rows = self._connection.execute(
            f"{_RECORD}JOIN journal j USING (intent_id) WHERE j.seq < ? ORDER BY j.seq", (seq,)
        )
        return tuple(VaultRecord(*row) for row in rows)

    def put(self, record: VaultRecord) -> None:
        """See the port."""
        self._connection.execute(
            "INSERT INTO vault (record_id, intent_id, digest, sealed, readable, kept_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                record.record_id,
                record.intent_id,
                record.digest,
                record.sealed,
                record.readable,
                record.kept_at,
            ),
        )

    def end_need(self, record_id: str) -> None:
        """See the port."""
        self._overwrite()
        self._connection.execute(
            "UPDATE vault SET readable = NULL WHERE record_id = ?", (record_id,)
        )

    def end_needs_before(self, seq: int) -> int:
        """See the port."""
        self._overwrite()
        ended = self._connection.execute(
            "UPDATE vault SET readable = NULL WHERE readable IS NOT NULL AND intent_id IN "
            "(SELECT intent_id FROM journal WHERE kind = 'vault.kept' AND seq < ?)",
            (seq,),
        )
        return int(ended.rowcount)

    def erase(self, record_id: str) -> None:
        """See the port."""
        self._overwrite()
        self._connection.execute("DELETE FROM vault WHERE record_id = ?", (record_id,))

    def _overwrite(self) -> None:
        """What is dropped is overwritten with zeros, not only forgotten."""
        self._connection.execute("PRAGMA secure_delete = ON").fetchone()
