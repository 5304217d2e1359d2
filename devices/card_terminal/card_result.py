"""What is known of a card payment: a result that is unknown is never charged again."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from terminal.domain.errors import BugError


class CardStage(StrEnum):
    """What the books know. Written down before the terminal is spoken to."""

    READY = "ready"
    SENT = "sent"
    UNKNOWN = "unknown"
    APPROVED = "approved"
    DECLINED = "declined"


class CardSignal(StrEnum):
    """What happened. ``NEVER_SEEN``: asked by number, the terminal knows no such payment."""

    SENT = "sent"
    SILENCE = "silence"
    APPROVED = "approved"
    DECLINED = "declined"
    NEVER_SEEN = "never_seen"


_NEXT: Final = {
    (CardStage.READY, CardSignal.SENT): CardStage.SENT,
    (CardStage.SENT, CardSignal.SILENCE): CardStage.UNKNOWN,
    (CardStage.SENT, CardSignal.APPROVED): CardStage.APPROVED,
    (CardStage.SENT, CardSignal.DECLINED): CardStage.DECLINED,
    (CardStage.UNKNOWN, CardSignal.SILENCE): CardStage.UNKNOWN,
    (CardStage.UNKNOWN, CardSignal.APPROVED): CardStage.APPROVED,
    (CardStage.UNKNOWN, CardSignal.DECLINED): CardStage.DECLINED,
    (CardStage.UNKNOWN, CardSignal.NEVER_SEEN): CardStage.DECLINED,
    (CardStage.APPROVED, CardSignal.APPROVED): CardStage.APPROVED,
    (CardStage.DECLINED, CardSignal.DECLINED): CardStage.DECLINED,
    # The two contradict each other: a person asks the bank.
    (CardStage.DECLINED, CardSignal.APPROVED): CardStage.UNKNOWN,
    (CardStage.APPROVED, CardSignal.DECLINED): CardStage.UNKNOWN,
}


def next_stage(stage: CardStage, signal: CardSignal) -> CardStage:
    """What is known after a signal.

    Raises:
        BugError: ``card.impossible_step``, such as sending while a result is unknown.
    """
    after = _NEXT.get((stage, signal))
    if after is None:
        raise BugError("card.impossible_step", {"stage": stage.value, "signal": signal.value})
    return after


def may_charge(stage: CardStage) -> bool:
    """Whether another charge for the same amount is safe: only when no money can have moved."""
    return stage in (CardStage.READY, CardStage.DECLINED)
