"""Checking what people know."""

from __future__ import annotations

from typing import Protocol


class SecretCheck(Protocol):
    """Compares a secret with its verifier. Store thread; takes tens of milliseconds by design."""

    def matches(self, verifier: str, secret: str) -> bool:
        """Whether the secret fits the argon2id PHC text.

        Raises:
            EnvironmentFault: ``session.verifier_damaged`` when the verifier cannot be read.
        """
        ...
