"""What a person can do about a business the platform refused."""

from __future__ import annotations

from typing import Final, Literal

from terminal.domain.vault import ATTACHMENTS, VAULT

Choice = Literal["reprint", "reverse", "reroute"]
"""Print the paper again, take the business back and do it anew, or bring it another way."""

ALL: Final[tuple[Choice, ...]] = ("reprint", "reverse", "reroute")
_LANES: Final = frozenset({VAULT, ATTACHMENTS})
# About bytes and receipts, not about the business: a person can only tell support.
_TECHNICAL: Final = ("deposit.", "wire.")
_KNOWN: Final[dict[str, tuple[Choice, ...]]] = {
    "attachment.bad_hash": (),
    "attachment.damaged": (),
    "attachment.too_large": ("reroute",),
    "sealed_box.not_opened": ("reverse", "reroute"),
    "vault.bad_digest": ("reverse", "reroute"),
    "vault.other_content": ("reroute",),
    "vault.too_large": ("reroute",),
}


def choices(lane: str, code: str) -> tuple[Choice, ...]:
    """What can be done about something parked.

    Args:
        lane: which lane it stopped in; what stops the journal or a feed is nobody's business.
        code: why it was refused. A refusal nobody has heard of offers everything.
    """
    if lane not in _LANES or code.startswith(_TECHNICAL):
        return ()
    return _KNOWN.get(code, ALL)
