"""Verifiers that a test can check hundreds of times: the real kind, at a fraction of its cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.wire.signing import sign_record
from terminal.store.database import open_database

_COLUMNS = ("clerk_id", "name", "roles", "verifier", "level", "expires_at", "signature")


def cheapen_verifiers(
    home: Path, platform: Path, secrets: Mapping[str, str], expires_at: str = ""
) -> None:
    """Give a home's clerks verifiers of the same secrets that cost a hundredth of the time.

    Argon2 is slow by design; the guided day and enrolment by command pay its price. What is stored
    is signed by the platform as ever.

    Args:
        home: an enrolled and loaded terminal's folder; nobody has it open.
        platform: the folder of the platform it is enrolled at.
        secrets: secret of each clerk by number.
        expires_at: until when they hold, "" for as long as the platform said.
    """
    signer = Ed25519PrivateKey.from_private_bytes((platform / "platform.key").read_bytes()).sign
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    book = open_database(home / "reference.db", None)
    try:
        for row in book.execute(f"SELECT {', '.join(_COLUMNS)} FROM clerks").fetchall():
            record = dict(zip(_COLUMNS, row, strict=True))
            record["verifier"] = hasher.hash(secrets[record["clerk_id"]])
            record["expires_at"] = expires_at or record["expires_at"]
            signed = sign_record({n: v for n, v in record.items() if n != "signature"}, signer)
            book.execute(
                "UPDATE clerks SET verifier = ?, expires_at = ?, signature = ? WHERE clerk_id = ?",
                tuple(signed[name] for name in ("verifier", "expires_at", "signature", "clerk_id")),
            )
    finally:
        book.close()
