"""Ed25519 for the agent: the terminal's own signature and the check of the platform's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.wire.signing import record_is_signed


def signer_from(seed: bytes) -> Callable[[bytes], bytes]:
    """Make the terminal's signing function.

    Args:
        seed: 32 bytes, Ed25519 private seed.

    Returns:
        A thread-safe function from bytes to the 64-byte signature.
    """
    return Ed25519PrivateKey.from_private_bytes(seed).sign


def public_hex(seed: bytes) -> str:
    """Return the public key that belongs to a seed, 64 hex digits.

    Args:
        seed: 32 bytes, Ed25519 private seed.
    """
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


class PlatformKey:
    """The platform's public key, trusted since enrolment.

    Args:
        key_hex: 64 hex digits.
    """

    def __init__(self, key_hex: str) -> None:
        self._raw = bytes.fromhex(key_hex)
        self._key = Ed25519PublicKey.from_public_bytes(self._raw)

    def signed(self, digest: bytes, signature_hex: object) -> bool:
        """Check a signature over a digest.

        Args:
            digest: 32 bytes.
            signature_hex: 128 hex digits; anything else is no signature.
        """
        if not isinstance(signature_hex, str):
            return False
        try:
            self._key.verify(bytes.fromhex(signature_hex), digest)
        except (InvalidSignature, ValueError):
            return False
        return True

    def signed_record(self, record: Mapping[str, Any]) -> bool:
        """Check a record whose ``signature`` covers SHA-256 of its other fields in canonical form.

        Args:
            record: as the platform sent it.
        """
        return record_is_signed(record, self._raw)
