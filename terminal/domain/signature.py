"""Ed25519 as the books use it.

``cryptography`` is imported only when a signature is checked, so that reading entries for the
screen does not load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.domain.errors import EnvironmentFault

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def public_key_of(raw: bytes) -> Ed25519PublicKey:
    """The public key that checks a terminal's signatures.

    Args:
        raw: 32 bytes.

    Raises:
        EnvironmentFault: ``journal.bad_public_key``.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as problem:
        raise EnvironmentFault("journal.bad_public_key", retry=False) from problem


def signed_by(key: Ed25519PublicKey, signature: bytes, digest: bytes) -> bool:
    """Whether the owner of the key signed the digest.

    Args:
        key: from ``public_key_of``.
        signature: 64 bytes.
        digest: 32 bytes.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, digest)
    except InvalidSignature:
        return False
    return True
