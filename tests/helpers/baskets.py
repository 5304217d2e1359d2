"""Lines and baskets for tests of pricing and paying: single values and Hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from terminal.domain.basket import Basket, Line
from terminal.domain.money import Money

BUSINESSES = ("postage", "produce", "snacks")


def line(line_id: str = "l1", **over: Any) -> Line:
    """Two books of stamps at 5.00 yuan."""
    values: dict[str, Any] = {
        "line_id": line_id,
        "sku": "P0001",
        "gtin": "2900000000018",
        "name_zh": "邮票",
        "name_en": "Stamps",
        "unit_zh": "本",
        "business_code": "postage",
        "tax": "exempt",
        "refundable": False,
        "weighed": False,
        "quantity": 2,
        "list_price": Money(500),
        "unit_price": Money(500),
        "price_since": "2026-01-01T00:00:00Z",
    }
    return Line(**{**values, **over})


def basket(*lines: Line, **over: Any) -> Basket:
    """A basket with these lines."""
    return Basket("basket-1", "intent-1", "2026-03-02T08:00:00.000Z", tuple(lines), **over)


@st.composite
def lines(draw: st.DrawFn, line_id: str = "l1") -> Line:
    """Any line that may stand in a basket."""
    weighed = draw(st.booleans())
    price = Money(draw(st.integers(0, 50_000)))
    fixed = st.none() | st.integers(0, 50_000).map(Money)
    return line(
        line_id,
        sku=draw(st.sampled_from(["A", "B", "C"])),
        business_code=draw(st.sampled_from(BUSINESSES)),
        tax=draw(st.sampled_from(["exempt", "taxable"])),
        weighed=weighed,
        quantity=draw(st.integers(1, 5_000 if weighed else 50)),
        list_price=price,
        unit_price=draw(st.just(price) | st.integers(0, 50_000).map(Money)),
        fixed_amount=draw(fixed) if weighed else None,
        level=draw(st.sampled_from(["", "gold"])),
        raw=draw(st.text(max_size=8)),
    )


@st.composite
def baskets(draw: st.DrawFn, *, least: int = 0, most: int = 6) -> Basket:
    """Any basket of a few lines."""
    count = draw(st.integers(least, most))
    return basket(
        *(draw(lines(f"l{number}")) for number in range(count)),
        voided=tuple(draw(st.lists(lines("v"), max_size=2))),
        member_level=draw(st.sampled_from(["", "gold"])),
        note=draw(st.text(max_size=5)),
    )
