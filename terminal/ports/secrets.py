"""Checking what people know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class SecretCheck(Protocol):
    """Compares secrets with verifiers and clerks with the platform's signature. Store thread."""

    def genuine(self, record: Mapping[str, Any]) -> bool:
        """Whether the platform signed this clerk's record as it is."""
        ...

    def matches(self, verifier: str, secret: str) -> bool:
        """Whether the secret fits the argon2id PHC text; tens of milliseconds by design.

        Raises:
            EnvironmentFault: ``session.verifier_damaged`` when the verifier cannot be read.
        """
        ...
