"""The journal's first entry: where this terminal's history begins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from terminal.domain.canonical import canonical_bytes
from terminal.domain.errors import EnvironmentFault
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.ports.books import Books
from terminal.ports.clock import Clock

KIND = "terminal.enrolled"
_PLATFORM_KEY = "platform_key"


def enrolment_draft(profile: Mapping[str, Any], certificate: str, clock: Clock) -> EntryDraft:
    """The fact that this terminal was enrolled, with digests of what it was given."""
    return EntryDraft(
        kind=KIND,
        intent_id=new_uuid7(),
        business_date=clock.local_date(),
        clerk_id="",
        body={
            "outlet": profile["outlet"]["code"],
            "terminal_no": profile["terminal_no"],
            "profile_sha256": _digest(profile),
            "certificate_sha256": hashlib.sha256(certificate.encode()).hexdigest(),
        },
    )


def know_again(books: Books, profile: Mapping[str, Any], platform_key: str) -> None:
    """Prove that ``identity.json`` is what enrolment gave.

    It lies there in clear, with first settings and the key that newer ones are checked with.

    Args:
        books: of this terminal; its first entry has the profile's digest, its first opening leaves
            the platform's key there.
        profile: from ``identity.json``.
        platform_key: from ``identity.json``, 64 hex digits.

    Raises:
        EnvironmentFault: ``identity.changed``.
    """
    first = books.entry(1)
    enrolled = first if first is not None and first.kind == KIND else None
    if enrolled is not None and enrolled.body.get("profile_sha256") != _digest(profile):
        raise EnvironmentFault("identity.changed", retry=False, hint="(profile)")
    known = books.preference(_PLATFORM_KEY)
    if known is None:
        with books.transaction() as tx:
            tx.set_preference(_PLATFORM_KEY, platform_key)
    elif known != platform_key:
        raise EnvironmentFault("identity.changed", retry=False, hint="(platform_key)")


def _digest(profile: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_bytes(dict(profile))).hexdigest()
