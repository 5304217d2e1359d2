"""Horizon fault 15: touches and keys that nobody made, on every screen.

There an engineer saw transactions appear by themselves, and the books called it the clerk's error.
Here one strike alone never moves money, wherever it lands: the form must have been opened by an
earlier one, and the entry carries that form's intent. And what a strike put into a basket says what
it came from.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from terminal.app.desk import Desk
from terminal.domain import ledger
from terminal.domain.journal import Entry
from tests.helpers.outlet import CLERK, PIN, STAMP
from tests.helpers.soak_run import random_seed
from tests.helpers.stalled_handler import key
from tests.qt.conftest import Screen
from tests.qt.test_accessibility import window_of
from tests.qt.test_screens import shown
from ui.common.keys import BINDINGS
from ui.common.places import PAYMENT, PLACES, SELLING

pytest_plugins = ["tests.helpers.outlet_fixtures"]

STRIKES, SOAK_STRIKES = 600, 10_000
KEYS = 0.4
"""How many of the strikes are keys."""

DIALOGS = {"*": "quantity", "F7": "member", "F8": "override", "F6": "leave"}
COMBOS = (
    *sorted({one.combo for one in BINDINGS}),
    *("Tab", "Space", "1", "5", "00", "."),
    *("Return",) * 8,
)
SCANNED = "6921168509256"
# Once a till is counted nothing is sold: the page that counts comes last.
PAGES = sorted((place.page for place in PLACES), key=lambda page: page == "cash_up")


@dataclass
class Ghost:
    """Strikes a running counter at random; knows which forms were open before each strike."""

    screen: Screen
    rng: random.Random
    keys: float = KEYS
    forms: set[str] = field(default_factory=set)
    unconfirmed: list[str] = field(default_factory=list)
    moved: int = 0
    _head: int = 0

    @property
    def desk(self) -> Desk:
        desk = self.screen.app.face.operations.desk
        assert desk is not None
        return desk

    def haunt(self, wanted: Callable[[], None], times: int) -> None:
        """Strike one screen, which is opened again whenever a strike led away from it."""
        for _ in range(times):
            self._stay()
            wanted()
            self._settle()
            self._note_forms()
            self._strike()
            self._settle()
            self._look()

    def _strike(self) -> None:
        window = self.screen.app.window
        if self.rng.random() < self.keys:
            for combo in self._combo():
                key(window, combo)()
            return
        spot = QPoint(self.rng.randrange(window.width()), self.rng.randrange(window.height()))
        none = Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(window, Qt.MouseButton.LeftButton, none, spot)

    def _combo(self) -> Iterator[str]:
        combo = self.rng.choice(COMBOS)
        yield from combo if combo.isdigit() else (combo,)

    def _stay(self) -> None:
        """The clerk is at her counter again."""
        face = self.screen.app.face
        if face.stage != "counter":
            face.signOn.back()
            face.signOn.submit(CLERK, PIN)
            self.screen.until(lambda: face.stage == "counter", "the clerk")

    def _settle(self) -> None:
        """The core has done what it was told, and the window has heard of it."""
        QGuiApplication.processEvents()
        self.desk.ask(lambda _cases: None)
        QGuiApplication.processEvents()

    def _note_forms(self) -> None:
        counter = self.screen.counter
        views = (counter.payment._view, counter.cashUp._view, counter.refund._choice.form)
        self.forms |= {view.form_id for view in views if view is not None} | {counter.till._intent}

    def _look(self) -> None:
        for entry in self._new():
            if ledger.from_body(entry.body) or entry.body.get("stock"):
                self.moved += 1
                if entry.intent_id not in self.forms:
                    self.unconfirmed.append(f"{entry.kind} #{entry.seq}")

    def _new(self) -> list[Entry]:
        before = self._head
        self._head = self.desk.ask(lambda cases: cases.context.books.head()[0])
        if not before or before == self._head:
            return []
        seqs = range(before + 1, self._head + 1)
        found = self.desk.ask(lambda cases: [cases.context.books.entry(seq) for seq in seqs])
        return [entry for entry in found if entry is not None]


@pytest.fixture
def ghost(counter_screen: Screen) -> Ghost:
    made = Ghost(counter_screen, random.Random(random_seed()))
    made._look()
    return made


def _on_page(ghost: Ghost, page: str) -> Callable[[], None]:
    counter = ghost.screen.counter

    def wanted() -> None:
        if counter.dialog:
            counter.back()
        if counter.page != page:
            if counter.page == PAYMENT:
                counter.back()
                ghost._settle()
            counter.act(f"open_{page}")

    return wanted


def _something_to_pay(ghost: Ghost) -> None:
    counter = ghost.screen.counter
    _on_page(ghost, SELLING)()
    if counter.basket.empty:
        basket = ghost.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 3))
        counter.basket.show(basket)


def _in_dialog(ghost: Ghost, combo: str) -> Callable[[], None]:
    def wanted() -> None:
        if ghost.screen.counter.dialog != DIALOGS[combo]:
            _something_to_pay(ghost)
            key(ghost.screen.app.window, combo)()

    return wanted


def _at_the_payment(ghost: Ghost) -> None:
    counter = ghost.screen.counter
    if counter.page != PAYMENT or not counter.payment.takesMoney:
        _something_to_pay(ghost)
        ghost._settle()
        counter.act("pay")


def _screens(ghost: Ghost) -> list[Callable[[], None]]:
    pages = [_on_page(ghost, page) for page in PAGES]
    dialogs = [_in_dialog(ghost, combo) for combo in DIALOGS]
    # Money is nearest at the payment form: it is haunted as much as four others.
    return [*dialogs, *[lambda: _at_the_payment(ghost)] * 4, *pages]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("strikes", [STRIKES, pytest.param(SOAK_STRIKES, marks=pytest.mark.soak)])
def test_horizon_15_ghost_touches_on_every_screen_move_no_money_without_a_form_open_before(
    ghost: Ghost, strikes: int
) -> None:
    screens = _screens(ghost)
    for wanted in screens:
        ghost.haunt(wanted, -(-strikes // len(screens)))
    assert ghost.unconfirmed == []
    assert ghost.moved > 0, "a ghost that never gets as far as money proves nothing"


def test_a_counter_that_takes_money_at_one_press_is_seen(ghost: Ghost) -> None:
    """Negative control."""
    counter, ghost.keys = ghost.screen.counter, 1.0

    def in_one_go() -> None:
        counter.operations.run(
            lambda use: use.paying.tender_cash(use.paying.begin().form_id, "100"),
            lambda _view: None,
        )

    counter._pay = in_one_go  # type: ignore[method-assign]
    ghost.haunt(lambda: _something_to_pay(ghost), 150)
    assert ghost.unconfirmed != []


def test_horizon_15_what_was_touched_typed_and_scanned_is_told_apart(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    lines = screen.counter.basket.lines
    screen.until(lambda: screen.counter.scanField.favourites.count > 0, "goods to touch")
    tile = next(item for item in shown(window_of(screen).contentItem()) if _is_tile(item))
    centre = tile.mapToScene(QPointF(tile.width() / 2, tile.height() / 2))
    screen.hands.click(round(centre.x()), round(centre.y()))
    screen.until(lambda: lines.count == 1, "the touched goods")
    screen.add("dm")
    screen.hands.scan(SCANNED)
    screen.until(lambda: lines.count == 3, "the scanned goods")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: bool(screen.counter.payment.done), "the sale")
    desk = screen.app.face.operations.desk
    assert desk is not None
    (sale,) = desk.ask(lambda cases: cases.context.books.entries(limit=1))
    sold = json.loads(json.dumps(sale.body["lines"]))
    assert [(one["source"], one["raw"]) for one in sold] == [
        ("touch", ""),
        ("key", ""),
        ("wedge", SCANNED),
    ]


def _is_tile(item: QQuickItem) -> bool:
    return item.metaObject().className().startswith("GoodsTile_QMLTYPE")
