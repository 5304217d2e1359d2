"""Taking in sealed personal data and attachments, idempotent, with a signed receipt at the end.

A receipt lets a terminal erase its only copy. It is therefore signed only for what is whole, is
what was announced, and opens with the platform's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.central import schema
from sync.central.platform import Platform, utc_text, value
from sync.wire import deposits as wire
from sync.wire.fields import malformed
from sync.wire.refusal import Refusal
from sync.wire.sealed_box import open_sealed
from terminal.domain.vault import ATTACHMENTS, VAULT, Lane, digest_of, purpose_of


def keep_record(
    platform: Platform, terminal_id: str, record_id: str, deposit: wire.VaultDeposit
) -> wire.DepositReceipt:
    """Take in a record of personal data; the same record again gives the same receipt.

    Args:
        platform: this worker.
        terminal_id: proven by the request's signature.
        record_id: the record's name.
        deposit: the sealed record.

    Raises:
        Refusal: ``vault.too_large`` (413), ``sealed_box.not_opened``, ``vault.bad_digest`` (422),
            ``vault.other_content`` (409).
    """
    sealed = wire.unpacked(deposit.sealed, "sealed")
    if len(sealed) > wire.MAX_SEALED_RECORD:
        raise Refusal(413, "vault.too_large", {"limit": wire.MAX_SEALED_RECORD})
    purpose = purpose_of(VAULT, terminal_id, record_id)
    if digest_of(open_sealed(sealed, platform.vault_secret, purpose=purpose)) != deposit.digest:
        raise Refusal(422, "vault.bad_digest")
    sha256 = digest_of(sealed)

    def work(connection: Connection) -> wire.DepositReceipt:
        row = {"digest": deposit.digest, "sha256": sha256, "sealed": sealed}
        at = _record_held_since(connection, terminal_id, record_id, row)
        proof = (sha256, len(sealed), at)
        return _receipt(platform, connection, VAULT, terminal_id, record_id, proof)

    return platform.database.transaction(work)


def _record_held_since(
    connection: Connection, terminal_id: str, record_id: str, row: Mapping[str, Any]
) -> str:
    """Keep a record unless it is here; when it came.

    Raises:
        Refusal: ``vault.other_content`` (409).
    """
    columns = schema.vault_records.c
    held = connection.execute(
        select(columns.sha256, columns.at).where(
            columns.terminal_id == terminal_id, columns.record_id == record_id
        )
    ).one_or_none()
    if held is None:
        place = {"terminal_id": terminal_id, "record_id": record_id, "at": utc_text()}
        connection.execute(insert(schema.vault_records).values({**place, **row}))
        return place["at"]
    if held.sha256 != row["sha256"]:
        raise Refusal(409, "vault.other_content")
    return str(held.at)


def attachment_state(platform: Platform, terminal_id: str, address: str) -> wire.AttachmentState:
    """How much of an attachment we hold; nothing of one we never heard of."""
    return platform.database.transaction(
        lambda connection: _Taking(platform, connection, terminal_id, address).state()
    )


def keep_chunk(
    platform: Platform, terminal_id: str, address: str, chunk: wire.AttachmentChunk
) -> wire.AttachmentState:
    """Take in the next piece of an attachment; one we have already changes nothing.

    Args:
        platform: this worker.
        terminal_id: proven by the request's signature.
        address: SHA-256 of the whole.
        chunk: the piece.

    Raises:
        Refusal: ``attachment.too_large`` (413, ``limit``), ``attachment.gap`` (409, ``offset``),
            ``attachment.bad_hash`` and ``sealed_box.not_opened`` (422): all pieces are dropped.
    """
    data = wire.unpacked(chunk.data, "data")
    if chunk.size > wire.MAX_SEALED_ATTACHMENT or len(data) > wire.MAX_CHUNK_BYTES:
        raise Refusal(413, "attachment.too_large", {"limit": wire.MAX_SEALED_ATTACHMENT})

    def work(connection: Connection) -> tuple[wire.AttachmentState, Refusal | None]:
        return _Taking(platform, connection, terminal_id, address).take(chunk, data)

    state, refusal = platform.database.transaction(work)
    if refusal is not None:
        raise refusal
    return state


def attachments(platform: Platform) -> wire.AttachmentList:
    """What the operator sees, newest first, then what is still coming."""
    columns = schema.attachments.c
    wanted = select(schema.attachments).order_by(columns.at.desc(), columns.address)

    def work(connection: Connection) -> wire.AttachmentList:
        rows = connection.execute(wanted)
        return wire.AttachmentList(tuple(wire.AttachmentNote(**row._mapping) for row in rows))

    return platform.database.transaction(work)


def attachment(platform: Platform, terminal_id: str, address: str) -> bytes:
    """What is in an attachment, opened.

    Raises:
        Refusal: ``attachment.not_found`` (404) for one that is not here, or not yet whole.
    """

    def work(connection: Connection) -> bytes:
        taking = _Taking(platform, connection, terminal_id, address)
        if taking.state().receipt is None:
            raise Refusal(404, "attachment.not_found")
        return taking.whole()

    purpose = purpose_of(ATTACHMENTS, terminal_id)
    return open_sealed(platform.database.transaction(work), platform.vault_secret, purpose=purpose)


class _Taking:
    """One attachment inside one transaction; its row is locked from the start."""

    def __init__(
        self, platform: Platform, connection: Connection, terminal_id: str, address: str
    ) -> None:
        self._platform = platform
        self._connection = connection
        self._place = (terminal_id, address)
        columns = schema.attachments.c
        self._mine = (columns.terminal_id == terminal_id) & (columns.address == address)
        self._row: Row[Any] | None = connection.execute(
            select(schema.attachments).where(self._mine).with_for_update()
        ).one_or_none()

    def state(self) -> wire.AttachmentState:
        row = self._row
        if row is None:
            return wire.AttachmentState(0)
        if not row.at:
            return wire.AttachmentState(row.held)
        return wire.AttachmentState(row.size, self._receipt(row.size, row.at))

    def take(
        self, chunk: wire.AttachmentChunk, data: bytes
    ) -> tuple[wire.AttachmentState, Refusal | None]:
        held = self._row.held if self._row else 0
        if self._row is not None and self._row.size != chunk.size:
            raise malformed("size")
        if chunk.offset > held:
            raise Refusal(409, "attachment.gap", {"offset": held})
        if chunk.offset < held:
            # Sent again, or late: what is held stays, its hash decides in the end.
            return self.state(), None
        if held + len(data) > chunk.size:
            raise malformed("data")
        self._add(chunk, data, held)
        if held + len(data) < chunk.size:
            return wire.AttachmentState(held + len(data)), None
        return self._finish(chunk.size)

    def whole(self) -> bytes:
        """All pieces, in order."""
        columns = schema.attachment_chunks.c
        pieces = select(columns.data).where(*self._pieces()).order_by(columns.start)
        return b"".join(bytes(piece) for piece in self._connection.scalars(pieces))

    def _add(self, chunk: wire.AttachmentChunk, data: bytes, held: int) -> None:
        terminal_id, address = self._place
        named = {"terminal_id": terminal_id, "address": address}
        grown = held + len(data)
        if self._row is None:
            self._connection.execute(
                insert(schema.attachments).values(
                    **named,
                    size=chunk.size,
                    held=grown,
                    kind=chunk.kind,
                    name=chunk.name,
                    at="",
                )
            )
        else:
            self._connection.execute(
                update(schema.attachments).where(self._mine).values(held=grown)
            )
        self._connection.execute(
            insert(schema.attachment_chunks).values(**named, start=chunk.offset, data=data)
        )

    def _finish(self, size: int) -> tuple[wire.AttachmentState, Refusal | None]:
        terminal_id, address = self._place
        whole, purpose = self.whole(), purpose_of(ATTACHMENTS, terminal_id)
        try:
            if digest_of(whole) != address:
                raise Refusal(422, "attachment.bad_hash")
            open_sealed(whole, self._platform.vault_secret, purpose=purpose)
        except Refusal as refusal:
            # Nobody could ever read it: it must come anew, and take no room meanwhile.
            self._connection.execute(delete(schema.attachment_chunks).where(*self._pieces()))
            self._connection.execute(delete(schema.attachments).where(self._mine))
            return wire.AttachmentState(0), refusal
        at = utc_text()
        self._connection.execute(update(schema.attachments).where(self._mine).values(at=at))
        return wire.AttachmentState(size, self._receipt(size, at)), None

    def _pieces(self) -> tuple[Any, ...]:
        terminal_id, address = self._place
        columns = schema.attachment_chunks.c
        return columns.terminal_id == terminal_id, columns.address == address

    def _receipt(self, size: int, at: str) -> wire.DepositReceipt:
        terminal_id, address = self._place
        proof = (address, size, at)
        return _receipt(self._platform, self._connection, ATTACHMENTS, terminal_id, address, proof)


def _receipt(
    platform: Platform,
    connection: Connection,
    lane: Lane,
    terminal_id: str,
    item: str,
    proof: tuple[str, int, str],
) -> wire.DepositReceipt:
    """Our signed word on what we hold; ``proof`` is its hash, its size and when it was whole."""
    epoch = value(connection, "server_epoch")
    unsigned = wire.DepositReceipt(terminal_id, lane, item, *proof, epoch, "0" * 128)
    return wire.sign_receipt(unsigned, platform.sign)
