"""Personal data and attachments: the journal names them, it never holds them.

A record of personal data is committed to by a salted hash. The salt lies in the sealed box with the
data, so that nobody can find a name or an ID number by trying: eighteen digits are soon tried.

Source: docs/adr/0018-vault-and-attachments.md.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final, Literal

from terminal.domain.canonical import JsonObject, canonical_bytes

Lane = Literal["vault", "attachments"]
VAULT: Final = "vault"
ATTACHMENTS: Final = "attachments"

RECORD_KEPT: Final = "vault.kept"
"""Kind of the entry that names a record of personal data."""
ATTACHED: Final = "attachment.kept"
"""Kind of the entry that names an attachment."""
SIGNED_OFF: Final = "outlet.signed_off"
"""Kind of the entry that ends a business day."""

SALT_BYTES: Final = 32
MAX_RECORD_BYTES: Final = 16 * 1024
"""Personal data of one record at most, as canonical JSON with its salt."""
MAX_ATTACHMENT_BYTES: Final = 20 * 1024 * 1024
"""One attachment at most, before it is sealed."""


@dataclass(frozen=True, slots=True)
class VaultReference:
    """What the journal says of a record.

    Args:
        record_id: its name, without meaning.
        digest: SHA-256 over the salted record, hex.
    """

    record_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of an attachment without opening it.

    Args:
        address: SHA-256 of the sealed bytes, hex; its name everywhere.
        size: sealed bytes.
        kind: what it is for, such as ``support``.
        name: file name a person would give it; no personal data.
        intent_id: of the entry that names it.
        kept_at: UTC time.
        mark: keyed hash of the content, hex: the same content is kept once.
    """

    address: str
    size: int
    kind: str
    name: str
    intent_id: str
    kept_at: str
    mark: str


def record_content(person: JsonObject, salt: bytes) -> bytes:
    """What is sealed of a record.

    Args:
        person: names, addresses, numbers; JSON without floats.
        salt: ``SALT_BYTES`` random bytes of this record's own.
    """
    return canonical_bytes({"person": person, "salt": salt.hex()})


def person_of(content: bytes) -> JsonObject:
    """The personal data in a record's content."""
    person: JsonObject = json.loads(content)["person"]
    return person


def digest_of(content: bytes) -> str:
    """SHA-256 in hex: of a record's content its salted hash, of sealed bytes their address."""
    return hashlib.sha256(content).hexdigest()


def purpose_of(lane: Lane, terminal_id: str, item: str = "") -> bytes:
    """What a box is sealed for: it opens for nothing else.

    Args:
        lane: which lane carries it.
        terminal_id: who sealed it.
        item: the record's name; an attachment's address is made from the box and cannot be in it.
    """
    return "/".join((lane, terminal_id, item)).encode()
