"""How much one pouch may hold: what goes into it, and what is believed of a slip alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from terminal.app.context import Context
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from terminal.domain.pouch import Bundle, Pouch

POUCH_FEN: Final = 20_000_000
"""Cash in one pouch, where the platform's limits say nothing (``pouch_fen``): as in a vault."""
POUCH_PIECES: Final = 100_000
"""The same of stock, in pieces (``pouch_pieces``)."""


def require_packable(context: Context, fen: int, bundles: Iterable[Bundle]) -> None:
    """What is to be sent fits into one pouch, so that any counter takes it in, also offline.

    Raises:
        UserError: ``till.pouch_too_large`` with ``limit``, ``till.pouch_too_many`` with ``most``.
    """
    most_fen, most_pieces = _limits(context)
    if fen > most_fen:
        raise UserError("till.pouch_too_large", {"limit": Money(most_fen).text})
    if _pieces(bundles) > most_pieces:
        raise UserError("till.pouch_too_many", {"most": most_pieces})


def require_believable(context: Context, pouch: Pouch) -> None:
    """A slip's code is checked against misreading only: nobody books any sum on its word.

    Raises:
        UserError: ``pouch.too_large`` with ``pouch``, ``amount`` and ``limit``;
            ``pouch.too_many`` with ``pouch``, ``pieces`` and ``most``.
    """
    most_fen, most_pieces = _limits(context)
    if pouch.cash_fen > most_fen:
        told = {"amount": Money(pouch.cash_fen).text, "limit": Money(most_fen).text}
        raise UserError("pouch.too_large", {"pouch": pouch.number, **told})
    pieces = _pieces(pouch.bundles)
    if pieces > most_pieces:
        raise UserError(
            "pouch.too_many", {"pouch": pouch.number, "pieces": pieces, "most": most_pieces}
        )


def _limits(context: Context) -> tuple[int, int]:
    return context.limit("pouch_fen", POUCH_FEN), context.limit("pouch_pieces", POUCH_PIECES)


def _pieces(bundles: Iterable[Bundle]) -> int:
    return sum(bundle.pieces for bundle in bundles)
