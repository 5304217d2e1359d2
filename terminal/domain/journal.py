"""The journal entry: sealed, chained and signed by its terminal.

Source: architecture.md §2. ``hash`` is SHA-256 over the canonical JSON of the eleven header fields,
``signature`` is Ed25519 over the 32 hash bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, cast

from terminal.domain import ledger, stock
from terminal.domain.canonical import MAX_SAFE_INTEGER, Json, JsonObject, canonical_bytes
from terminal.domain.epoch import may_follow
from terminal.domain.errors import BugError, EnvironmentFault, OutletError
from terminal.domain.sealed_text import body_text, header_text
from terminal.domain.signature import public_key_of, signed_by

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS_HASH: Final = "0" * 64
"""``prev_hash`` of a terminal's first entry."""

BadReason = Literal[
    "gap",
    "broken_link",
    "bad_epoch",
    "bad_hash",
    "bad_signature",
    "duplicate_intent",
    "unbalanced",
]

_TEXT_SHAPES: Final = {
    "terminal_id": re.compile(r"[0-9A-Z][0-9A-Z.-]{0,39}"),
    "kind": re.compile(r"[a-z][a-z_]{0,31}\.[a-z][a-z_]{0,31}"),
    "intent_id": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "business_date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "recorded_at": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
    ),
    "clerk_id": re.compile(r"[0-9A-Za-z.-]{0,32}"),
    "prev_hash": re.compile(r"[0-9a-f]{64}"),
    "hash": re.compile(r"[0-9a-f]{64}"),
    "signature": re.compile(r"[0-9a-f]{128}"),
}
_NUMBERS: Final = ("epoch", "seq", "version")
_DATED: Final = ("business_date", "recorded_at")
_FIELDS: Final = frozenset(_TEXT_SHAPES) | frozenset(_NUMBERS) | {"body"}


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A business fact before it has its place in the journal.

    Args:
        kind: what happened, ``noun.verb``, for example ``sale.completed``.
        intent_id: UUIDv7 text made when the form opened; the journal accepts each one once.
        business_date: the outlet's day, ``YYYY-MM-DD``.
        clerk_id: who answers for it; empty when nobody is signed on.
        body: JSON object without floats; ``postings`` when value moves.
        version: version of the body's shape, from 1.
    """

    kind: str
    intent_id: str
    business_date: str
    clerk_id: str
    body: JsonObject
    version: int = 1

    def fields(self) -> JsonObject:
        """The six fields of the header that are known before the entry has its place."""
        return {
            "kind": self.kind,
            "version": self.version,
            "intent_id": self.intent_id,
            "business_date": self.business_date,
            "clerk_id": self.clerk_id,
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One sealed line of a terminal's journal; made by ``seal`` or ``Entry.from_wire`` only.

    ``epoch`` counts the lives of the terminal's disk from 1, ``seq`` is gap-free from 1 over all
    epochs, ``recorded_at`` is UTC with milliseconds, the hashes are 64 and the signature 128
    lower-case hex digits.
    """

    terminal_id: str
    epoch: int
    seq: int
    kind: str
    version: int
    intent_id: str
    business_date: str
    recorded_at: str
    clerk_id: str
    body: JsonObject
    prev_hash: str
    hash: str
    signature: str

    def header(self) -> JsonObject:
        """The eleven fields that the hash covers."""
        return {
            "terminal_id": self.terminal_id,
            "epoch": self.epoch,
            "seq": self.seq,
            "kind": self.kind,
            "version": self.version,
            "intent_id": self.intent_id,
            "business_date": self.business_date,
            "recorded_at": self.recorded_at,
            "clerk_id": self.clerk_id,
            "body": self.body,
            "prev_hash": self.prev_hash,
        }

    def to_wire(self) -> JsonObject:
        """The entry as one JSON object: the header, ``hash`` and ``signature``."""
        return {**self.header(), "hash": self.hash, "signature": self.signature}

    @staticmethod
    def from_wire(data: Mapping[str, Json]) -> Entry:
        """Read an entry somebody else wrote: shapes here, hash and signature in ``verify_entry``.

        Args:
            data: exactly the thirteen fields of ``to_wire``; one more or less would be outside the
                hash.

        Raises:
            EnvironmentFault: ``journal.malformed`` with the first wrong ``field``.
        """
        wrong = _wrong_field(data)
        if wrong is not None:
            raise EnvironmentFault("journal.malformed", {"field": wrong}, retry=False)
        # The shapes were checked field by field just above.
        return Entry(**cast("dict[str, str]", data))  # type: ignore[arg-type]


def _wrong_field(data: Mapping[str, Json]) -> str | None:
    for field in sorted(_FIELDS.symmetric_difference(data)):
        return field if field in _FIELDS else "unknown"
    for field, shape in _TEXT_SHAPES.items():
        value = data[field]
        if type(value) is not str or not shape.fullmatch(value):
            return field
    for field in _NUMBERS:
        number = data[field]
        if type(number) is not int or not 1 <= number <= MAX_SAFE_INTEGER:
            return field
    for field in _DATED:
        try:
            date.fromisoformat(cast(str, data[field])[:10])
        except ValueError:
            return field
    return None if type(data["body"]) is dict else "body"


def entry_hash(entry: Entry) -> bytes:
    """SHA-256 over the canonical header, 32 bytes.

    Raises:
        BugError: ``journal.not_canonical`` when the body holds what JSON cannot keep exact.
    """
    return hashlib.sha256(canonical_bytes(entry.header())).digest()


