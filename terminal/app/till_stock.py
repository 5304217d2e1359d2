"""What a sale takes out of a till beside goods: stamps, and numbered pieces by their numbers."""

from __future__ import annotations

from typing import Any

from terminal.app.context import Context
from terminal.app.stock_items import numbered_items
from terminal.domain import stock
from terminal.domain.till import Sold, sold_rows


def with_stock(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a ``sale.completed`` with the stock that leaves the till, if any does."""
    numbered = numbered_items(context)
    sold = [
        Sold(line["sku"], line["quantity"], numbered[line["sku"]])
        for line in body["lines"]
        if line["sku"] in numbered
    ]
    if not sold:
        return body
    place, reading = stock.till(body["till_id"]), context.books.stock
    issued = reading.issued(place)
    ranges = {line.item: reading.ranges(place, line.item) for line in sold if line.numbered}
    rows = sold_rows(body["till_id"], sold, issued, ranges)
    return {**body, "stock": rows} if rows else body
