"""Training (练习模式): what tells practice from business, wherever it turns up.

Practice has books, a key and numbers of its own. They are thrown away when it ends; what leaves
the counter meanwhile, a slip above all, must be known for what it is by anybody.

Source: peer-lessons.md §3 no. 9 "Training twin".
"""

from __future__ import annotations

from typing import Final

BEGAN: Final = "training.began"
ENDED: Final = "training.ended"
KINDS: Final = (BEGAN, ENDED)

TERMINAL_ID: Final = "TRAINING"
"""Whom entries of practice name as their terminal; no platform gives a counter this name."""

SECRET: Final = "0000"  # noqa: S105 - shown on every screen of practice
"""Every PIN in practice: real ones are neither asked for nor tried out there."""


def is_practice(terminal_id: str) -> bool:
    """Whether an entry or a slip's code of this terminal comes from practice."""
    return terminal_id == TERMINAL_ID
