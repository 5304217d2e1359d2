"""The QR text at the foot of a slip: what a customer holds against the books.

Source: architecture.md §2.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry
from terminal.domain.signature import public_key_of, signed_by

_PROOF: Final = re.compile(
    r"PT1\*(?P<terminal>[0-9A-Z][0-9A-Z.-]{0,39})\*(?P<seq>[1-9][0-9]{0,15})\*(?P<hash>[A-Z2-7]{52})"
    r"\*(?P<signature>[A-Z2-7]{103})"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt's QR code claims about one entry."""

    terminal_id: str
    seq: int
    hash: str
    signature: str


def proof_text(entry: Entry) -> str:
    """The QR text of a receipt: at most 217 characters of the QR alphanumeric set (5.5 bits each).

    The signature covers the hash. The number helps a person to find the entry; that both belong
    together shows when the entry itself is at hand.

    Returns:
        ``PT1*terminal*seq*base32(hash)*base32(signature)``, without base32 padding.
    """
    fields = (entry.terminal_id, str(entry.seq), _base32(entry.hash), _base32(entry.signature))
    return "*".join(("PT1", *fields))


def verify_proof(text: str, public_key: bytes) -> Proof:
    """Check a receipt's QR text offline: the terminal with this key did sign this entry.

    Args:
        text: what a scanner read; lower case and surrounding blanks are forgiven.
        public_key: the terminal's raw Ed25519 public key, 32 bytes.

    Raises:
        EnvironmentFault: ``proof.malformed``, ``proof.bad_signature``, ``journal.bad_public_key``.
    """
    match = _PROOF.fullmatch(text.strip().upper())
    digest = match and _unbase32(match["hash"], 32)
    signature = match and _unbase32(match["signature"], 64)
    if match is None or not digest or not signature:
        raise EnvironmentFault("proof.malformed", retry=False)
    if not signed_by(public_key_of(public_key), signature, digest):
        raise EnvironmentFault("proof.bad_signature", {"seq": int(match["seq"])}, retry=False)
    return Proof(match["terminal"], int(match["seq"]), digest.hex(), signature.hex())


def _base32(hex_text: str) -> str:
    return base64.b32encode(bytes.fromhex(hex_text)).decode("ascii").rstrip("=")


def _unbase32(text: str, size: int) -> bytes | None:
    """The bytes, or None when the text is not the one spelling ``_base32`` gives them."""
    raw = base64.b32decode(text + "=" * (-len(text) % 8))[:size]
    return raw if _base32(raw.hex()) == text else None
