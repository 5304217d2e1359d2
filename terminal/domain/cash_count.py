"""Counting money by denomination (券别明细), the way a counting machine is read off.

Source: postal-domain.md §2.16: notes of 100, 50, 20, 10, 5 and 1 yuan and coins of 1 yuan, 5 and 1
jiao circulate; fen coins are legal tender and practically absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from terminal.domain.canonical import Json
from terminal.domain.errors import BugError, UserError

DENOMINATIONS_FEN: Final = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1)
"""Legal tender from the largest note to the smallest coin, in fen."""

RARE_FEN: Final = frozenset({5, 2, 1})
"""Fen coins: only asked for when somebody asks for them."""

BUNDLE: Final = 100
"""Notes in one bundle (一把)."""

MOST_PIECES: Final = 100_000
"""More pieces of one denomination than any till holds: a key was held down."""

_BATCHES: Final = re.compile(r"[0-9]{1,6}(\+[0-9]{1,6}){0,19}")


@dataclass(frozen=True, slots=True)
class CountLine:
    """Pieces of one denomination.

    Args:
        fen: value of one piece, one of ``DENOMINATIONS_FEN``.
        pieces: 0 to ``MOST_PIECES``.
    """

    fen: int
    pieces: int

    @property
    def total_fen(self) -> int:
        """What they are worth together."""
        return self.fen * self.pieces


@dataclass(frozen=True, slots=True)
class CashCount:
    """A count, largest denomination first; one that was looked at and found empty stays as zero."""

    lines: tuple[CountLine, ...]

    @property
    def total_fen(self) -> int:
        """All of it."""
        return sum(line.total_fen for line in self.lines)

    def pieces_of(self, fen: int) -> int:
        """Pieces of one denomination; 0 when it was not counted."""
        return next((line.pieces for line in self.lines if line.fen == fen), 0)

    def to_body(self) -> list[Json]:
        """What a journal entry keeps: ``[{"fen": int, "pieces": int}, …]``."""
        return [{"fen": line.fen, "pieces": line.pieces} for line in self.lines]


def counted(pieces: Mapping[int, int]) -> CashCount:
    """A count of pieces by denomination.

    Args:
        pieces: denomination in fen → pieces.

    Raises:
        UserError: ``cash_count.unknown_denomination``, ``cash_count.too_many``.
    """
    for fen, number in pieces.items():
        if fen not in DENOMINATIONS_FEN:
            raise UserError("cash_count.unknown_denomination", {"fen": fen})
        if not 0 <= number <= MOST_PIECES:
            raise UserError("cash_count.too_many", {"fen": fen, "most": MOST_PIECES})
    return CashCount(tuple(CountLine(fen, pieces[fen]) for fen in sorted(pieces, reverse=True)))


def from_body(rows: Json) -> CashCount:
    """Read a count back from an entry's body.

    Raises:
        BugError: ``cash_count.malformed``.
    """
    if not isinstance(rows, list) or not all(_well_formed(row) for row in rows):
        raise BugError("cash_count.malformed")
    lines = cast("list[dict[str, int]]", rows)
    return CashCount(tuple(CountLine(line["fen"], line["pieces"]) for line in lines))


def _well_formed(row: Json) -> bool:
    return (
        type(row) is dict
        and set(row) == {"fen", "pieces"}
        and all(type(value) is int for value in row.values())
    )


def read_pieces(text: str) -> int:
    """Read what was typed for one denomination; nothing typed is none.

    Args:
        text: ``19``, or batches as a counting machine gave them out, ``100+100+35``.

    Raises:
        UserError: ``cash_count.not_pieces``, ``cash_count.too_many``.
    """
    cleaned = text.replace(" ", "").replace("＋", "+").rstrip("+")
    if not cleaned:
        return 0
    if not _BATCHES.fullmatch(cleaned) or not cleaned.isascii():
        raise UserError("cash_count.not_pieces")
    pieces = sum(int(batch) for batch in cleaned.split("+"))
    if pieces > MOST_PIECES:
        raise UserError("cash_count.too_many", {"most": MOST_PIECES})
    return pieces


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """Numbered papers lying in one stack, both ends there; for example vouchers 1001 to 1040.

    Args:
        item: what they are.
        lo: first number.
        hi: last number, not below ``lo``.
    """

    item: str
    lo: int
    hi: int

    @property
    def pieces(self) -> int:
        """How many papers."""
        return self.hi - self.lo + 1


def read_span(item: str, text: str) -> NumberSpan:
    """Read a typed range: ``1001-1040``, or one number alone.

    Raises:
        UserError: ``cash_count.not_a_range``.
    """
    found = re.fullmatch(r"([0-9]{1,15})(?:[-–~]([0-9]{1,15}))?", text.replace(" ", ""), re.ASCII)
    if not found:
        raise UserError("cash_count.not_a_range")
    lo = int(found[1])
    hi = int(found[2]) if found[2] else lo
    if hi < lo:
        raise UserError("cash_count.not_a_range")
    return NumberSpan(item, lo, hi)
