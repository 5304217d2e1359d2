"""What is carried by hand: journal entries sealed for the platform, and the platform's answer.

One file, ``*.ptc``::

    "PTC1" · length of the header, 4 bytes, big-endian · header · payload · SHA-256 of all before it

The header is canonical JSON and signed: by the terminal for entries, by the platform for an answer.
The payload of entries is the canonical JSON of one entry a line, gzipped, in a box that only the
platform opens; an answer has none. A file proves by itself whose it is, whoever carries it.
Entries say from where on their terminal knows its inbox; the answer's header has what came since,
as much as fits: every version of a carrier passes it on.

Source: docs/adr/0017-carried-by-hand.md.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from sync.wire.fields import Hash, Label, Message, Signature, Whole, malformed
from sync.wire.inbox import InboxPage
from sync.wire.messages import MAX_BODY_BYTES
from sync.wire.refusal import Refusal
from sync.wire.sealed_box import open_sealed, seal
from sync.wire.signing import Ack, Signer, record_is_signed, sign_record
from terminal.domain.canonical import Json, JsonObject, canonical_bytes
from terminal.domain.errors import BugError, ParamValue

SUFFIX: Final = ".ptc"
"""How the name of a file ends."""

BUNDLE_ENTRIES: Final = 2_000
"""Entries of one bundle at most; more are written as several, each of use without the others."""

BUNDLE_PLAIN_BYTES: Final = 4 * 1024 * 1024
"""Bytes of one bundle's entries at most, before packing; a single larger entry goes alone."""

LARGEST_FILE: Final = 6 * 1024 * 1024
"""No bundle is larger; what is, is none and need not be read."""

_MAGIC: Final = b"PTC1"
_LENGTH: Final = struct.Struct(">I")
_DIGEST: Final = 32
_LONGEST_HEADER: Final = 16 * 1024
INBOX_BYTES: Final = 12 * 1024
"""Bytes of the inbox in an answer at most, so that with all else its header is not too long."""


@dataclass(frozen=True, slots=True)
class InboxFrom(Message):
    """From which numbers on a terminal wants what the centre tells it, in which life of it."""

    server_epoch: Label
    item: Annotated[int, Whole(1)]
    task: Annotated[int, Whole(1)]


@dataclass(frozen=True, slots=True)
class EntriesHeader(Message):
    """Whose entries, which, sealed for whom; ``epoch`` is the last entry's.

    ``inbox`` is None from a terminal that never met a platform, and from an earlier version.
    """

    form: Literal["courier.entries"]
    terminal_id: Label
    epoch: Annotated[int, Whole(1)]
    first_seq: Annotated[int, Whole(1)]
    last_seq: Annotated[int, Whole(1)]
    created_at: str
    platform_key: Hash
    vault_key: Hash
    payload_sha256: Hash
    signature: Signature
    inbox: InboxFrom | None = None

    def __post_init__(self) -> None:
        if not self.first_seq <= self.last_seq < self.first_seq + BUNDLE_ENTRIES:
            raise malformed("last_seq")


@dataclass(frozen=True, slots=True)
class AnswerHeader(Message):
    """What became of a bundle: the platform's head afterwards, and why it took less, if it did.

    ``inbox`` has directives, notices and tasks for the terminal, where it asked for them.
    """

    form: Literal["courier.answer"]
    terminal_id: Label
    first_seq: int
    last_seq: int
    bundle_sha256: Hash
    platform_key: Hash
    ack: Ack
    code: str
    params: JsonObject
    signature: Signature
    inbox: InboxPage | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entries on their way; nothing is proven before ``open_bundle``."""

    header: EntriesHeader
    record: JsonObject
    payload: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the signed header, hex: the name of exactly this bundle."""
        return hashlib.sha256(canonical_bytes(self.record)).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """The platform's word on one bundle; see ``verify_answer``."""

    header: AnswerHeader
    record: JsonObject


def pieces(entries: Iterable[JsonObject]) -> Iterator[list[JsonObject]]:
    """Entries in order, cut into what one bundle holds."""
    piece: list[JsonObject] = []
    size = 0
    for entry in entries:
        length = len(canonical_bytes(entry)) + 1
        if piece and (len(piece) == BUNDLE_ENTRIES or size + length > BUNDLE_PLAIN_BYTES):
            yield piece
            piece, size = [], 0
        piece.append(entry)
        size += length
    if piece:
        yield piece


def seal_bundle(
    entries: Sequence[JsonObject],
    *,
    created_at: str,
    platform_key: bytes,
    vault_key: bytes,
    signer: Signer,
    inbox: InboxFrom | None = None,
) -> bytes:
    """Make the file of one piece.

    Args:
        entries: 1 to ``BUNDLE_ENTRIES`` wire entries of one terminal, in order without a gap.
        created_at: UTC.
        platform_key: Ed25519 key of the platform they are for, 32 bytes.
        vault_key: its X25519 key, 32 bytes.
        signer: Ed25519 with the terminal's key.
        inbox: what the answer should bring along; None for nothing.

    Raises:
        Refusal: ``sealed_box.bad_key``.
    """
    first, last = entries[0], entries[-1]
    about: JsonObject = {"terminal_id": first["terminal_id"], "first_seq": first["seq"]}
    about["last_seq"] = last["seq"]
    lines = b"\n".join(canonical_bytes(entry) for entry in entries)
    payload = seal(zlib.compress(lines, 9, wbits=31), vault_key, purpose=_purpose(about))
    record: JsonObject = {
        **about,
        "form": "courier.entries",
        "epoch": last["epoch"],
        "created_at": created_at,
        "platform_key": platform_key.hex(),
        "vault_key": vault_key.hex(),
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        **({"inbox": inbox.format()} if inbox else {}),
    }
    return _file(sign_record(record, signer), payload)


