"""What a till should hold is not told to the clerk who has to count it, until it is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import Bundle
from tests.helpers.cash_ups import book_fen, closed, count, pieces, show_tills
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet
from tests.unit.test_tills import POSTCARD, fund, hand_in, issue

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def working(counter: Outlet) -> Outlet:
    """A drawer with a float, stamps, postcards and takings that nobody counted yet."""
    fund(counter, 1_000_000, Bundle(STAMP, 400), Bundle(POSTCARD, 100, 1001))
    issue(counter, {10_000: 7}, Bundle(STAMP, 93), Bundle(POSTCARD, 40, 1001))
    counter.sell(quantity=3)
    return counter


def drawer_told(outlet: Outlet) -> str:
    """Everything the page is given about the drawer."""
    return repr(asdict(outlet.cases.tills.view().tills[0]))


def secrets(outlet: Outlet) -> tuple[str, ...]:
    """What would give the count away."""
    return (f"{book_fen(outlet.cases) / 100:.2f}", "700.00", "3.60", "90", "1001", "1040")


def test_before_the_count_the_drawer_tells_kinds_and_how_often_and_no_sum(working: Outlet) -> None:
    told = drawer_told(working)
    assert not [secret for secret in secrets(working) if secret in told]
    till, vault = working.cases.tills.view().tills
    assert till.blind
    assert vault.blind
    assert [(row.kind, row.entries) for row in till.figures[1:]] == [
        ("pouch.received", 1),
        ("sale.completed", 1),
    ]
    for figure in till.figures:
        with pytest.raises(UserError, match=r"till\.blind"):
            working.cases.tills.listing("T02", figure.kind)


def test_the_harness_sees_what_an_open_till_tells(working: Outlet) -> None:
    show_tills(working.cases)
    told = drawer_told(working)
    assert [secret for secret in secrets(working) if secret not in told] == []


def test_once_counted_it_tells_and_from_the_next_movement_on_it_does_not(working: Outlet) -> None:
    form = working.cases.cash_ups.view().form_id
    typed = {STAMP: "90", POSTCARD: "1001-1040"}
    working.cases.cash_ups.count(form, pieces(book_fen(working.cases)), typed)
    assert not working.cases.tills.view().tills[0].blind
    working.sell()
    assert working.cases.tills.view().tills[0].blind


def test_after_the_closing_it_tells_until_something_moves(counter: Outlet) -> None:
    assert not counter.cases.tills.view().tills[0].blind
    counter.sell()
    closed(counter.cases)
    assert not counter.cases.tills.view().tills[0].blind
    counter.sell()
    assert counter.cases.tills.view().tills[0].blind


def test_a_recount_that_is_open_hides_what_a_payment_in_doubt_would(counter: Outlet) -> None:
    counter.sell()
    count(counter.cases)
    counter.cases.cash_ups.recount()
    # She has seen the difference already: nothing is left to hide.
    assert not counter.cases.tills.view().tills[0].blind


def _too_much(outlet: Outlet) -> str:
    with pytest.raises(UserError) as refused:
        outlet.cases.tills.send(hand_in(outlet, {10_000: 99}))
    return f"{refused.value.code} {dict(refused.value.params)}"


def _opened(outlet: Outlet) -> str:
    checks, intent = outlet.cases.till_checks, new_uuid7()
    first = checks.open_drawer(intent, "change", SENIOR, SENIOR_PIN)
    again = checks.open_drawer(intent, "change", SENIOR, SENIOR_PIN)
    entry = outlet.books.entry(first.seq)
    return f"{first} {again} {entry and entry.body}"


def _limit(outlet: Outlet) -> str:
    settings = {**outlet.cases.context.profile.settings, "limits": {"till_fen": 100}}
    outlet.cases.context.profile = replace(outlet.cases.context.profile, settings=settings)
    return f"{outlet.cases.tills.over_limit()}"


WAYS_ROUND: dict[str, Callable[[Outlet], str]] = {
    "a pouch that is too big": _too_much,
    "the drawer opened without a sale": _opened,
    "the limit": _limit,
}


@pytest.mark.parametrize("way", WAYS_ROUND)
def test_no_way_round_tells_it(working: Outlet, way: str) -> None:
    told = WAYS_ROUND[way](working)
    assert f"{book_fen(working.cases) / 100:.2f}" not in told
    assert str(book_fen(working.cases)) not in told


def test_an_open_till_says_how_much_there_is_when_a_pouch_is_too_big(working: Outlet) -> None:
    show_tills(working.cases)
    assert "'held': '703.60'" in _too_much(working)


def test_the_second_person_who_counts_is_told_after_she_counted(working: Outlet) -> None:
    typed = {STAMP: "90", POSTCARD: "1001-1040"}
    form = CheckForm(new_uuid7(), "T02", {10_000: 7}, typed)
    assert working.cases.till_checks.check(form, SENIOR, SENIOR_PIN).amount_text == "-3.60"
    assert working.cases.tills.view().tills[0].blind


def test_cash_can_be_handed_in_without_seeing_the_sum(working: Outlet) -> None:
    form = MoveForm(new_uuid7(), "T02", "V01", {10_000: 2})
    assert working.cases.tills.send(form).amount_text == "200.00"
