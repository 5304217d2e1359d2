"""The basket: what one customer wants, priced, before money changes hands.

Values only: every operation returns a new basket. A basket is working state, not a business fact;
it becomes one
when a sale is settled (see ``terminal.domain.sale``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from terminal.domain.canonical import canonical_bytes
from terminal.domain.errors import UserError
from terminal.domain.money import ZERO, Money
from terminal.domain.tender import AFFIXED, Part, part_from_json, part_to_json

MAX_PIECES = 9_999
MAX_GRAMS = 999_999
MAX_LINES = 500


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """Who changed a price, who allowed it and why (改价, dual control)."""

    reason: str
    operator: str
    authoriser: str
    entry_intent: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods.

    Args:
        line_id: identity inside the basket.
        quantity: pieces, or grams when ``weighed``; > 0.
        list_price: ordinary price per piece or per kilogram when added.
        unit_price: price that counts, after member level or override.
        fixed_amount: amount printed on an in-store label (price embedded in the code), else None.
        price_since: ``effective_from`` of the price used, UTC ISO text.
        source: where the input came from: ``key``, ``wedge``, ``serial``, ``touch``, ``script``; of
            a weight ``scale``, or ``typed`` where there is a scale and a second person allowed it.
        raw: the code or text exactly as read.
    """

    line_id: str
    sku: str
    gtin: str
    name_zh: str
    name_en: str
    unit_zh: str
    business_code: str
    tax: str
    refundable: bool
    weighed: bool
    quantity: int
    list_price: Money
    unit_price: Money
    price_since: str
    level: str = ""
    fixed_amount: Money | None = None
    override: PriceOverride | None = None
    source: str = "key"
    raw: str = ""
    _amounts: tuple[Money, Money] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @property
    def amount(self) -> Money:
        """What the line costs."""
        return (self._amounts or self._priced())[0]

    @property
    def list_amount(self) -> Money:
        """What the line would cost without member level or override."""
        return (self._amounts or self._priced())[1]

    def _priced(self) -> tuple[Money, Money]:
        """Both amounts, worked out once: a long basket is summed at every scan."""
        amounts = (self._price_of(self.unit_price), self._price_of(self.list_price))
        object.__setattr__(self, "_amounts", amounts)
        return amounts

    def _price_of(self, price: Money) -> Money:
        if self.fixed_amount is not None:
            return self.fixed_amount
        return price.per_thousand(self.quantity) if self.weighed else price.times(self.quantity)

    def merges_with(self, other: Line) -> bool:
        """Whether a further scan of the same goods only raises the quantity of this line."""
        return (
            self.sku == other.sku
            and not (self.weighed or other.weighed)
            and self.fixed_amount is None
            and other.fixed_amount is None
            and self.override is None
            and self.unit_price == other.unit_price
        )


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket and its history of removed lines (a fraud signal the sale entry keeps).

    Args:
        basket_id: UUIDv7.
        sale_intent: intent of the sale this basket may become, minted when the basket opens.
        opened_at: UTC ISO text.
        lines: in order of entry.
        voided: lines taken out again, with what they would have cost.
        member_level: "" for ordinary customers.
        cash_parts: amounts of cash already laid down in a split payment, not yet booked.
        codes: order numbers (``out_trade_no``) of the attempts made for this basket at a channel.
        parts: what is paid without cash and without a channel (stamps affixed, on account …).
        note: what the clerk wrote when parking it.
    """

    basket_id: str
    sale_intent: str
    opened_at: str
    lines: tuple[Line, ...] = ()
    voided: tuple[Line, ...] = ()
    member_level: str = ""
    cash_parts: tuple[Money, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def total(self) -> Money:
        """Sum of the lines."""
        return Money(sum(line.amount.fen for line in self.lines))

    @property
    def subtotal(self) -> Money:
        """Sum at list prices, before member level and overrides."""
        return Money(sum(line.list_amount.fen for line in self.lines))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it and nothing was paid towards it."""
        return not (self.lines or self.laid_down or self.codes)

    @property
    def laid_down(self) -> bool:
        """Whether something lies on the counter for it that no entry knows of yet."""
        return bool(self.cash_parts or self.parts)

    @property
    def cash(self) -> Money:
        """What lies on the counter in notes and coins."""
        return sum(self.cash_parts, ZERO)

    @property
    def affixed(self) -> Money:
        """What stamps stuck on pay of it."""
        return sum((part.amount for part in self.parts if part.kind == AFFIXED.kind), ZERO)

    def postage(self, mail: Collection[str]) -> Money:
        """What of the total is postage of accepted mail: all that affixed stamps may pay.

        Goods that may be returned are none: their money goes back, and stamps never do.

        Args:
            mail: business codes that accept mail.
        """
        letters = [line for line in self.lines if line.business_code in mail]
        return Money(sum(line.amount.fen for line in letters if not line.refundable))

    def line(self, line_id: str) -> Line:
        """The line with that id.

        Raises:
            UserError: ``basket.line_gone``.
        """
        for line in self.lines:
            if line.line_id == line_id:
                return line
        raise UserError("basket.line_gone")

    def with_added(self, line: Line) -> tuple[Basket, str]:
        """The basket with ``line`` added or merged into a like line.

        Returns:
            The new basket and the id of the line that now holds the goods.

        Raises:
            UserError: ``quantity.out_of_range`` or ``basket.full``.
        """
        for present in self.lines:
            if present.merges_with(line):
                grown = present.quantity + line.quantity
                return self.with_quantity(present.line_id, grown), present.line_id
        if len(self.lines) >= MAX_LINES:
            raise UserError("basket.full", {"most": MAX_LINES})
        _check_quantity(line, line.quantity)
        return replace(self, lines=(*self.lines, line)), line.line_id

    def with_quantity(self, line_id: str, quantity: int) -> Basket:
        """The basket with another quantity (pieces or grams) on one line.

        Raises:
            UserError: ``basket.line_gone``, ``quantity.out_of_range``, ``quantity.fixed_by_label``.
        """
        line = self.line(line_id)
        if line.fixed_amount is not None:
            raise UserError("quantity.fixed_by_label")
        _check_quantity(line, quantity)
        return self._with_line(replace(line, quantity=quantity))

    def with_source(self, line_id: str, source: str) -> Basket:
        """The basket with another source of one line's quantity, such as ``scale``."""
        return self._with_line(replace(self.line(line_id), source=source))

    def with_void(self, line_id: str) -> Basket:
        """The basket without one line, which is remembered as voided."""
        line = self.line(line_id)
        kept = tuple(other for other in self.lines if other.line_id != line_id)
        return replace(self, lines=kept, voided=(*self.voided, line))

    def with_override(self, line_id: str, price: Money, override: PriceOverride) -> Basket:
        """The basket with a price changed by hand on one line.

        Raises:
            UserError: ``price.out_of_range`` unless 0 <= price <= ten times the list price.
        """
        line = self.line(line_id)
        if line.fixed_amount is not None:
            raise UserError("quantity.fixed_by_label")
        if price < ZERO or price > line.list_price.times(10):
            raise UserError("price.out_of_range")
        return self._with_line(replace(line, unit_price=price, override=override))

    def with_level(self, level: str, price_of: Callable[[str, str], Money]) -> Basket:
        """The basket repriced for a member level; overridden and labelled lines stay as they are.

        Args:
            level: member level, "" for ordinary.
            price_of: gives the unit price for (sku, level).
        """
        repriced = tuple(
            line
            if line.override or line.fixed_amount is not None
            else replace(line, unit_price=price_of(line.sku, level), level=level)
            for line in self.lines
        )
        return replace(self, lines=repriced, member_level=level)

    def _with_line(self, changed: Line) -> Basket:
        lines = tuple(changed if x.line_id == changed.line_id else x for x in self.lines)
        return replace(self, lines=lines)


