"""Checking secrets against the argon2id verifiers that the platform signed."""

from __future__ import annotations

from terminal.domain.errors import EnvironmentFault


class ArgonCheck:
    """Implements ``terminal.ports.secrets.SecretCheck``. Store thread; about 30 ms a check."""

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
