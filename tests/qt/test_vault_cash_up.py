"""The vault is cashed up by keys at the counter it is bound to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cash_ups import filled_tills, pieces
from tests.qt.conftest import Screen
from tests.qt.test_cash_up import asked, await_focus, begin, page, sell, stock_as_booked, verify
from tests.qt.test_screens import LOOKS, Album
from ui.hands import spoken_focus

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def to_vault(screen: Screen) -> None:
    """From the drawer to the vault of the same counter."""
    screen.hands.press("Ctrl+K")
    screen.until(lambda: page(screen).vault and page(screen).step == "count", "the vault")
    screen.until(lambda: "100" in spoken_focus(), "the keyboard on the largest note")


@pytest.mark.parametrize("look", ["dark-1366", "large-en-1366"])
def test_the_vault_is_counted_blind_verified_and_closed_by_keys(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(size=size, language=language)
    screen.begin_day()
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        screen.counter.settings.choose(name, value)
    desk, hands, album = (
        screen.app.face.operations.desk,
        screen.hands,
        Album(screen, pictures, look),
    )
    assert desk is not None
    desk.ask(filled_tills)
    begin(screen)
    to_vault(screen)
    assert "V01" in page(screen).headline
    hands.pause(150)
    album.take("cash-up-vault-count")
    typed = pieces(14_000_00 - 100_00)
    for note in (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10):
        hands.write(typed[note] if typed[note] != "0" else "")
        hands.press("Return")
    for row in page(screen).stock.rows.rows:
        await_focus(screen, row.label)
        hands.write(stock_as_booked(desk, row.item, 0, place="till:V01"))
        hands.press("Return")
    screen.until(lambda: spoken_focus() in {"提交清点", "Commit the count"}, "the commit")
    hands.press("Return")
    asked(screen, "difference")
    assert page(screen).figures.disposition == "short"
    hands.pause(150)
    album.take("cash-up-vault-difference")
    hands.press("F12")
    asked(screen, "verify")
    verify(screen)
    hands.pause(150)
    album.take("cash-up-vault-end")
    for key in ("F7", "F11"):
        hands.press(key)
        hands.pause(50)
        assert (page(screen).asking, page(screen).step) == ("", "hand_over")
    hands.press("F12")
    screen.until(lambda: screen.counter.page == "selling", "closed")
    body: Any = desk.ask(lambda cases: cases.context.books.entries(limit=1)[0].body)
    assert (body["till_id"], body["difference_fen"]) == ("V01", -100_00)


def test_a_count_that_is_being_typed_is_not_thrown_away_for_another_till(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    sell(screen, handed="100")
    begin(screen)
    screen.hands.write("1")
    screen.hands.press("Ctrl+K")
    screen.until(lambda: "还没有提交" in screen.counter.notices.text, "why not")
    assert not page(screen).vault
    screen.hands.press("Backspace")
    to_vault(screen)
    screen.hands.press("Ctrl+K")
    screen.until(lambda: not page(screen).vault and page(screen).step == "count", "the drawer")