def _check_quantity(line: Line, quantity: int) -> None:
    most = MAX_GRAMS if line.weighed else MAX_PIECES
    if not 1 <= quantity <= most:
        raise UserError("quantity.out_of_range", {"most": most})


def basket_digest(basket: Basket) -> str:
    """SHA-256 over the canonical lines, 64 hex digits: what a payment was asked for."""
    lines: list[Any] = [line_to_json(line) for line in basket.lines]
    return hashlib.sha256(canonical_bytes(lines)).hexdigest()


def line_to_json(line: Line) -> dict[str, Any]:
    """The line as plain JSON values; amounts in fen."""
    body: dict[str, Any] = {
        "line_id": line.line_id,
        "sku": line.sku,
        "gtin": line.gtin,
        "name_zh": line.name_zh,
        "name_en": line.name_en,
        "unit_zh": line.unit_zh,
        "business_code": line.business_code,
        "tax": line.tax,
        "refundable": line.refundable,
        "weighed": line.weighed,
        "quantity": line.quantity,
        "list_fen": line.list_price.fen,
        "unit_fen": line.unit_price.fen,
        "price_since": line.price_since,
        "level": line.level,
        "fixed_fen": None if line.fixed_amount is None else line.fixed_amount.fen,
        "source": line.source,
        "raw": line.raw,
        "amount_fen": line.amount.fen,
    }
    if line.override:
        body["override"] = {
            "reason": line.override.reason,
            "operator": line.override.operator,
            "authoriser": line.override.authoriser,
            "entry_intent": line.override.entry_intent,
        }
    return body


