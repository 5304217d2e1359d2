"""Keeping personal data and attachments: the journal names them, the platform gets them sealed.

Nothing is erased here before two things are true: the platform signed that it has it and can read
it, and the day it belongs to is signed off with every entry of that day confirmed.

Source: docs/adr/0018-vault-and-attachments.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from terminal.app.context import Context
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.vault import (
    ATTACHED,
    ATTACHMENTS,
    MAX_RECORD_BYTES,
    RECORD_KEPT,
    SALT_BYTES,
    VAULT,
    Attachment,
    Lane,
    VaultReference,
    digest_of,
    person_of,
    purpose_of,
    record_content,
)
from terminal.ports.vault import Safe, VaultRecord


class Keeping:
    """Use cases of personal data and attachments. Store thread only.

    Args:
        context: ports and shared state.
        open_safe: gives what keeping takes beside the books, always the same.
    """

    def __init__(self, context: Context, open_safe: Callable[[], Safe]) -> None:
        self._context = context
        self._open_safe = open_safe
        self._looked_at = (-1, -1, -1)

    @property
    def _safe(self) -> Safe:
        return self._open_safe()

    def keep(self, person: JsonObject, intent_id: str = "") -> VaultReference:
        """Keep a person's data, sealed at once, and name it in the journal.

        Args:
            person: names, addresses, numbers; JSON without floats.
            intent_id: made when the form opened; "" for a new one.

        Returns:
            What other entries may say of it.

        Raises:
            UserError: ``vault.too_large``; ``journal.intent_used``.
            EnvironmentFault: ``database.*``.
        """
        content = record_content(person, self._safe.fresh_salt(SALT_BYTES))
        if len(content) > MAX_RECORD_BYTES:
            raise UserError("vault.too_large", {"limit_kb": MAX_RECORD_BYTES // 1024})
        reference = VaultReference(new_uuid7(), digest_of(content))
        intent = intent_id or new_uuid7()
        purpose = purpose_of(VAULT, self._safe.terminal_id, reference.record_id)
        sealed = self._safe.seal(content, purpose)
        body: JsonObject = {"record_id": reference.record_id, "digest": reference.digest}
        with self._context.books.transaction() as tx:
            entry = tx.append(self._draft(RECORD_KEPT, intent, body))
            tx.vault.put(
                VaultRecord(
                    reference.record_id,
                    intent,
                    reference.digest,
                    sealed,
                    content,
                    entry.recorded_at,
                )
            )
        self._context.wake_sync()
        return reference

    def read(self, record_id: str) -> JsonObject:
        """A person's data while the business needs it.

        Raises:
            UserError: ``vault.closed`` when only the platform can read it.
        """
        record = self._context.books.vault.record(record_id)
        if record is None or record.readable is None:
            raise UserError("vault.closed")
        return person_of(record.readable)

    def end_need(self, record_id: str) -> None:
        """The business is done: from now on only the platform can read the record."""
        with self._context.books.transaction() as tx:
            tx.vault.end_need(record_id)

    def attach(self, content: bytes, *, kind: str, name: str) -> Attachment:
        """Keep an attachment, sealed, and name it in the journal.

        Args:
            content: at most ``MAX_ATTACHMENT_BYTES``.
            kind: what it is for.
            name: as a person would call the file; no personal data.

        Raises:
            UserError: ``attachment.too_large``.
            EnvironmentFault: ``file.not_written``, ``database.*``.
        """
        kept = self._safe.attachments.put(
            content, kind=kind, name=name, intent_id=new_uuid7(), kept_at=self._context.now()
        )
        self._name(kept)
        self._context.wake_sync()
        return kept

    def tidy(self) -> int:
        """Name attachments of other programs, close what is no longer needed, erase what is safe.

        Returns:
            How many records and attachments were erased.

        Raises:
            EnvironmentFault: ``database.*``, ``file.not_written``.
        """
        vault, attachments = self._context.books.vault, self._safe.attachments.kept()
        for attachment in attachments:
            self._name(attachment)
        head, confirmed = self._context.books.head()[0], self._context.sync.confirmed_head().seq
        seen = (head, confirmed, self._safe.receipts.count())
        if (vault.is_empty() and not attachments) or seen == self._looked_at:
            return 0
        self._close_needs()
        erased = self._erase(attachments)
        self._looked_at = seen
        return erased

    def _close_needs(self) -> None:
        """A day that is signed off needs nobody's data any more."""
        books = self._context.books
        ended = books.vault.last_sign_off(books.head()[0])
        if any(record.readable for record in books.vault.named_before(ended)):
            with books.transaction() as tx:
                tx.vault.end_needs_before(ended)

    def _erase(self, attachments: Sequence[Attachment]) -> int:
        tied_out = self._tied_out()
        if not tied_out:
            return 0
        records = [
            record.record_id
            for record in self._context.books.vault.named_before(tied_out)
            if self._is_received(VAULT, record.record_id, digest_of(record.sealed))
        ]
        if records:
            with self._context.books.transaction() as tx:
                for record_id in records:
                    tx.vault.erase(record_id)
        files = [
            attachment.address
            for attachment in attachments
            if self._is_named_before(attachment, tied_out)
            and self._is_received(ATTACHMENTS, attachment.address, attachment.address)
        ]
        for address in files:
            self._safe.attachments.erase(address)
        return len(records) + len(files)

    def _tied_out(self) -> int:
        """The last end of a day that the platform confirmed with all before it; 0 for none."""
        sync, books = self._context.sync, self._context.books
        head = sync.confirmed_head()
        held = books.entry(head.seq)
        # A head that is not ours means an old disk: nothing is certain before its recovery.
        if sync.recovery() is not None or held is None or held.hash != head.hash:
            return 0
        return books.vault.last_sign_off(head.seq)

    def _is_received(self, lane: Lane, item: str, sealed_digest: str) -> bool:
        """Whether the platform signed, in its present life, for exactly these bytes."""
        receipt = self._safe.receipts.receipt(lane, item)
        return (
            receipt is not None
            and receipt.get("sha256") == sealed_digest
            and receipt.get("server_epoch") == self._context.sync.line_state().server_epoch
            and self._context.secrets.genuine(receipt)
        )

    def _is_named_before(self, attachment: Attachment, seq: int) -> bool:
        entry = self._context.books.entry_for_intent(attachment.intent_id)
        return entry is not None and entry.seq < seq

    def _name(self, attachment: Attachment) -> None:
        """Name an attachment in the journal, once; never as the first entry of new books."""
        books = self._context.books
        if books.head()[0] == 0 or books.entry_for_intent(attachment.intent_id) is not None:
            return
        body: JsonObject = {
            "address": attachment.address,
            "bytes": attachment.size,
            "kind": attachment.kind,
            "name": attachment.name,
        }
        with books.transaction() as tx:
            tx.append(self._draft(ATTACHED, attachment.intent_id, body))
        self._context.wake_sync()

    def _draft(self, kind: str, intent_id: str, body: JsonObject) -> EntryDraft:
        day = self._context.books.day()
        date = day.business_date or self._context.clock.local_date()
        return EntryDraft(kind, intent_id, date, day.clerk_id, body)
