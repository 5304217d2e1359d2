"""Sealed personal data and attachments on their way to the platform, and its receipts for them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from sync.wire.fields import Hash, Label, Message, Signature, Text, Whole, malformed
from sync.wire.refusal import Refusal
from sync.wire.sealed_box import OVERHEAD
from sync.wire.signing import Signer, record_digest, record_is_signed
from terminal.domain.canonical import Json
from terminal.domain.vault import MAX_ATTACHMENT_BYTES, MAX_RECORD_BYTES

MAX_SEALED_RECORD: Final = MAX_RECORD_BYTES + OVERHEAD
MAX_SEALED_ATTACHMENT: Final = MAX_ATTACHMENT_BYTES + OVERHEAD
CHUNK_BYTES: Final = 32 * 1024
"""A piece of an attachment: half a second of a line of 512 kbit/s."""
MAX_CHUNK_BYTES: Final = 8 * CHUNK_BYTES
_PACKED: Final = r"[0-9A-Za-z+/]+={0,2}"

RecordBox = Annotated[str, Text(_PACKED, 4 * MAX_SEALED_RECORD)]
ChunkData = Annotated[str, Text(_PACKED, 2 * MAX_CHUNK_BYTES)]


@dataclass(frozen=True, slots=True)
class VaultDeposit(Message):
    """One record of personal data, sealed; ``digest`` is the salted hash the journal names."""

    digest: Hash
    sealed: RecordBox


@dataclass(frozen=True, slots=True)
class AttachmentChunk(Message):
    """A piece of a sealed attachment of ``size`` bytes, from ``offset`` on."""

    size: Annotated[int, Whole(1)]
    offset: Annotated[int, Whole(0)]
    data: ChunkData
    kind: Label
    name: Annotated[str, Text(longest=120)] = ""


@dataclass(frozen=True, slots=True)
class DepositReceipt(Message):
    """The platform's signed word that it has an item whole and can read it.

    Args:
        terminal_id: whose item.
        lane: which lane brought it.
        item: the record's name or the attachment's address.
        sha256: of the sealed bytes.
        size: of the sealed bytes.
        at: UTC when it was whole.
        server_epoch: the life of the platform's database; a receipt holds for this life.
        signature: the platform's, over the other fields.
    """

    terminal_id: Label
    lane: Literal["vault", "attachments"]
    item: Label
    sha256: Hash
    size: int
    at: str
    server_epoch: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class ReceiptAnswer(Message):
    """The answer to a record."""

    receipt: DepositReceipt


@dataclass(frozen=True, slots=True)
class AttachmentState(Message):
    """How much of an attachment is held, and the receipt once it is whole."""

    offset: int
    receipt: DepositReceipt | None = None


@dataclass(frozen=True, slots=True)
class AttachmentNote(Message):
    """What the operator sees of an attachment; ``at`` is "" while pieces are missing."""

    terminal_id: Label
    address: Hash
    size: int
    held: int
    kind: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class AttachmentList(Message):
    """All attachments, newest first."""

    attachments: tuple[AttachmentNote, ...]


def packed(content: bytes) -> str:
    """Bytes as they travel in JSON."""
    return base64.b64encode(content).decode("ascii")


def unpacked(text: str, field: str) -> bytes:
    """Bytes that travelled in JSON.

    Raises:
        Refusal: ``wire.malformed`` with ``field``.
    """
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as problem:
        raise malformed(field) from problem


def sign_receipt(unsigned: DepositReceipt, signer: Signer) -> DepositReceipt:
    """The receipt with the platform's signature in place of its own."""
    digest = record_digest(unsigned.format())
    named = {**unsigned.format(), "signature": signer(digest).hex()}
    return DepositReceipt.parse(named)


def parse_receipt(value: Json, platform_key: bytes) -> DepositReceipt:
    """Read a receipt and check its signature.

    Raises:
        Refusal: ``wire.malformed``; ``deposit.bad_signature`` (502) when the platform did not sign.
    """
    receipt = DepositReceipt.parse(value)
    if not record_is_signed(receipt.format(), platform_key):
        raise Refusal(502, "deposit.bad_signature")
    return receipt
