"""The catalogue and the other reference data, as the use cases read them.

All methods belong to one thread (the store thread) and never touch the network. Data may change
between two calls when the sync agent brings news; one call always sees one state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from terminal.domain.catalogue import CatalogueItem, PriceRow
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class ReferenceState:
    """How fresh the reference data is.

    Args:
        loaded: False until the first snapshot arrived.
        cursor: the feed's position, opaque.
        server_epoch: the platform life it belongs to.
        generation: counts snapshots from 1.
        changed_at: UTC ISO time of the last snapshot or page, "" when unknown.
        items: number of active items.
    """

    loaded: bool = False
    cursor: str = ""
    server_epoch: str = ""
    generation: int = 0
    changed_at: str = ""
    items: int = 0


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division: province (2 digits), city 4, county 6, street 9, village 12."""

    code: str
    name: str
    parent: str


class Catalogue(Protocol):
    """Items, prices and what else the platform sends for reading only.

    Before the first snapshot everything reads as unknown and empty. Every method raises
    ``EnvironmentFault`` (``database.*``) when the file cannot be read.
    """

    def by_gtin(self, gtin: str) -> CatalogueItem | None:
        """The item with this GTIN-8 to -14, compared as numbers; active before withdrawn."""
        ...

    def by_code(self, code: str) -> CatalogueItem | None:
        """The item with this SKU (case ignored) or PLU (leading zeros ignored)."""
        ...

    def search(self, text: str, limit: int = 20) -> Sequence[CatalogueItem]:
        """Active items that fit everything typed, most sold first.

        Args:
            text: hanzi, pinyin, initials, digits, codes, mixed and in several words; every part
                must fit.
            limit: 1 to 200.
        """
        ...

    def prices(self, sku: str) -> Sequence[PriceRow]:
        """All prices of an item, future ones included."""
        ...

    def price_at(self, sku: str, level: str, at_utc: str) -> Money:
        """The price that counts at that moment.

        Raises:
            UserError: ``item.no_price``.
        """
        ...

    def prices_at(self, skus: Sequence[str], level: str, at_utc: str) -> Mapping[str, Money]:
        """The prices that count at that moment, for a list; an item without one is left out."""
        ...

    def clerk(self, clerk_id: str) -> dict[str, Any] | None:
        """The clerk's record as the platform signed it, every field of the feed."""
        ...

    def clerk_ids(self) -> Sequence[str]:
        """The numbers of all clerks on record."""
        ...

    def division(self, code: str) -> Division | None:
        """One administrative division."""
        ...

    def divisions_under(self, parent: str) -> Sequence[Division]:
        """The divisions directly under one, by code; the provinces under ""."""
        ...

    def state(self) -> ReferenceState:
        """How fresh the data is."""
        ...
