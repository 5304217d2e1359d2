"""Messages about giving back what another counter sold: look, claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from sync.wire.fields import Hash, Label, Listed, Message, Text, Whole, shape_of
from sync.wire.messages import Fen
from terminal.domain.canonical import JsonObject

MOST_LINES: Final = 500

Leg = Annotated[str, Text("[!-~]{1,80}")]
"""One way the money came, see ``terminal.domain.refund.Leg``."""


@dataclass(frozen=True, slots=True)
class LineBack(Message):
    """Pieces (or grams) of a line that go back, and what they had cost."""

    line_id: Label
    quantity: Annotated[int, Whole(0, 10**9)]
    fen: Fen


@dataclass(frozen=True, slots=True)
class LegBack(Message):
    """Money that goes back one way."""

    leg: Leg
    fen: Fen


@dataclass(frozen=True, slots=True)
class SaleAnswer(Message):
    """A sale as its terminal sealed it, and what others gave back of it or are about to."""

    entry: JsonObject
    lines: tuple[LineBack, ...]
    legs: tuple[LegBack, ...]


@dataclass(frozen=True, slots=True)
class ClaimRequest(Message):
    """A terminal is about to give something back; the same ``claim_id`` again is the same claim.

    ``terminal_id``, ``seq`` and ``hash`` name the sale's entry.
    """

    claim_id: Label
    terminal_id: Label
    seq: Annotated[int, Whole(1)]
    hash: Hash
    lines: Annotated[tuple[LineBack, ...], Listed(shape_of(LineBack), 1, MOST_LINES)]
    legs: Annotated[tuple[LegBack, ...], Listed(shape_of(LegBack), 0, MOST_LINES)] = ()


@dataclass(frozen=True, slots=True)
class ClaimAnswer(Message):
    """Nobody else gets these pieces: for a day, and for ever once the refund's entry is here."""

    state: Literal["reserved", "booked"]
    claim_id: Label
