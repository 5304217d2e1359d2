"""Quantities as people read them."""

from __future__ import annotations


def quantity_text(quantity: int, weighed: bool) -> str:
    """Pieces as they are, grams as kilograms with three decimals.

    Args:
        quantity: pieces, or grams when ``weighed``.
        weighed: whether the goods are sold by weight.
    """
    if not weighed:
        return str(quantity)
    kilograms, grams = divmod(quantity, 1000)
    return f"{kilograms}.{grams:03d} kg"
