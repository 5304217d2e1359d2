"""Opens the window: the sign-on card first, everything else after the first frame.

What is imported here is what the first frame costs, so the list is short on purpose.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, QUrl
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QWindow
from PySide6.QtQml import QQmlApplicationEngine

from ui.common.words import DEFAULT_LANGUAGE, Words
from ui.face import Face
from ui.qt import Signal, Slot

if TYPE_CHECKING:
    from terminal.app.desk import Desk

QML = Path(__file__).parent / "qml"
FONTS = Path(__file__).resolve().parents[1] / "assets" / "fonts"
SWITCH_S = 0.0005
FAMILIES = ("Postal Sans", "Noto Sans CJK SC", "Microsoft YaHei")


@dataclass(frozen=True, slots=True)
class FaceOptions:
    """How the window opens.

    Args:
        width: pixels.
        height: pixels.
        full_screen: cover the screen, as a counter does.
        language: ``zh_CN`` or ``en`` until the terminal's own preference is read.
        on_first_frame: called once when the sign-on card is on the screen and takes keys.
        arguments: further arguments for Qt.
    """

    width: int = 1366
    height: int = 768
    full_screen: bool = False
    language: str = DEFAULT_LANGUAGE
    on_first_frame: Callable[[], None] = field(default=lambda: None)
    arguments: Sequence[str] = ()


class CounterFace(QObject):
    """One window with its engine and view-models.

    Args:
        make_desk: makes the core; called on a thread of its own after the first frame.
        options: how the window opens.
    """

    started = Signal()

    def __init__(self, make_desk: Callable[[], Desk], options: FaceOptions) -> None:
        super().__init__()
        self._make_desk = make_desk
        self._options = options
        self._painted = False
        self._opener = threading.Thread(target=self._open_core, name="open-core", daemon=True)
        self.words = Words(options.language, self)
        self.face = Face(self.words, self)
        QGuiApplication.installTranslator(self.words.translator)
        self.engine = QQmlApplicationEngine()
        self.engine.addImportPath(str(QML))
        self.words.changed.connect(self.engine.retranslate)
        size = {"width": options.width, "height": options.height}
        self.engine.setInitialProperties({"face": self.face, **size})
        self.engine.load(QUrl.fromLocalFile(str(QML / "Outlet" / "Start" / "Main.qml")))
        if not self.engine.rootObjects():
            raise RuntimeError("the window could not be opened; the log names the QML error")
        window = self.engine.rootObjects()[0]
        assert isinstance(window, QWindow)  # noqa: S101 - Main.qml is a Window
        self.window = window
        self._first_frame = b"2frameSwapped()"
        QObject.connect(window, self._first_frame.decode(), self._on_frame)
        if options.full_screen:
            window.showFullScreen()
        else:
            window.show()

    @Slot()
    def _on_frame(self) -> None:
        if self._painted:
            return
        self._painted = True
        self._options.on_first_frame()
        QTimer.singleShot(0, self._after_first_frame)

    def _after_first_frame(self) -> None:
        gc.enable()
        self._opener.start()
        from ui.common.icons import IconProvider
        from ui.common.key_gate import KeyGate

        load_fonts("PostalMono-*.?tf")
        self.engine.addImageProvider("icon", IconProvider())
        self.gate = KeyGate(
            self.window,
            lambda text: self.face.scanned(text, "wedge"),
            self.face.key,
            self.face.touch,
        )
        self.face.complete()
        if self.face.counter_pane is not None:
            self.face.counter_pane.scanner_programmed.connect(self.gate.programme)
        self.started.emit()

    def _open_core(self) -> None:
        desk = self._make_desk()
        self.face.operations.attach(desk)
        desk.start()

    def close(self) -> None:
        """Close the window and the core."""
        if self._opener.is_alive():
            # A core that is just being made has to be made before it can be closed.
            self._opener.join()
        desk = self.face.operations.desk
        self.face.operations.detach()
        # Views go first and at once: none may look at a view-model that is already gone.
        shiboken6.delete(self.engine)
        if desk is not None:
            desk.stop()
        # Here and now: a garbage collection on another thread must not stop our timers.
        self.deleteLater()
        QCoreApplication.sendPostedEvents(self, QEvent.Type.DeferredDelete.value)


def prepare_environment() -> None:
    """Settings that Qt reads when it starts: software drawing and no wait before a repaint."""
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")
    os.environ.setdefault("QT_IM_MODULE", os.environ.get("QT_IM_MODULE", ""))


def make_application(arguments: Sequence[str] = ()) -> QGuiApplication:
    """The Qt application with the product's font."""
    prepare_environment()
    app = QGuiApplication([sys.argv[0] if sys.argv else "postal-terminal", *arguments])
    app.setApplicationName("Postal Terminal")
    load_fonts("PostalSans-*.?tf")
    choose_font()
    return app


def load_fonts(pattern: str) -> None:
    """Take fonts of the product into use; other families fill in where a file is missing."""
    for path in sorted(FONTS.glob(pattern)):
        QFontDatabase.addApplicationFont(str(path))


def choose_font() -> None:
    """The product's font for everything, with figures of one width."""
    font = QFont(list(FAMILIES))
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(18)
    font.setFeature(QFont.Tag("tnum"), 1)
    QGuiApplication.setFont(font)


def run_face(make_desk: Callable[[], Desk], options: FaceOptions | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        make_desk: makes the core of this terminal; called once, off the UI thread, after the
            first frame.
        options: how the window opens.

    Returns:
        Exit code of the process, 0 when the window was closed.
    """
    gc.disable()
    # Three threads hand a sale to one another; with Python's 5 ms each hand-over waits for a slice.
    sys.setswitchinterval(SWITCH_S)
    app = make_application(options.arguments if options else ())
    face = CounterFace(make_desk, options or FaceOptions())
    code = app.exec()
    face.close()
    return code


__all__ = ["CounterFace", "FaceOptions", "make_application", "run_face"]
