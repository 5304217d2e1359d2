"""The books of a cash-up: killed at every step, damaged in every loader, found by their index."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal.app.cash_up_view import CashUpView
from terminal.app.hand_over import Found
from terminal.app.usecases import UseCases
from terminal.domain.cash_up import Step
from terminal.domain.errors import EnvironmentFault
from terminal.domain.money import Money
from tests.helpers.cash_ups import book_fen, count, pieces, verified
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, TILL, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

Deed = Callable[[UseCases, str], CashUpView]


def _count(cases: UseCases, form: str) -> CashUpView:
    return cases.cash_ups.count(form, pieces(book_fen(cases) - 30))


def _verify(cases: UseCases, form: str) -> CashUpView:
    return cases.cash_ups.verify(form, SENIOR, SENIOR_PIN)


def _hand_over(cases: UseCases, form: str) -> CashUpView:
    return cases.cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found(Money(book_fen(cases)).text))


STEPS: tuple[tuple[str, Deed], ...] = (
    ("count", _count),
    ("book", lambda cases, form: cases.cash_ups.book(form)),
    ("verify", _verify),
    ("close", lambda cases, form: cases.cash_ups.close(form)),
)
OTHER_ENDS: tuple[tuple[str, Deed], ...] = (
    ("dispute", lambda cases, form: cases.cash_ups.dispute(form, "没有短款")),
    ("hand_over", _hand_over),
)


def _dies(outlet: Outlet, deed: Deed) -> None:
    """The process ends inside the transaction of a step."""
    form = outlet.cases.cash_ups.view().form_id
    outlet.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        deed(outlet.cases, form)
    outlet.clock.dies_at_next_reading = False
    outlet.crash()
    outlet.cases.session.unlock("246810")


def _shown(outlet: Outlet) -> tuple[object, ...]:
    view = outlet.cases.cash_ups.view()
    return view.step, view.period, view.counts, view.outcome, view.verifier, view.parked


@pytest.mark.parametrize("other", [False, True], ids=["taken over", "disputed, handed over"])
def test_killed_at_every_step_a_cash_up_stands_where_it_stood_and_goes_on(
    counter: Outlet, other: bool
) -> None:
    counter.sell(STAMP, 4)
    steps = list(STEPS)
    if other:
        steps[1], steps[3] = OTHER_ENDS
    for name, deed in steps:
        before, head = _shown(counter), counter.books.head()
        _dies(counter, deed)
        assert _shown(counter) == before, name
        assert counter.books.head() == head, name
        assert counter.books.read_model_differences() == [], name
        deed(counter.cases, counter.cases.cash_ups.view().form_id)
        assert counter.books.read_model_differences() == [], name
        view = counter.cases.cash_ups.view()
        if view.outcome is not None:
            booked = counter.books.entry(view.outcome.seq)
            assert booked is not None
            assert view.outcome.counted_text == Money(int(booked.body["counted_fen"])).text  # type: ignore[arg-type]
    assert counter.cases.cash_ups.view().period == 2


LOADERS = {
    "a posting is lost": "DELETE FROM postings WHERE seq = (SELECT max(seq) FROM orders)",
    "a posting is wrong": (
        "UPDATE postings SET fen = fen + 1 WHERE account = 'cash:T02' AND "
        "seq = (SELECT max(seq) FROM orders)"
    ),
    "a posting is doubled": (
        "INSERT INTO postings SELECT seq, 99, account, fen, business_date, kind, clerk_id "
        "FROM postings WHERE account = 'cash:T02' LIMIT 1"
    ),
    "a balance is wrong": "UPDATE balances SET fen = fen - 100 WHERE account = 'cash:T02'",
    "a balance counts one less": (
        "UPDATE balances SET entries = entries - 1 WHERE account LIKE 'postage:%'"
    ),
    "a balance is lost": "DELETE FROM balances WHERE account LIKE 'postage:%'",
    "an order is lost": "DELETE FROM orders WHERE seq = (SELECT max(seq) FROM orders)",
    "change is wrong": "UPDATE orders SET change_fen = 7 WHERE seq = (SELECT max(seq) FROM orders)",
    "entries are lost": "DELETE FROM journal WHERE seq = (SELECT min(seq) FROM orders)",
}


@pytest.mark.parametrize("damage", LOADERS)
@pytest.mark.parametrize("step", ["count", "close"])
def test_whatever_loader_lacks_something_the_cash_up_stops_and_shows_both(
    counter: Outlet, damage: str, step: str
) -> None:
    counter.sell()
    counter.sell(STAMP, 2)
    view = verified(counter.cases) if step == "close" else counter.cases.cash_ups.view()
    head = counter.books.head()
    counter.books._connection.execute("DROP TRIGGER IF EXISTS journal_no_delete")
    for trigger in counter.books._connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        counter.books._connection.execute(f"DROP TRIGGER {trigger[0]}")
    counter.books._connection.execute(LOADERS[damage])
    with pytest.raises(EnvironmentFault) as refused:
        if step == "close":
            counter.cases.cash_ups.close(view.form_id)
        else:
            counter.cases.cash_ups.count(view.form_id, pieces(0))
    assert refused.value.code in {"cash_up.totals_differ", "cash_up.entries_missing"}
    if refused.value.code == "cash_up.totals_differ":
        params = refused.value.params
        shown = [
            (params[f"{side}_fen"], params[f"{side}_entries"]) for side in ("journal", "other")
        ]
        assert shown[0] != shown[1] or params["source"] != "journal"
    assert counter.books.head() == head


def test_what_was_found_step_by_step_is_what_is_found_afresh(counter: Outlet) -> None:
    """Sales are read once each; a program that starts anew reads them all."""
    for number in range(4):
        counter.sell(STAMP, 3 + number)
        counter.cases.ordering.add_item(STAMP, 1)
        counter.cases.ordering.void_line(counter.cases.ordering.basket.lines[-1].line_id)
        counter.sell(STAMP, 2)
        known = count(counter.cases, -1_20 * (number + 1)).outcome
        counter.crash()
        counter.cases.session.unlock("246810")
        assert counter.cases.cash_ups.view().outcome == known
        assert known is not None
        assert known.explanation.causes


def test_sound_books_pass_the_same_check(counter: Outlet) -> None:
    counter.sell()
    assert count(counter.cases).step is Step.DIFFERENCE


def test_totals_of_a_long_period_are_found_by_their_index(counter: Outlet) -> None:
    """No total of the screen reads more rows than the period has postings of the till."""
    plans = [
        "SELECT sum(fen) FROM postings WHERE account = ? AND business_date >= ? AND seq >= ?",
        "SELECT 1 FROM postings WHERE account = ? AND business_date >= ? AND seq >= ? "
        "AND kind NOT LIKE 'cash_up.%' LIMIT 1",
    ]
    for sql in plans:
        rows = counter.books._connection.execute(
            f"EXPLAIN QUERY PLAN {sql}", (TILL, "2026-01-01", 1)
        ).fetchall()
        assert all("USING INDEX postings_index" in row[3] for row in rows), rows
