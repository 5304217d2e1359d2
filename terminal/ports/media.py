"""What can be plugged in and carried away, as the core sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Medium:
    """A stick or a card.

    Args:
        name: what a person calls it.
        folder: where it is reached.
        free_bytes: room left, bytes.
    """

    name: str
    folder: str
    free_bytes: int


ListMedia = Callable[[], Sequence[Medium]]
"""Lists what is plugged in now; any thread."""
