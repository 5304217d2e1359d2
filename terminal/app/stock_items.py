"""Which goods are kept as stock of tills: the platform names them."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.app.context import Context


def numbered_items(context: Context) -> Mapping[str, bool]:
    """Items kept as stock of tills → whether single pieces have numbers."""
    return {str(row["sku"]): bool(row["numbered"]) for row in context.setting("stock_items", ())}
