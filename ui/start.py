"""What stands before the window: the application, its fonts, and an engine that already reads.

What is imported here and by ``ui.main`` is what the first frame costs, so the lists are short on
purpose.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, QQmlComponent

QML = Path(__file__).parent / "qml"
FONTS = Path(__file__).resolve().parents[1] / "assets" / "fonts"
FAMILIES = (
    "Postal Sans",
    "Postal Sans Further",
    "Postal Sans Rare",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
)
FIRST_FONTS = ("PostalSans-Regular.otf", "PostalSans-Bold.otf")
"""What the first frame needs; the rest comes after it."""


def _nothing() -> None:
    """Nobody waits for the first frame."""


class FaceOptions(NamedTuple):
    """How the window opens; a plain tuple, because it stands before the first frame.

    Args:
        width: pixels.
        height: pixels.
        full_screen: cover the screen, as a counter does.
        language: ``zh_CN`` or ``en`` until the terminal's own preference is read; "" is the
            product's first language.
        on_first_frame: called once when the sign-on card is on the screen and takes keys.
        arguments: further arguments for Qt.
        training: the core is one for practice.
    """

    width: int = 1366
    height: int = 768
    full_screen: bool = False
    language: str = ""
    on_first_frame: Callable[[], None] = _nothing
    arguments: Sequence[str] = ()
    training: bool = False


def prepare_environment() -> None:
    """Settings that Qt reads when it starts: software drawing and no wait before a repaint."""
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")
    os.environ.setdefault("QT_IM_MODULE", os.environ.get("QT_IM_MODULE", ""))


def make_application(arguments: Sequence[str] = ()) -> QGuiApplication:
    """The Qt application; the window chooses the font."""
    prepare_environment()
    app = QGuiApplication([sys.argv[0] if sys.argv else "postal-terminal", *arguments])
    app.setApplicationName("Postal Terminal")
    return app


def make_engine() -> QQmlApplicationEngine:
    """The engine for one window, already reading Qt's own parts on its loader thread."""
    engine = QQmlApplicationEngine()
    engine.addImportPath(str(QML))
    QQmlComponent(
        engine,
        str(QML / "Outlet" / "Start" / "QtParts.qml"),
        QQmlComponent.CompilationMode.Asynchronous,
        engine,
    )
    return engine


@cache
def load_first_fonts() -> None:
    """Take the fonts of the first frame into use; other families fill in for a missing file."""
    for name in FIRST_FONTS:
        QFontDatabase.addApplicationFont(str(FONTS / name))


@cache
def load_other_fonts() -> None:
    """Take the rest into use: figures for paper, hanzi of names and places."""
    for path in sorted(FONTS.glob("*.?tf")):
        if path.name not in FIRST_FONTS:
            QFontDatabase.addApplicationFont(str(path))


def choose_font() -> None:
    """The product's font for everything, with figures of one width."""
    load_first_fonts()
    font = QFont(list(FAMILIES))
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(18)
    font.setFeature(QFont.Tag("tnum"), 1)
    QGuiApplication.setFont(font)
