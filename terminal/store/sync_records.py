"""What is kept in ``sync.db``: the state of the line, parked items and leased numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LineState:
    """What was last measured about the line to the platform.

    Args:
        online: whether the last attempt got an answer.
        held: whether the journal lane stopped for a person (fork, revoked …).
        rtt_ms: median round trip, milliseconds; None before the first contact.
        clock_offset_ms: platform clock minus ours, median, milliseconds; None before the first
            contact.
        last_contact: UTC time of the last answer, empty before the first.
        last_error: dotted code of what stands in the way, empty when nothing does.
        server_epoch: the platform's life as last seen.
    """

    online: bool = False
    held: bool = False
    rtt_ms: int | None = None
    clock_offset_ms: int | None = None
    last_contact: str = ""
    last_error: str = ""
    server_epoch: str = ""


@dataclass(frozen=True)
class ParkedItem:
    """Something refused, by the platform or by us; it waits for a person and blocks nothing else.

    Args:
        lane: ``journal``, ``clerks`` …
        code: dotted code of the reason.
        item: which one (entry number, clerk id).
        params: details.
        at: UTC time.
    """

    lane: str
    code: str
    item: str
    params: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True)
class NumberRange:
    """Numbers leased ahead, both ends included.

    Args:
        kind: ``order`` …
        lo: first number.
        hi: last number, not below ``lo``.
        expires_at: UTC text of the end of the lease, "" for none.
    """

    kind: str
    lo: int
    hi: int
    expires_at: str = ""
