"""What a line of a counted till opens: all that adds up to it, the newest of it listed."""

from __future__ import annotations

import pytest

from terminal.app import cash_up_behind
from terminal.app.cash_up_behind import Behind
from terminal.app.cash_up_view import CashUpView
from terminal.app.refunding import Wish
from terminal.app.tills import MoveForm
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from terminal.domain.stock import span_text
from tests.helpers.cash_ups import book_fen, filled_tills, pay, pieces
from tests.helpers.outlet import STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _total(found: Behind) -> int:
    """What is listed and the rest, in fen."""
    listed = sum(
        Money.parse(row.amount_text).fen * (1 if row.comes_in else -1) for row in found.rows
    )
    return listed + int(found.more_text.replace(".", "") or 0)


def _lines(counter: Outlet, view: CashUpView) -> dict[str, tuple[int, int, Behind]]:
    """Every line that opens: its fen, its number of entries, what it opens."""
    assert view.outcome is not None
    return {
        f"{line.code} {'in' if line.comes_in else 'out'}": (
            Money.parse(line.amount_text).fen * (1 if line.comes_in else -1),
            line.entries,
            counter.cases.cash_up_behind.line(line.code, line.kind, comes_in=line.comes_in),
        )
        for line in view.outcome.lines
        if line.kind
    }


def _count(counter: Outlet) -> CashUpView:
    """Count what the books say, the stock too."""
    view, stock = counter.cases.cash_ups.view(), counter.books.stock
    papers = {
        row.item: span_text(stock.ranges("till:T02", row.item))
        or str(stock.pieces("till:T02")[row.item])
        for row in view.stock
    }
    typed = pieces(book_fen(counter.cases))
    return counter.cases.cash_ups.count(view.form_id, typed, papers)


@pytest.fixture
def mixed(counter: Outlet) -> Outlet:
    """Sales with and without change, a refund, cash from the vault and back to it."""
    filled_tills(counter.cases)
    for number in range(4):
        pay(counter, "P0011", number + 1, "50")
    counter.sell(STAMP, 5)
    form = counter.cases.refunding.begin(counter.sell("P0011", 2))
    quantities = {line.line_id: 1 for line in form.lines}
    counter.cases.refunding.complete(Wish(form.form_id, "return", quantities, "wrong_goods"))
    counter.cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", {10_000: 2}))
    return counter


def test_a_sale_stands_behind_cash_in_with_what_was_handed_over_and_behind_change_with_change(
    counter: Outlet,
) -> None:
    pay(counter, STAMP, 5, "20")
    counter.sell(STAMP, 5)
    lines = _lines(counter, _count(counter))
    received, change = lines["cash_in in"][2], lines["change out"][2]
    assert [row.amount_text for row in received.rows] == ["6.00", "20.00"]
    assert [(row.amount_text, row.comes_in) for row in change.rows] == [("14.00", False)]


def test_whatever_a_line_opens_adds_up_to_it(mixed: Outlet) -> None:
    lines = _lines(mixed, _count(mixed))
    assert {"cash_in in", "change out", "refund out", "pay_in in", "hand_in out"} <= set(lines)
    for name, (fen, entries, found) in lines.items():
        assert _total(found) == fen, name
        assert len(found.rows) == entries, name


@pytest.mark.parametrize("listed", [1, 3])
def test_what_is_not_listed_is_counted_and_added_up(
    mixed: Outlet, monkeypatch: pytest.MonkeyPatch, listed: int
) -> None:
    view = _count(mixed)
    monkeypatch.setattr(cash_up_behind, "MOST", listed)
    shortened = 0
    for name, (fen, entries, found) in _lines(mixed, view).items():
        assert _total(found) == fen, name
        assert len(found.rows) + found.more == entries, name
        shortened += bool(found.more)
    stamps = mixed.cases.cash_up_behind.stock(STAMP)
    assert sum(row.pieces for row in stamps.rows) + stamps.more_pieces == 85
    assert shortened > 0
