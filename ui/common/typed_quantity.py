"""Pieces and weights as people type them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from terminal.domain.basket import MAX_GRAMS, MAX_PIECES


def quantity_from(text: str, weighed: bool) -> int | None:
    """Pieces, or grams from kilograms, as a person types them; None for what no line takes.

    Args:
        text: ``3``, or ``1.35`` for weighed goods.
        weighed: whether kilograms are meant.
    """
    try:
        number = Decimal(text.strip()) * (1000 if weighed else 1)
    except InvalidOperation:
        return None
    most = MAX_GRAMS if weighed else MAX_PIECES
    if not number.is_finite() or number != number.to_integral_value() or not 1 <= number <= most:
        return None
    return int(number)
