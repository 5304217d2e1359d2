"""The basket as a screen shows it: words and figures, no rules."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.app.quantities import quantity_text
from terminal.domain.basket import Line
from terminal.ports.books import ParkedBasket


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as a screen shows it; amounts as text in yuan."""

    line_id: str
    sku: str
    gtin: str
    badge_code: str
    name_zh: str
    name_en: str
    quantity: int
    weighed: bool
    quantity_text: str
    unit_price_text: str
    list_price_text: str
    amount_text: str
    member: bool
    overridden: bool


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket as a screen shows it."""

    basket_id: str
    lines: tuple[LineView, ...]
    count: int
    subtotal_text: str
    discount_text: str
    total_text: str
    total_fen: int
    member_level: str
    frozen: bool
    selected_line_id: str
    suspended_count: int
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SuspendedView:
    """A parked basket in the list; ``goods`` are the names of its lines, Chinese and English."""

    basket_id: str
    note: str
    count: int
    total_text: str
    parked_at_text: str
    clerk_no: str
    goods: tuple[tuple[str, str], ...]


def suspended_view(parked: ParkedBasket) -> SuspendedView:
    """A parked basket in words and figures."""
    basket = parked.basket
    return SuspendedView(
        basket_id=basket.basket_id,
        note=basket.note,
        count=len(basket.lines),
        total_text=basket.total.text,
        parked_at_text=parked.parked_at,
        clerk_no=parked.clerk_id,
        goods=tuple((line.name_zh, line.name_en) for line in basket.lines),
    )


def line_view(line: Line) -> LineView:
    """One line in words and figures."""
    return LineView(
        line_id=line.line_id,
        sku=line.sku,
        gtin=line.gtin,
        badge_code=line.business_code,
        name_zh=line.name_zh,
        name_en=line.name_en,
        quantity=line.quantity,
        weighed=line.weighed,
        quantity_text=quantity_text(line.quantity, line.weighed),
        unit_price_text=line.unit_price.text,
        list_price_text=line.list_price.text,
        amount_text=line.amount.text,
        member=bool(line.level) and line.unit_price != line.list_price,
        overridden=line.override is not None,
    )
