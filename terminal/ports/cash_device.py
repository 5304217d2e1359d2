"""Machines that take notes, as the core sees them, and the rule for each note.

A note is either in the box and booked, or given back and not booked. Where a power cut hides which,
a person counts; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from terminal.domain.money import Money


class NoteSignal(StrEnum):
    """What an acceptor says about a note; every protocol is translated into these."""

    READY = "ready"
    ESCROW = "escrow"
    IN_BOX = "in_box"
    COMING_BACK = "coming_back"
    WOKE_EMPTY = "woke_empty"
    WOKE_HOLDING = "woke_holding"
    WOKE_STACKED = "woke_stacked"


class NoteStage(StrEnum):
    """Where the note is, as far as the books know. Kept in the journal across a power cut."""

    NONE = "none"
    ESCROW = "escrow"
    STACKING = "stacking"


class NoteFate(StrEnum):
    """What a signal settles."""

    OPEN = "open"
    BOOK = "book"
    RETURNED = "returned"
    COUNT = "count"


def fate_of(stage: NoteStage, signal: NoteSignal) -> NoteFate:
    """What becomes of the note.

    ``BOOK`` comes once for a note, because the stage is ``NONE`` afterwards. ``COUNT``: the machine
    lost power after it was told to stack and no longer knows; a person opens the box.

    Args:
        stage: what the books knew before the signal.
        signal: what the acceptor says now.
    """
    if stage is NoteStage.NONE:
        # A note in the box that the books never heard of must not vanish either.
        unheard = signal in (NoteSignal.IN_BOX, NoteSignal.WOKE_STACKED)
        return NoteFate.COUNT if unheard else NoteFate.OPEN
    if signal in (NoteSignal.IN_BOX, NoteSignal.WOKE_STACKED):
        return NoteFate.BOOK
    if signal in (NoteSignal.COMING_BACK, NoteSignal.WOKE_HOLDING):
        return NoteFate.RETURNED
    if signal in (NoteSignal.READY, NoteSignal.WOKE_EMPTY):
        return NoteFate.COUNT if stage is NoteStage.STACKING else NoteFate.RETURNED
    return NoteFate.OPEN


class NoteNews(StrEnum):
    """What the core hears of a note."""

    OFFERED = "offered"
    BOOKED = "booked"
    RETURNED = "returned"
    TO_COUNT = "to_count"


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """News of one note.

    Args:
        news: what happened.
        value: face value; 0 fen when the machine holds a note nobody had told of.
    """

    news: NoteNews
    value: Money


NoteHandler = Callable[[NoteEvent], None]
TroubleHandler = Callable[[str], None]


class CashDevice(Protocol):
    """An acceptor of notes with an escrow.

    Thread rule: handlers are called on the device's own thread and must return at once; the other
    methods may be called from any thread.
    """

    def start(self, on_note: NoteHandler, on_trouble: TroubleHandler) -> None:
        """Begin to take notes.

        Args:
            on_note: hears ``OFFERED`` for each note and then exactly one of the others.
            on_trouble: hears a dotted code when it changes, ``""`` when all is well again.
        """
        ...

    def keep(self) -> None:
        """Take the offered note into the box."""
        ...

    def give_back(self) -> None:
        """Return the offered note."""
        ...

    def stop(self) -> None:
        """Stop taking notes and wait until the thread has ended."""
        ...
