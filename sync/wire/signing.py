"""Who speaks: signed requests of a terminal, signed answers of the platform.

A request's signature covers method, path with query, time, nonce and the body as it travels. The
time never decides whether a request is believed: a terminal's clock may be wrong for weeks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.wire import fields
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
    claims: JsonObject = {
        "terminal": headers.get("X-Terminal"),
        "nonce": headers.get("X-Nonce"),
        "signature": headers.get("X-Signature"),
    }
    try:
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
            raise fields.malformed("time")
        return Signed(
            fields.text(claims, "terminal", fields.LABEL),
            int(stamp),
            fields.text(claims, "nonce", fields.LABEL),
            fields.text(claims, "signature", fields.SIGNATURE),
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
    if not _valid(public_key, signed.signature, digest):
        raise Refusal(401, "request.bad_signature")


def _valid(public_key: bytes, signature: str, digest: bytes) -> bool:
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
    signature = record.get("signature")
    try:
        digest = record_digest(record)
    except BugError:
        # What has no canonical form was never signed.
        return False
    return isinstance(signature, str) and _valid(public_key, signature, digest)


@dataclass(frozen=True, slots=True)
class Ack:
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

    terminal_id: str
    epoch: int
    seq: int
    hash: str
    count: int
    at: str
    signature: str

    def to_wire(self) -> JsonObject:
        """The ack as a JSON object."""
        return {
            "terminal_id": self.terminal_id,
            "epoch": self.epoch,
            "seq": self.seq,
            "hash": self.hash,
            "count": self.count,
            "at": self.at,
            "signature": self.signature,
        }


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
    digest = record_digest(unsigned.to_wire())
    return Ack(terminal_id, epoch, seq, entry_hash, count, at, signer(digest).hex())


def parse_ack(value: Json, public_key: bytes) -> Ack:
    """Read an ack and check its signature.

    Raises:
        Refusal: ``wire.malformed``; ``ack.bad_signature`` (502) when the platform did not sign it.
    """
    data = fields.as_object(value, "ack")
    ack = Ack(
        fields.text(data, "terminal_id", fields.LABEL),
        fields.whole(data, "epoch", lo=1),
        fields.whole(data, "seq"),
        fields.text(data, "hash", fields.HASH),
        fields.whole(data, "count"),
        fields.text(data, "at"),
        fields.text(data, "signature", fields.SIGNATURE),
    )
    if not record_is_signed(ack.to_wire(), public_key):
        raise Refusal(502, "ack.bad_signature")
    return ack
