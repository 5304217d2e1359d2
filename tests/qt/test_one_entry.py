"""Two hundred presses on a money button while its handler is stuck: one entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal.app.desk import Desk
from terminal.domain.journal import Entry
from tests.helpers.outlet import STAMP
from tests.helpers.stalled_handler import click, key, presses
from tests.qt.conftest import Screen

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _desk(screen: Screen) -> Desk:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk


def _kinds(entries: list[Entry]) -> list[str]:
    return [entry.kind for entry in entries]


STRIKES: dict[str, Callable[[Screen], Callable[[], None]]] = {
    "Enter in the cash field": lambda screen: key(screen.app.window, "Return"),
    "the exact key": lambda screen: key(screen.app.window, "F11"),
    "a click on taking cash": lambda screen: click(screen.app.window, "收现金"),
    "a click on the exact amount": lambda screen: click(screen.app.window, "正好"),
}


@pytest.mark.parametrize("strike", STRIKES)
def test_two_hundred_presses_on_cash_make_one_sale(counter_screen: Screen, strike: str) -> None:
    screen = counter_screen
    screen.add("nf")
    screen.begin_payment()
    screen.hands.pause(100)
    entries = presses(screen, _desk(screen), STRIKES[strike](screen))
    assert _kinds(entries) == ["sale.completed"]
    assert screen.counter.payment.done


def test_a_handler_that_takes_every_press_is_seen_to(counter_screen: Screen) -> None:
    """The harness's own control: what is not guarded books once for each press."""
    screen, desk = counter_screen, _desk(counter_screen)

    def unguarded() -> None:
        desk.submit(lambda cases: cases.ordering.add_item(STAMP, 1))
        desk.submit(lambda cases: cases.paying.tender_cash(cases.paying.begin().form_id, "2"))

    assert _kinds(presses(screen, desk, unguarded, times=3)) == ["sale.completed"] * 3
