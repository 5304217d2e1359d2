"""How much may be given back of other counters' sales while nobody can be asked."""

from __future__ import annotations

from typing import Final

from terminal.app.context import Context

LIMIT: Final = "refund_offline_fen"
"""Name of the platform's limit: fen of a business day at one counter; without it 0."""


class RefundCap:
    """The limit of provisional refunds, and what is left of it. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def left_fen(self) -> int:
        """What may still be given back today without a person who may lift the limit."""
        books = self._context.books
        given = books.refunds.provisional_fen(books.day().business_date)
        return max(0, self._context.limit(LIMIT, 0) - given)