def seal(
    draft: EntryDraft,
    *,
    terminal_id: str,
    epoch: int,
    seq: int,
    recorded_at: str,
    prev_hash: str,
    signer: Callable[[bytes], bytes],
) -> Entry:
    """Give a fact its place in the chain and sign it.

    Args:
        draft: the fact; value that moves must balance.
        terminal_id: capital letters, digits, dot and hyphen, at most 40 characters.
        epoch: from 1, never falls.
        seq: the previous entry's plus one, from 1.
        recorded_at: UTC now, ``YYYY-MM-DDTHH:MM:SS.mmmZ``.
        prev_hash: hash of the previous entry, ``GENESIS_HASH`` for the first.
        signer: Ed25519 signature (64 bytes) of the 32 hash bytes, with the terminal's key.

    Returns:
        The sealed entry, ready to be stored and sent.

    Raises:
        BugError: ``journal.malformed``, ``journal.not_canonical``, ``ledger.*``, ``stock.*``;
            nothing is signed.
    """
    entry, _text = seal_with_text(
        draft,
        terminal_id=terminal_id,
        epoch=epoch,
        seq=seq,
        recorded_at=recorded_at,
        prev_hash=prev_hash,
        signer=signer,
    )
    return entry


def seal_with_text(
    draft: EntryDraft,
    *,
    terminal_id: str,
    epoch: int,
    seq: int,
    recorded_at: str,
    prev_hash: str,
    signer: Callable[[bytes], bytes],
) -> tuple[Entry, str]:
    """Like ``seal``; also gives the canonical text of the body, which is what a journal keeps."""
    _check_moves(draft.body)
    header: JsonObject = {
        "terminal_id": terminal_id,
        "epoch": epoch,
        "seq": seq,
        "recorded_at": recorded_at,
        "prev_hash": prev_hash,
        **draft.fields(),
    }
    _refuse_malformed(header)
    body = body_text(draft.body)
    digest = hashlib.sha256(header_text(body, header).encode()).digest()
    signature = signer(digest)
    entry = Entry(**header, hash=digest.hex(), signature=signature.hex())  # type: ignore[arg-type]
    return entry, body


def _check_moves(body: JsonObject) -> None:
    """What leaves one account or place reaches another."""
    ledger.check_balanced(ledger.from_body(body))
    stock.check_stock(stock.from_body(body))


def _refuse_malformed(header: JsonObject) -> None:
    wrong = _wrong_field({**header, "hash": GENESIS_HASH, "signature": GENESIS_HASH * 2})
    if wrong is not None:
        raise BugError("journal.malformed", {"field": wrong})


def _fault(entry: Entry, key: Ed25519PublicKey) -> Literal["bad_hash", "bad_signature"] | None:
    try:
        digest = entry_hash(entry)
    except BugError:
        # What has no canonical form was never sealed.
        return "bad_hash"
    if digest.hex() != entry.hash:
        return "bad_hash"
    return None if signed_by(key, bytes.fromhex(entry.signature), digest) else "bad_signature"


def verify_entry(entry: Entry, public_key: bytes) -> None:
    """Prove that the entry is what its terminal sealed.

    Args:
        entry: from ``Entry.from_wire``.
        public_key: the terminal's raw Ed25519 public key, 32 bytes.

    Raises:
        EnvironmentFault: ``journal.bad_hash`` or ``journal.bad_signature`` with ``seq``;
            ``journal.bad_public_key``.
    """
    fault = _fault(entry, public_key_of(public_key))
    if fault is not None:
        raise EnvironmentFault(f"journal.{fault}", {"seq": entry.seq}, retry=False)


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last entry of a chain: where the next one has to join. ``seq`` 0 is the empty journal."""

    epoch: int = 1
    seq: int = 0
    hash: str = GENESIS_HASH


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking a chain found.

    Args:
        count: sound entries before the end or the first bad one.
        head: the last sound entry.
        bad_seq: ``seq`` the first bad entry claims; None when all are sound.
        reason: why it is bad; None when all are sound.
    """

    count: int
    head: ChainHead
    bad_seq: int | None = None
    reason: BadReason | None = None

    @property
    def sound(self) -> bool:
        """Whether every entry was good."""
        return self.reason is None


def verify_chain(
    entries: Iterable[Entry], public_key: bytes, *, start: ChainHead | None = None
) -> ChainReport:
    """Check entries in order and stop at the first bad one.

    Args:
        entries: consecutive entries of one terminal, read once.
        public_key: the terminal's raw Ed25519 public key, 32 bytes.
        start: the entry before the first one; None for the journal's beginning. Intents before it
            are not known here.

    Raises:
        EnvironmentFault: ``journal.bad_public_key``.
    """
    key = public_key_of(public_key)
    head = start or ChainHead()
    intents: set[str] = set()
    terminal_id: str | None = None
    count = 0
    for entry in entries:
        reason = _break_after(head, entry, terminal_id) or _fault(entry, key)
        reason = reason or _content_fault(entry, intents)
        if reason is not None:
            return ChainReport(count, head, entry.seq, reason)
        intents.add(entry.intent_id)
        terminal_id = entry.terminal_id
        head = ChainHead(entry.epoch, entry.seq, entry.hash)
        count += 1
    return ChainReport(count, head)


def _break_after(head: ChainHead, entry: Entry, terminal_id: str | None) -> BadReason | None:
    if entry.seq != head.seq + 1:
        return "gap"
    joins = entry.prev_hash == head.hash and entry.epoch >= head.epoch
    if not joins or terminal_id not in (None, entry.terminal_id):
        return "broken_link"
    return None if may_follow(head.epoch, head.seq, head.hash, entry) else "bad_epoch"


def _content_fault(entry: Entry, intents: set[str]) -> BadReason | None:
    if entry.intent_id in intents:
        return "duplicate_intent"
    try:
        _check_moves(entry.body)
    except OutletError:
        return "unbalanced"
    return None
