"""A shift of thousands of entries in seconds: one sale by use case, its body booked many times."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from terminal.domain.identifiers import new_uuid7, order_number
from tests.helpers.cash_ups import book_fen, pay, pieces
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet

AT_ONCE = 500
SHORT_FEN = 10_80


def fill(outlet: Outlet, entries: int) -> None:
    """Sell until the journal has so many entries; many sales in one transaction."""
    pay(outlet, STAMP, 3, "20")
    context = outlet.cases.context
    sold: Any = outlet.books.entries(limit=1)[0]
    profile = context.profile
    while (missing := entries - outlet.books.head()[0]) > 0:
        with outlet.books.transaction() as tx:
            for _ in range(min(missing, AT_ONCE)):
                body = deepcopy(sold.body)
                number = tx.next_order_number(context.time.sure())
                body["order_no"] = order_number(profile.outlet_code, profile.terminal_no, number)
                body["basket_id"] = new_uuid7()
                for line in body["lines"]:
                    line["line_id"] = new_uuid7()
                tx.append(context.draft(sold.kind, new_uuid7(), sold.clerk_id, body))


def cash_up(outlet: Outlet, clock: Callable[[], float] = time.perf_counter) -> Mapping[str, float]:
    """Cash it up, a little short; how many seconds each total took.

    Args:
        outlet: with its shift.
        clock: what is read before and after.
    """
    cash_ups, took = outlet.cases.cash_ups, dict[str, float]()
    typed = pieces(book_fen(outlet.cases) - SHORT_FEN)
    form = cash_ups.view().form_id
    steps: Mapping[str, Callable[[], object]] = {
        "count, causes ranked": lambda: cash_ups.count(form, typed),
        "the page again": cash_ups.view,
        "entries behind a line": lambda: outlet.cases.cash_up_behind.line(
            "cash_in", "sale.completed", comes_in=True
        ),
        "interim report": cash_ups.interim,
        "taking over": lambda: cash_ups.book(cash_ups.view().form_id),
        "verifying": lambda: cash_ups.verify(cash_ups.view().form_id, SENIOR, SENIOR_PIN),
        "closing report": lambda: cash_ups.close(cash_ups.view().form_id),
    }
    for name, step in steps.items():
        begun = clock()
        step()
        took[name] = clock() - begun
    return took
