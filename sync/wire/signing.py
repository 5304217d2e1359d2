"""Who speaks: signed requests of a terminal, signed answers of the platform.

A request's signature covers method, path with query, time, nonce and the body as it travels. The
time never decides whether a request is believed: a terminal's clock may be wrong for weeks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.wire.fields import LABEL, SIGNATURE, Hash, Label, Message, Signature, Whole, malformed
from sync.wire.refusal import Refusal
from terminal.domain.canonical import Json, JsonObject, canonical_bytes
from terminal.domain.errors import BugError
from terminal.domain.journal import GENESIS_HASH

Signer = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request says about its sender.

    Args:
        terminal_id: who claims to speak.
        time_ms: the sender's clock, Unix milliseconds.
        nonce: unique text of this request.
        signature: 128 hex digits.
    """

    terminal_id: str
    time_ms: int
    nonce: str
    signature: str


def _digest(method: str, target: str, time_ms: int, nonce: str, body: bytes) -> bytes:
    parts = (method, target, str(time_ms), nonce, hashlib.sha256(body).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).digest()


def sign_request(
    method: str,
    target: str,
    body: bytes,
    *,
    terminal_id: str,
    time_ms: int,
    nonce: str,
    signer: Signer,
) -> dict[str, str]:
    """The headers that prove who sent a request.

    Args:
        method: ``GET``, ``POST`` …
        target: path and query exactly as sent.
        body: the body exactly as sent, compressed when it is.
        terminal_id: who sends.
        time_ms: Unix milliseconds of the sender's clock.
        nonce: a fresh UUID.
        signer: Ed25519 with the terminal's key.
    """
    signature = signer(_digest(method, target, time_ms, nonce, body)).hex()
    return {
        "X-Terminal": terminal_id,
        "X-Time": str(time_ms),
        "X-Nonce": nonce,
        "X-Signature": signature,
    }


def read_signed(headers: Mapping[str, str]) -> Signed:
    """Read the four headers.

    Args:
        headers: with case-insensitive names.

    Raises:
        Refusal: ``request.unsigned`` (401) when one is missing or misshapen.
    """
    stamp = headers.get("X-Time", "")
    try:
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
            raise malformed("time")
        return Signed(
            LABEL.read(headers.get("X-Terminal"), "terminal"),
            int(stamp),
            LABEL.read(headers.get("X-Nonce"), "nonce"),
            SIGNATURE.read(headers.get("X-Signature"), "signature"),
        )
    except Refusal as problem:
        raise Refusal(401, "request.unsigned", problem.params) from problem


def verify_request(
    signed: Signed, method: str, target: str, body: bytes, public_key: bytes
) -> None:
    """Prove that the terminal with this key sent exactly this request.

    Raises:
        Refusal: ``request.bad_signature`` (401).
    """
    digest = _digest(method, target, signed.time_ms, signed.nonce, body)
    if not is_signed(digest, signed.signature, public_key):
        raise Refusal(401, "request.bad_signature")


def is_signed(digest: bytes, signature: object, public_key: bytes) -> bool:
    """Whether the signature is the key's over the digest.

    Args:
        digest: 32 bytes.
        signature: Ed25519 in hex; anything else is no signature.
        public_key: 32 bytes.
    """
    if not isinstance(signature, str):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def record_digest(record: Mapping[str, Json]) -> bytes:
    """SHA-256 over the canonical form of a record without its ``signature``."""
    unsigned = {name: value for name, value in record.items() if name != "signature"}
    return hashlib.sha256(canonical_bytes(unsigned)).digest()


def sign_record(record: Mapping[str, Json], signer: Signer) -> JsonObject:
    """The record with the platform's ``signature``."""
    return {**record, "signature": signer(record_digest(record)).hex()}


def record_is_signed(record: Mapping[str, Json], public_key: bytes) -> bool:
    """Whether ``signature`` is the platform's over all other fields."""
    try:
        digest = record_digest(record)
    except BugError:
        # What has no canonical form was never signed.
        return False
    return is_signed(digest, record.get("signature"), public_key)


@dataclass(frozen=True, slots=True)
class Ack(Message):
    """The platform's signed word on what it holds of one terminal's journal.

    Args:
        terminal_id: whose journal.
        epoch: of the last entry held, 1 when none.
        seq: of the last entry held, 0 when none.
        hash: of the last entry held, ``GENESIS_HASH`` when none.
        count: entries held.
        at: UTC of the answer.
        signature: the platform's, over the other fields.
    """

    terminal_id: Label
    epoch: Annotated[int, Whole(1)]
    seq: int
    hash: Hash
    count: int
    at: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class AckAnswer(Message):
    """The answer to an upload and to the question for the head."""

    ack: Ack


def sign_ack(
    terminal_id: str,
    *,
    at: str,
    signer: Signer,
    epoch: int = 1,
    seq: int = 0,
    entry_hash: str = GENESIS_HASH,
    count: int = 0,
) -> Ack:
    """The platform's word on its head of one journal; the defaults say that it holds nothing."""
    unsigned = Ack(terminal_id, epoch, seq, entry_hash, count, at, "")
    digest = record_digest(unsigned.format())
    return Ack(terminal_id, epoch, seq, entry_hash, count, at, signer(digest).hex())


def parse_ack(value: Json, public_key: bytes) -> Ack:
    """Read an ack and check its signature.

    Raises:
        Refusal: ``wire.malformed``; ``ack.bad_signature`` (502) when the platform did not sign it.
    """
    ack = Ack.parse(value)
    if not record_is_signed(ack.format(), public_key):
        raise Refusal(502, "ack.bad_signature")
    return ack
