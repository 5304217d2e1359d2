"""Limits of giving back that are a day's: what nobody can be asked about, and what one does alone.

Source: the platform's signed settings ``limits`` and ``dual_control``.
"""

from __future__ import annotations

from typing import Final

from terminal.app.context import Context
from terminal.domain.authority import rule_of

LIMIT: Final = "refund_offline_fen"
"""Name of the platform's limit: fen of a business day at one counter; without it 0."""
CLERKS_DAY: Final = "refund_day"
"""Name of the rule for all that one clerk gives back alone on a business day, fen; without it there
is none."""


class RefundCap:
    """The limit of provisional refunds, and what is left of it. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def left_fen(self) -> int:
        """What may still be given back today without a person who may lift the limit."""
        books = self._context.books
        given = books.refunds.provisional_fen(books.day().business_date)
        return max(0, self._context.limit(LIMIT, 0) - given)


class ClerksDay:
    """What the clerk on duty gave back today by herself, against the rule. Store thread only.

    What a second person allowed is not counted: somebody else has looked at it.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def asks(self, fen: int) -> int | None:
        """Whether the day asks for a second person.

        Args:
            fen: what is given back now.

        Returns:
            All of her day with it, fen, when that is more than she may; None when it is not.
        """
        rules = self._context.setting("dual_control", {})
        if CLERKS_DAY not in rules:
            return None
        books, clerk_id = self._context.books, self._context.on_duty()
        with_this = books.refunds.alone_fen(clerk_id, books.day().business_date) + fen
        return None if rule_of(rules, CLERKS_DAY).level(with_this) == "alone" else with_this
