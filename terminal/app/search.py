"""Finding goods by whatever a clerk types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from terminal.app.context import Context
from terminal.domain.catalogue import ORDINARY, CatalogueItem
from terminal.domain.money import Money

FAVOURITES = 8


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list; the price is per unit or per kilogram, "" when none counts now."""

    sku: str
    code: str
    name_zh: str
    name_en: str
    price_text: str
    unit_zh: str
    badge_code: str
    weighed: bool
    state: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was found for a text."""

    text: str
    rows: tuple[ItemRow, ...]
    changes: frozenset[str] = frozenset()


class ItemSearch:
    """Use cases of searching. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def find(self, text: str, limit: int = 20) -> SearchView:
        """Items that fit, most sold first.

        Args:
            text: hanzi, pinyin, initials, code, mixed; "" finds nothing.
            limit: 1 to 200 rows.
        """
        items = self._context.catalogue.search(text, limit) if text.strip() else ()
        return SearchView(text, self.rows(items))

    def favourites(self) -> tuple[ItemRow, ...]:
        """The goods on the quick keys: what the platform set for the outlet."""
        catalogue = self._context.catalogue
        wanted = self._context.setting("favourites", [])[:FAVOURITES]
        found = (catalogue.by_code(str(sku)) for sku in wanted)
        return self.rows([item for item in found if item is not None and item.sellable])

    def rows(self, items: Sequence[CatalogueItem]) -> tuple[ItemRow, ...]:
        """Items as rows with the price that counts now."""
        skus = [item.sku for item in items]
        prices = self._context.catalogue.prices_at(skus, ORDINARY, self._context.now())
        return tuple(_row(item, prices.get(item.sku)) for item in items)


def _row(item: CatalogueItem, price: Money | None) -> ItemRow:
    return ItemRow(
        sku=item.sku,
        code=item.gtin or item.plu or item.sku,
        name_zh=item.name_zh,
        name_en=item.name_en,
        # Listed without a price: the row shows that it cannot be sold yet.
        price_text=price.text if price is not None else "",
        unit_zh=item.unit_zh,
        badge_code=item.business_code,
        weighed=item.weighed,
        state=item.state,
    )
