"""A window that closes leaves nothing behind that the next one could mistake for its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication

from terminal.app.desk import Desk
from terminal.bootstrap import HomeSite
from tests.helpers.outlet import Template
from tests.qt.conftest import Screen
from ui.hands import Hands
from ui.main import CounterFace
from ui.start import FaceOptions

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_views_go_before_view_models_and_the_engine_goes_last(
    qapp: QGuiApplication, outlet_template: Template, tmp_path: Path
) -> None:
    outlet_template.copy_home(tmp_path / "home")
    site = HomeSite(tmp_path / "home")
    app = CounterFace(lambda: Desk(site), FaceOptions(width=1366, height=768, language="zh_CN"))
    screen = Screen(app, Hands(app.window), tmp_path / "home")
    screen.open_core()
    parts = {"window": app.window, "queue page": screen.counter.queue, "engine": app.engine}
    gone: list[str] = []
    for name, part in parts.items():
        part.destroyed.connect(lambda _gone=None, name=name: gone.append(name))
    app.close()
    assert gone == ["window", "queue page", "engine"]
