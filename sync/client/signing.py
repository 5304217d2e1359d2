"""The terminal's own Ed25519 key; what is signed and checked with it says ``sync.wire.signing``."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


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
