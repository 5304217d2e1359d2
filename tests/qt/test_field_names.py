"""A filled field still says what it is for, where there is room and no label stands beside it."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.outlet import CLERK, PIN, SENIOR
from tests.qt.conftest import Screen, focus_name
from tests.qt.test_accessibility import window_of
from tests.qt.test_screens import Album, shown

pytest_plugins = ["tests.helpers.outlet_fixtures"]

LOOKS = {
    "zh-1366": ("light", "100"),
    "dark-1366": ("dark", "100"),
    "contrast-1366": ("contrast", "100"),
    "large-1366": ("light", "200"),
}


def tags(screen: Screen) -> list[str]:
    """The names seen inside filled fields, from top to bottom."""
    return [
        str(part.property("text"))
        for item in shown(window_of(screen).contentItem())
        if item.metaObject().className().startswith("Field_QMLTYPE")
        for part in item.childItems()
        if part.property("fits") is not None and part.isVisible()
    ]


def fill(screen: Screen, *texts: str) -> None:
    """Type into one field after another."""
    for place, text in enumerate(texts):
        if place:
            screen.hands.press("Return")
        screen.hands.write(text)


def test_filled_fields_keep_their_names(screen: Screen, pictures: Path) -> None:
    screen.open_core()
    screen.open_outlet()
    fill(screen, CLERK, PIN)
    assert tags(screen) == ["柜员号", "密码"]
    Album(screen, pictures, "zh-1366").take("clerk-sign-on-filled")
    screen.hands.press("Return")
    screen.until(lambda: focus_name() == "scan", "the counter")
    screen.hands.write("nf")
    assert tags(screen) == [], "the scan field is known by its place"
    screen.until(lambda: screen.counter.scanField.results.count > 0, "results")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.basket.lines.count == 1, "a line")
    screen.hands.press("F8")
    screen.until(lambda: screen.counter.dialog == "override", "the dialog")
    fill(screen, "1.50", "包装破损", SENIOR, "123456")
    for look, (theme, text_scale) in LOOKS.items():
        screen.counter.settings.choose("theme", theme)
        screen.counter.settings.choose("text_scale", text_scale)
        screen.hands.pause(50)
        assert tags(screen) == ["新单价（元）", "改价原因", "授权人柜员号", "密码"]
        Album(screen, pictures, look).take("dialog-override-filled")
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: tags(screen)[1:2] == ["Reason"], "the other language")
    screen.hands.press("Shift+Tab")
    screen.hands.press("Shift+Tab")
    screen.hands.write("  a long reason that needs the whole of the field")
    assert tags(screen) == ["New unit price (yuan)", "Authoriser's number", "PIN"]
