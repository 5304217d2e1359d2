"""Money as whole fen: exact, immutable, and refused where it does not belong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering

from terminal.domain.errors import BugError, UserError

MAX_FEN = 10**13
"""Upper bound of one amount, in fen (100 billion yuan): beyond it a key was held down."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount of renminbi.

    Args:
        fen: whole fen (1 yuan = 100 fen), may be negative, absolute value at most ``MAX_FEN``.

    Raises:
        BugError: ``money.not_whole_fen`` for anything but an ``int``; ``money.out_of_range`` beyond
            the bound.
    """

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise BugError("money.not_whole_fen", {"type": type(self.fen).__name__})
        if abs(self.fen) > MAX_FEN:
            raise BugError("money.out_of_range")

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __lt__(self, other: Money) -> bool:
        return self.fen < other.fen

    def __bool__(self) -> bool:
        return self.fen != 0

    def times(self, count: int) -> Money:
        """The amount ``count`` times over (a whole number of pieces)."""
        return Money(self.fen * count)

    def per_thousand(self, quantity: int) -> Money:
        """The price of ``quantity`` thousandths of the unit, half a fen rounded up.

        Args:
            quantity: thousandths of the priced unit, for example grams when the price is per
                kilogram; >= 0.

        Returns:
            The amount in whole fen.
        """
        return Money((self.fen * quantity + 500) // 1000)

    @property
    def text(self) -> str:
        """Yuan with two decimals and no grouping, ``-12.50``; the only form a screen gets."""
        sign = "-" if self.fen < 0 else ""
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{sign}{yuan}.{fen:02d}"

    @staticmethod
    def parse(text: str) -> Money:
        """Read what a person typed: ``12``, ``12.5``, ``12.50``, ``.5``, ``1,234.50``.

        A comma stands between thousands and nowhere else: where ``12,50`` is meant as twelve and a
        half, dropping the comma would make a hundred times as much of it.

        Raises:
            UserError: ``money.not_an_amount`` for anything else, a third decimal included.
        """
        cleaned = text.strip().replace("，", ",")
        whole, _, fen = cleaned.partition(".")
        yuan = whole.replace(",", "")
        well_formed = (
            cleaned not in {"", "."}
            and cleaned.isascii()
            and (yuan == whole or _in_thousands(whole))
            and (yuan == "" or yuan.isdigit())
            and (fen == "" or fen.isdigit())
            and len(fen) <= 2
            and len(yuan) <= 11
        )
        if not well_formed:
            raise UserError("money.not_an_amount")
        return Money(int(yuan or "0") * 100 + int((fen + "00")[:2]))


def _in_thousands(whole: str) -> bool:
    first, *groups = whole.split(",")
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in groups)


ZERO = Money(0)


def rounding_to_jiao(total: Money) -> Money:
    """What is taken off so that cash needs no fen coins (抹分, in the customer's favour).

    Returns:
        Zero or a negative amount between -9 and -1 fen. Source: postal-domain.md §2.16.
    """
    return Money(-(max(total.fen, 0) % 10))
