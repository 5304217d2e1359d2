"""The catalogue as values and rules: items, dated prices, loose goods, in-store barcodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from terminal.domain.checks import gtin_check_digit
from terminal.domain.errors import BugError, UserError
from terminal.domain.money import Money

ORDINARY: Final = ""
"""The price level everybody gets."""

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


class ItemKind(StrEnum):
    """How an item is counted: pieces from a shelf, grams from a sack, stamps from a sheet."""

    PACKAGED = "packaged"
    LOOSE = "loose"
    STAMP = "stamp"


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One thing the outlet sells, as the platform describes it.

    Args:
        sku: the platform's article number, unique.
        gtin: barcode of 8 to 14 digits, "" for none.
        plu: short in-store number for loose goods, "" for none.
        name_zh: Chinese name as printed on the slip.
        name_en: English name, "" when nobody wrote one.
        pinyin: syllables of the name separated by blanks; words of letters and digits stand for
            themselves.
        initials: first letters of the syllables, with letters and digits of the name kept.
        unit_zh: 瓶, 枚, kg … ; loose goods are priced per kilogram.
        business_code: business line for the volume reports (业务代码).
        kind: how it is counted.
        tax: ``exempt`` or ``taxable``.
        refundable: False for stamps, which are never taken back.
        rank: place in the order of popularity, 1 = most sold; ≥ 0.
        state: ``active`` or ``withdrawn``; a withdrawn item is found by its code and never sold.
        version: version of the description, rising.
    """

    sku: str
    gtin: str
    plu: str
    name_zh: str
    name_en: str
    pinyin: str
    initials: str
    unit_zh: str
    business_code: str
    kind: ItemKind
    tax: str
    refundable: bool
    rank: int
    state: str
    version: int

    @property
    def sellable(self) -> bool:
        """Whether the platform still lets it be sold."""
        return self.state == "active"

    @property
    def weighed(self) -> bool:
        """Whether its quantity is grams and its price is per kilogram."""
        return self.kind is ItemKind.LOOSE


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of one item.

    Args:
        sku: the item.
        level: member level, "" for everybody.
        effective_from: UTC time from which it counts, ISO 8601; "" = always.
        price: per piece, or per kilogram for loose goods; ≥ 0.
    """

    sku: str
    level: str
    effective_from: str
    price: Money


@lru_cache(maxsize=1024)
def instant(text: str) -> datetime:
    """Read a UTC time of the platform, ``2026-01-01T00:00:00Z`` with or without a fraction.

    Times are compared as times: as text, ``…00Z`` sorts after ``…00.500Z``.

    Returns:
        An aware time; the beginning of time for "".

    Raises:
        BugError: ``catalogue.bad_time`` when it is no ISO time or names no zone.
    """
    if not text:
        return _ALWAYS
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BugError("catalogue.bad_time", {"text": text}) from error
    if at.tzinfo is None:
        raise BugError("catalogue.bad_time", {"text": text}, hint="a time without a zone")
    return at


def price_at(rows: Iterable[PriceRow], level: str, at_utc: str) -> Money:
    """The price that counts: the latest of the member's level, else the latest ordinary one.

    A price counts from its ``effective_from`` on, that instant included, so a midnight change needs
    no network.

    Args:
        rows: prices of one item, in any order.
        level: member level, "" for none.
        at_utc: the moment of the sale, UTC ISO 8601.

    Raises:
        UserError: ``item.no_price`` when no row counts yet.
    """
    moment = instant(at_utc)
    in_force = [row for row in rows if instant(row.effective_from) <= moment]
    for wanted in dict.fromkeys((level, ORDINARY)):
        of_level = [row for row in in_force if row.level == wanted]
        if of_level:
            return max(of_level, key=lambda row: instant(row.effective_from)).price
    raise UserError("item.no_price")


class Embedded(StrEnum):
    """What the value digits of an in-store barcode say."""

    PRICE = "price"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class InStorePattern:
    """How this outlet's scale writes its barcodes.

    GS1 calls them restricted circulation numbers, prefix 20 to 29.

    Args:
        pattern: 13 characters: digits that must match, ``P`` the PLU, ``V`` the value, ``C`` the
            check digit last; ``2PPPPPPVVVVVC``. The first character is always 2.
        embedded: whether V is fen or grams.

    Raises:
        BugError: ``catalogue.bad_in_store_pattern`` for any other shape.
    """

    pattern: str
    embedded: Embedded

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(?=.{13}$)2[0-9]*P+V+C", self.pattern):
            raise BugError("catalogue.bad_in_store_pattern", {"pattern": self.pattern})


@dataclass(frozen=True, slots=True)
class InStoreReading:
    """What an in-store barcode says: which loose goods, and how much of them or for how much.

    Args:
        plu: as printed, leading zeros kept.
        amount: the price on the label, None when the label carries the weight.
        grams: the weight on the label, None when it carries the price.
    """

    plu: str
    amount: Money | None = None
    grams: int | None = None


def in_store_patterns(setting: Sequence[Mapping[str, Any]]) -> tuple[InStorePattern, ...]:
    """Read the outlet setting ``in_store_patterns``.

    Args:
        setting: ``[{"pattern": "21PPPPPVVVVVC", "embedded": "price"}, …]``.

    Raises:
        BugError: ``catalogue.bad_in_store_pattern`` for an unknown shape.
    """
    try:
        return tuple(
            InStorePattern(str(entry["pattern"]), Embedded(entry["embedded"])) for entry in setting
        )
    except (KeyError, ValueError) as error:
        raise BugError("catalogue.bad_in_store_pattern", hint=str(error)) from error


def read_in_store(text: str, patterns: Sequence[InStorePattern]) -> InStoreReading | None:
    """Read a price or weight barcode of the outlet's own scale.

    Args:
        text: 13 ASCII digits; anything else reads as None.
        patterns: the outlet's patterns, the first that fits counts.

    Returns:
        The reading, or None when no pattern fits or the check digit is wrong. Source: GS1 General
        Specifications §2.1.11.
    """
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return None
    if gtin_check_digit(text[:-1]) != text[-1]:
        return None
    for shape in patterns:
        fixed = zip(shape.pattern, text, strict=True)
        if all(sign in "PVC" or sign == digit for sign, digit in fixed):
            return _reading(shape, text)
    return None


def _reading(shape: InStorePattern, text: str) -> InStoreReading:
    start, value_start = shape.pattern.index("P"), shape.pattern.index("V")
    plu, value = text[start:value_start], int(text[value_start:-1])
    if shape.embedded is Embedded.PRICE:
        return InStoreReading(plu, amount=Money(value))
    return InStoreReading(plu, grams=value)


def grams_for(price_per_kg: Money, amount: Money) -> int:
    """The weight behind a label that carries only the price, to the nearest gram.

    Args:
        price_per_kg: > 0.
        amount: the label's price, > 0.

    Raises:
        UserError: ``item.no_price`` when there is no price per kilogram, ``item.no_weight`` when
        the label says 0.
    """
    if price_per_kg.fen <= 0:
        raise UserError("item.no_price")
    if amount.fen <= 0:
        raise UserError("item.no_weight")
    return max(1, (amount.fen * 2000 + price_per_kg.fen) // (2 * price_per_kg.fen))
