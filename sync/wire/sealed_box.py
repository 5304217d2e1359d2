"""What only one reader can open: sealed to a public X25519 key, without a word of the sender.

One-shot HPKE in base mode: X25519, HKDF-SHA256, ChaCha20-Poly1305. The box says nothing about who
sealed it; whoever needs to know signs what is around it.

Source: RFC 9180 §6.1.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.wire.refusal import Refusal

OVERHEAD: Final = 1 + 32 + 16
"""Bytes a box is longer than what is in it: form, one-time public key, authentication tag."""

_FORM: Final = b"\x01"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal(content: bytes, reader_key: bytes, *, purpose: bytes) -> bytes:
    """Close a box that only the holder of the private key can open.

    Args:
        content: any bytes, held in memory at once.
        reader_key: the reader's public X25519 key, 32 bytes.
        purpose: what the box is for and where it belongs, for example ``b"courier" + header``; it
            is not in the box, and the box opens with the same purpose only.

    Returns:
        The box, ``OVERHEAD`` bytes longer than the content; another one at every call.

    Raises:
        Refusal: ``sealed_box.bad_key`` (422) for what is no key.
    """
    try:
        box = _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(reader_key), info=purpose)
    except ValueError as problem:
        # Another length, or a point that would make a key anybody can guess.
        raise Refusal(422, "sealed_box.bad_key") from problem
    return _FORM + box


def open_sealed(box: bytes, private_key: bytes, *, purpose: bytes) -> bytes:
    """Open a box.

    Args:
        box: from ``seal``.
        private_key: the reader's private X25519 key, 32 bytes.
        purpose: the one it was sealed for.

    Returns:
        What was put in, to the byte.

    Raises:
        Refusal: ``sealed_box.not_opened`` (422): changed, cut off, for another reader or another
            purpose.
    """
    if box[:1] != _FORM:
        raise Refusal(422, "sealed_box.not_opened")
    key = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return _SUITE.decrypt(box[1:], key, info=purpose)
    except InvalidTag as problem:
        raise Refusal(422, "sealed_box.not_opened") from problem


def public_of(private_key: bytes) -> bytes:
    """The public key that belongs to a private one, both 32 bytes."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
