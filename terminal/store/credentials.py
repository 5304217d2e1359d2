"""Checking secrets against the argon2id verifiers that the platform signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from terminal.domain.canonical import canonical_bytes
from terminal.domain.errors import EnvironmentFault


class ArgonCheck:
    """Implements ``terminal.ports.secrets.SecretCheck``. Store thread.

    Args:
        platform_key: the platform's raw Ed25519 public key, 32 bytes.
    """

    def __init__(self, platform_key: bytes) -> None:
        self._platform_key = platform_key

    def genuine(self, record: Mapping[str, Any]) -> bool:
        """Whether the platform signed this record as it is: a changed role or PIN does not pass."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        signed = {name: value for name, value in record.items() if name != "signature"}
        digest = hashlib.sha256(canonical_bytes(signed)).digest()
        key = Ed25519PublicKey.from_public_bytes(self._platform_key)
        try:
            key.verify(bytes.fromhex(record["signature"]), digest)
        except (InvalidSignature, ValueError):
            return False
        return True

    def matches(self, verifier: str, secret: str) -> bool:
        """Whether the secret fits.

        Raises:
            EnvironmentFault: ``session.verifier_damaged``.
        """
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

        try:
            return PasswordHasher().verify(verifier, secret)
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as error:
            raise EnvironmentFault("session.verifier_damaged", retry=False) from error
