"""The journal's first entry: where this terminal's history begins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from terminal.domain.canonical import canonical_bytes
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.ports.clock import Clock


def enrolment_draft(profile: Mapping[str, Any], certificate: str, clock: Clock) -> EntryDraft:
    """The fact that this terminal was enrolled, with digests of what it was given."""
    return EntryDraft(
        kind="terminal.enrolled",
        intent_id=new_uuid7(),
        business_date=clock.local_date(),
        clerk_id="",
        body={
            "outlet": profile["outlet"]["code"],
            "terminal_no": profile["terminal_no"],
            "profile_sha256": hashlib.sha256(canonical_bytes(dict(profile))).hexdigest(),
            "certificate_sha256": hashlib.sha256(certificate.encode()).hexdigest(),
        },
    )