def line_from_json(body: dict[str, Any]) -> Line:
    """The line again; the inverse of ``line_to_json``."""
    override = body.get("override")
    return Line(
        line_id=body["line_id"],
        sku=body["sku"],
        gtin=body["gtin"],
        name_zh=body["name_zh"],
        name_en=body["name_en"],
        unit_zh=body["unit_zh"],
        business_code=body["business_code"],
        tax=body["tax"],
        refundable=body["refundable"],
        weighed=body["weighed"],
        quantity=body["quantity"],
        list_price=Money(body["list_fen"]),
        unit_price=Money(body["unit_fen"]),
        price_since=body["price_since"],
        level=body["level"],
        fixed_amount=None if body["fixed_fen"] is None else Money(body["fixed_fen"]),
        override=PriceOverride(**override) if override else None,
        source=body["source"],
        raw=body["raw"],
    )


def basket_to_json(basket: Basket) -> dict[str, Any]:
    """The basket as plain JSON values, for the working table that survives a crash."""
    return {**header_to_json(basket), "lines": [line_to_json(line) for line in basket.lines]}


def header_to_json(basket: Basket) -> dict[str, Any]:
    """Everything but the lines, which are stored one by one: a scan writes one row."""
    return {
        "basket_id": basket.basket_id,
        "sale_intent": basket.sale_intent,
        "opened_at": basket.opened_at,
        "voided": [line_to_json(line) for line in basket.voided],
        "member_level": basket.member_level,
        "cash_parts": [part.fen for part in basket.cash_parts],
        "codes": list(basket.codes),
        "note": basket.note,
        "parts": [part_to_json(part) for part in basket.parts],
    }


def basket_from_json(body: dict[str, Any]) -> Basket:
    """The basket again; the inverse of ``basket_to_json``."""
    return Basket(
        basket_id=body["basket_id"],
        sale_intent=body["sale_intent"],
        opened_at=body["opened_at"],
        lines=tuple(line_from_json(line) for line in body["lines"]),
        voided=tuple(line_from_json(line) for line in body["voided"]),
        member_level=body["member_level"],
        cash_parts=tuple(Money(fen) for fen in body["cash_parts"]),
        codes=tuple(body["codes"]),
        note=body["note"],
        # Absent from a basket that an earlier version left on the counter.
        parts=tuple(part_from_json(part) for part in body.get("parts", ())),
    )
