"""No page of the counter shows what should be in a till that has yet to be counted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtGui import QAccessible

from terminal.app.usecases import UseCases
from terminal.domain.money import Money
from tests.helpers.cash_ups import book_fen, show_tills
from tests.helpers.outlet import STAMP
from tests.qt.conftest import Screen
from tests.qt.test_accessibility import window_of
from tests.qt.test_screens import shown
from tests.qt.test_till_page import ask
from ui.common.places import PLACES
from ui.viewmodels.reports_page import TABS

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _seen(screen: Screen) -> Iterator[str]:
    """Every text and every spoken name in the window, with thin blanks taken out."""
    for item in shown(window_of(screen).contentItem()):
        spoken = QAccessible.queryAccessibleInterface(item)
        name = spoken.text(QAccessible.Text.Name) if spoken is not None else ""
        yield from (str(text).replace("\u202f", "") for text in (item.property("text"), name))


def _everywhere(screen: Screen) -> set[str]:
    """What is seen on every page, and on every table of the report with its entries."""
    texts: set[str] = set()
    counter = screen.counter
    for place in PLACES:
        counter.act(f"open_{place.page}")
        screen.hands.pause(150)
        texts |= set(_seen(screen))
        if place.page == "reports":
            for tab in TABS:
                counter.reports.chooseTab(tab)
                counter.reports.open(0)
                screen.hands.pause(60)
                texts |= set(_seen(screen))
    return texts


def _sell(use: UseCases, pieces: int, handed: str) -> None:
    use.ordering.add_item(STAMP, pieces)
    assert use.paying.tender_cash(use.paying.begin().form_id, handed).done is not None


def test_no_page_shows_it_before_the_count_and_the_same_look_finds_it_in_open_tills(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    for pieces, handed in ((7, "10"), (13, "20"), (5, "6")):
        ask(screen, partial(_sell, pieces=pieces, handed=handed))
    secret = Money(int(str(ask(screen, book_fen)))).text
    assert secret == "30.00"
    told = _everywhere(screen)
    assert len(told) > 100
    assert [text for text in told if secret in text] == []
    ask(screen, show_tills)
    assert [text for text in _everywhere(screen) if secret in text] != []
