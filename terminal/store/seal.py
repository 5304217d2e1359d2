"""What the journal signs with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seal:
    """What the journal signs with.

    Args:
        terminal_id: the terminal's id on the platform.
        epoch: life of this disk, from 1; the last entry's is what counts.
        signer: Ed25519 signature over 32 bytes, with the terminal's own key.
    """

    terminal_id: str
    epoch: int
    signer: Callable[[bytes], bytes]
