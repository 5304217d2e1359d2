"""A terminal that could not open is opened from the screen that says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.central import Central
from tests.helpers.outlet import MANAGER, MANAGER_PIN
from tests.qt.conftest import Screen
from tests.qt.test_screens import Album
from ui.common.words import Words
from ui.hands import spoken_focus

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _lose_the_books(home: Path) -> None:
    for file in home.glob("journal.db*"):
        file.unlink()


def _damage_the_device_table(home: Path) -> None:
    (home / "devices.json").write_text("{", encoding="utf-8")


def _failed(screen: Screen) -> None:
    screen.until(lambda: screen.app.face.stage == "failed", "the reason")
    screen.until(lambda: spoken_focus() == Words().text("failed.retry"), "the keyboard's place")


def _tried_in_vain(screen: Screen) -> None:
    before = screen.app.face.retryText
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.retryText != before, "a try")
    screen.until(lambda: not screen.app.face.retrying, "its end")


def test_lost_books_come_back_on_the_screen_that_told_of_them(
    open_face: Callable[..., Screen], platform: Central, pictures: Path
) -> None:
    platform.faults(offline=True)
    screen = open_face(platform=platform, prepare=_lose_the_books)
    _failed(screen)
    face = screen.app.face
    assert face.failureText == Words().error("books.missing", {"held": 1})
    assert "再试一次" in face.failureText
    assert face.retryText == ""
    _tried_in_vain(screen)
    assert face.retryText.endswith("又试过一次，还是打不开。")
    assert face.stage == "failed"
    assert spoken_focus() == Words().text("failed.retry"), "the next try needs no mouse"
    Album(screen, pictures, "zh-1366").take("failed")
    platform.faults(offline=False)
    screen.hands.press("Space")
    screen.until(lambda: face.stage == "sign_on", "the sign-on card")
    screen.open_core()
    screen.hands.write(MANAGER)
    screen.hands.press("Return")
    screen.hands.write(MANAGER_PIN)
    screen.hands.press("Return")
    screen.until(lambda: "取回 1 笔" in face.signOn.message, "what came back")
    screen.hands.write(MANAGER_PIN)
    screen.hands.press("Return")
    screen.until(lambda: face.signOn.mode == "clerk", "the open outlet")


def test_what_an_engineer_mended_is_enough_for_the_next_try(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    screen = open_face(prepare=_damage_the_device_table, language="en")
    screen.until(lambda: screen.app.face.stage == "failed", "the reason")
    face = screen.app.face
    told = Words("en").error("devices.file_damaged", {"file": "devices.json"})
    assert face.failureText == told
    face.appearance.apply({"theme": "light", "text_scale": "200", "language": "en"})
    _tried_in_vain(screen)
    Album(screen, pictures, "large-en-1366").take("failed")
    (screen.home / "devices.json").unlink()
    screen.until(lambda: spoken_focus() == "Try again", "the keyboard's place")
    screen.hands.press("Return")
    screen.until(lambda: face.stage == "sign_on", "the sign-on card")
    screen.begin_day()
    face.retry()
    assert face.retrying is False, "a terminal that works is not opened twice"