def answer_file(
    bundle: Bundle,
    ack: Ack,
    *,
    signer: Signer,
    code: str = "",
    params: Mapping[str, ParamValue] | None = None,
    inbox: InboxPage | None = None,
) -> bytes:
    """Make the platform's answer to a bundle.

    Args:
        bundle: what was brought.
        ack: the platform's head of that journal now.
        signer: Ed25519 with the platform's key.
        code: why not everything is held, "" when it is.
        params: what the text of the code needs.
        inbox: what the centre tells the terminal, ``INBOX_BYTES`` at most.
    """
    header = bundle.header
    record: JsonObject = {
        "form": "courier.answer",
        "terminal_id": header.terminal_id,
        "first_seq": header.first_seq,
        "last_seq": header.last_seq,
        "bundle_sha256": bundle.digest,
        "platform_key": header.platform_key,
        "ack": ack.format(),
        "code": code,
        "params": {**(params or {})},
        **({"inbox": inbox.format()} if inbox else {}),
    }
    return _file(sign_record(record, signer), b"")


def read_carried(data: bytes) -> Bundle | Answer:
    """Read a file as far as anybody can who has no key.

    Args:
        data: the whole file.

    Raises:
        Refusal: ``courier.not_a_bundle``, ``courier.newer_version``, ``courier.damaged`` (422).
    """
    if data[:4] != _MAGIC:
        newer = data[:3] == _MAGIC[:3] and data[3:4].isdigit()
        raise Refusal(422, "courier.newer_version" if newer else "courier.not_a_bundle")
    content, digest = data[:-_DIGEST], data[-_DIGEST:]
    if len(content) < 4 + _LENGTH.size or hashlib.sha256(content).digest() != digest:
        raise _damaged()
    (length,) = _LENGTH.unpack_from(content, 4)
    head = content[4 + _LENGTH.size :][: min(length, _LONGEST_HEADER)]
    payload = content[4 + _LENGTH.size + len(head) :]
    record = _record(head, length)
    try:
        if record.get("form") == "courier.answer" and not payload:
            return Answer(AnswerHeader.parse(record), record)
        header = EntriesHeader.parse(record)
    except Refusal as problem:
        raise _damaged() from problem
    if hashlib.sha256(payload).hexdigest() != header.payload_sha256:
        raise _damaged()
    return Bundle(header, record, payload)


def open_bundle(bundle: Bundle, public_key: bytes, vault_secret: bytes) -> list[JsonObject]:
    """Prove whose bundle it is and open it.

    Args:
        bundle: from ``read_carried``.
        public_key: Ed25519 key of the terminal it names, 32 bytes.
        vault_secret: the platform's private X25519 key, 32 bytes.

    Returns:
        Wire entries, each still to be checked as an entry.

    Raises:
        Refusal: ``courier.bad_signature``, ``courier.not_opened``, ``courier.damaged`` (422).
    """
    if not record_is_signed(bundle.record, public_key):
        raise Refusal(422, "courier.bad_signature")
    try:
        packed = open_sealed(bundle.payload, vault_secret, purpose=_purpose(bundle.record))
    except Refusal as problem:
        raise Refusal(422, "courier.not_opened") from problem
    unpacker = zlib.decompressobj(wbits=31)
    try:
        lines = unpacker.decompress(packed, MAX_BODY_BYTES)
        entries: list[Any] = [json.loads(line) for line in lines.split(b"\n")]
    except (zlib.error, ValueError, RecursionError) as problem:
        raise _damaged() from problem
    sound = all(isinstance(entry, dict) for entry in entries)
    header = bundle.header
    if not (sound and unpacker.eof and len(entries) == header.last_seq - header.first_seq + 1):
        raise _damaged()
    return entries


def verify_answer(answer: Answer, platform_key: bytes) -> None:
    """Prove that the platform gave this answer.

    Args:
        answer: from ``read_carried``.
        platform_key: its Ed25519 key, 32 bytes.

    Raises:
        Refusal: ``courier.other_platform``, ``courier.bad_signature`` (422).
    """
    if answer.header.platform_key != platform_key.hex():
        raise Refusal(422, "courier.other_platform")
    if not record_is_signed(answer.record, platform_key):
        raise Refusal(422, "courier.bad_signature")


def _purpose(about: Mapping[str, Json]) -> bytes:
    """Binds a box to the entries it is said to hold."""
    named = "courier {terminal_id} {first_seq} {last_seq}"
    return named.format_map(about).encode()


def _file(record: JsonObject, payload: bytes) -> bytes:
    head = canonical_bytes(record)
    content = _MAGIC + _LENGTH.pack(len(head)) + head + payload
    return content + hashlib.sha256(content).digest()


def _record(head: bytes, length: int) -> JsonObject:
    try:
        record: Json = json.loads(head)
        exact = len(head) == length and canonical_bytes(record) == head
    except (ValueError, RecursionError, BugError) as problem:
        raise _damaged() from problem
    if not (exact and isinstance(record, dict)):
        raise _damaged()
    return record


def _damaged() -> Refusal:
    return Refusal(422, "courier.damaged")
