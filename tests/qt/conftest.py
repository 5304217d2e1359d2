"""The real face over a real home: real keys in, pictures and accessibility trees out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import PySide6.QtQuick  # noqa: F401 - windows come back as QQuickWindow
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication

from terminal.app.desk import Desk
from terminal.bootstrap import HomeSite
from terminal.practice import TrainingSite
from tests.helpers.central import Central
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    QUICK_PACE,
    Template,
    connect,
)
from ui.counter import Counter
from ui.hands import Hands, spoken_focus
from ui.main import CounterFace
from ui.start import FaceOptions, choose_font, prepare_environment

prepare_environment()


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    """The face needs no widgets."""
    return QGuiApplication


@dataclass
class Screen:
    """One running face, the hands that work it and the eyes that look at it."""

    app: CounterFace
    hands: Hands
    home: Path

    @property
    def counter(self) -> Counter:
        """The counter's view-model."""
        counter = self.app.face.counter_pane
        assert counter is not None
        return counter

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Let the window live until something is so."""
        self.hands.until(condition, what)

    def open_core(self) -> None:
        """Wait until the core has opened."""
        self.until(lambda: self.app.face.operations.desk is not None, "the core")
        self.until(lambda: self.app.face.session.view is not None, "the session")

    def open_outlet(self) -> None:
        """The manager opens the day."""
        self.hands.write(MANAGER)
        self.hands.press("Return")
        self.hands.write(MANAGER_PIN)
        self.hands.press("Return")
        self.until(lambda: self.app.face.signOn.mode == "clerk", "the open outlet")

    def sign_on(self) -> None:
        """The clerk signs on; the counter is ready for keys."""
        self.hands.write(CLERK)
        self.hands.press("Return")
        self.hands.write(PIN)
        self.hands.press("Return")
        self.until(lambda: self.app.face.stage == "counter", "the counter")
        self.until(lambda: focus_name() == "scan", "the scan field's focus")

    def begin_day(self) -> None:
        """From the first frame to the counter."""
        self.open_core()
        self.open_outlet()
        self.sign_on()

    def tab_to(self, name: str) -> None:
        """Go with Tab to the place whose spoken name begins so."""
        for _ in range(60):
            if spoken_focus().startswith(name):
                return
            self.hands.press("Tab")
        raise AssertionError(f"Tab does not reach {name!r}")

    def begin_payment(self) -> None:
        """Open the payment form."""
        self.hands.press("F12")
        self.until(lambda: self.counter.payment.due != "", "the form")

    def add(self, text: str) -> None:
        """Find goods by what a clerk types and put the first into the basket."""
        lines = self.counter.basket.lines.count
        self.hands.write(text)
        field = self.counter.scanField
        # What the first letters alone found is no answer yet.
        self.until(lambda: field.results.count > 0 and field._searched == text, f"hits for {text}")
        self.hands.press("Return")
        self.until(lambda: self.counter.basket.lines.count > lines, f"a line for {text}")


def focus_name() -> str:
    """Which field has the keyboard: ``scan`` for the scan field, else its accessible name's key."""
    focus = QGuiApplication.focusObject()
    parent = focus.parent() if focus is not None else None
    name = str(parent.property("name") or "") if parent is not None else ""
    return "scan" if name in {"扫码或查找商品", "Scan or search"} else name


@pytest.fixture
def open_face(
    qapp: QGuiApplication, outlet_template: Template, tmp_path: Path
) -> Iterator[Callable[..., Screen]]:
    """Opens faces and closes them at the end."""
    choose_font()
    opened: list[CounterFace] = []

    def make(
        *,
        enrolled: bool = True,
        platform: Central | None = None,
        size: tuple[int, int] = (1366, 768),
        language: str = "zh_CN",
        devices: Mapping[str, object] | None = None,
        payment_speed: float = 0.02,
        prepare: Callable[[Path], None] = lambda _home: None,
        training: bool = False,
    ) -> Screen:
        home = tmp_path / f"home{len(opened)}"
        if enrolled:
            outlet_template.copy_home(home)
            if platform is not None:
                connect(home, platform)
        else:
            home.mkdir()
        if devices is not None:
            (home / "devices.json").write_text(json.dumps(devices), "utf-8")
        prepare(home)
        kind = TrainingSite if training else HomeSite
        site = kind(home, payment_speed=payment_speed, sync_pace=QUICK_PACE)
        options = FaceOptions(width=size[0], height=size[1], language=language, training=training)
        app = CounterFace(lambda: Desk(site), options)
        opened.append(app)
        return Screen(app, Hands(app.window), home)

    yield make
    for app in opened:
        app.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def screen(open_face: Callable[..., Screen]) -> Screen:
    """A face before the first sign-on."""
    return open_face()


@pytest.fixture
def counter_screen(screen: Screen) -> Screen:
    """A face with clerk 0312 at work."""
    screen.begin_day()
    return screen


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: the folder in POSTAL_SCREENS, or nowhere that stays."""
    return Path(os.environ.get("POSTAL_SCREENS", str(tmp_path / "screens")))
