"""The window: the sign-on card first, everything else after the first frame.

What is imported here is what the first frame costs, so the list is short on purpose.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QWindow

from ui.common.words import DEFAULT_LANGUAGE, Words
from ui.face import Face
from ui.qt import Signal, Slot
from ui.start import QML, FaceOptions, choose_font, load_other_fonts, make_engine

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlApplicationEngine

    from terminal.app.desk import Desk
    from ui.common.garbage import GarbageAtRest


class CounterFace(QObject):
    """One window with its engine and view-models.

    Args:
        make_desk: makes the core; called on a thread of its own after the first frame.
        options: how the window opens.
        engine: one that has begun to read; a new one when there is none.

    Signals:
        started: everything is there.
        switched: the clerk goes over to practice or comes back; this window is to be closed.
    """

    started = Signal()
    switched = Signal()

    def __init__(
        self,
        make_desk: Callable[[], Desk],
        options: FaceOptions,
        engine: QQmlApplicationEngine | None = None,
    ) -> None:
        super().__init__()
        self.words = Words(options.language or DEFAULT_LANGUAGE, self)
        # Before an engine reads on a thread of its own: that thread asks translators too, and one
        # written in Python must not be asked while this thread waits to add another.
        QGuiApplication.installTranslator(self.words.translator)
        self.engine = engine or make_engine()
        choose_font()
        self._make_desk = make_desk
        self._options = options
        self._painted = False
        self._garbage: GarbageAtRest | None = None
        self._opener = threading.Thread(target=self._open_core, name="open-core", daemon=True)
        self.face = Face(self.words, self, training=options.training)
        self.face.training.switchWanted.connect(self.switched)
        self.words.changed.connect(self.engine.retranslate)
        size = {"width": options.width, "height": options.height}
        self.engine.setInitialProperties({"face": self.face, **size})
        self.engine.load(str(QML / "Outlet" / "Start" / "Main.qml"))
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
        from ui.common.frame_hold import FrameHold
        from ui.common.garbage import GarbageAtRest
        from ui.common.key_gate import KeyGate

        load_other_fonts()
        frames = FrameHold(self.window)
        garbage = self._garbage = GarbageAtRest(self)
        self.face.operations.wait_while(frames.is_holding)

        def scanned(text: str) -> None:
            frames.hold()
            self.face.scanned(text, "wedge")

        def touched() -> None:
            garbage.touched()
            self.face.touch()

        self.gate = KeyGate(self.window, scanned, self.face.key, touched, frames.hold)
        self.face.complete()
        if self.face.counter_pane is not None:
            self.face.counter_pane.scanner_programmed.connect(self.gate.programme)
            # The first key of the next customer's scan turns the page: painted with its line.
            self.face.counter_pane.payment.typedAhead.connect(frames.hold)
            self.face.counter_pane.scanField.scanned.connect(frames.release)

        def part_came() -> None:
            garbage.set_aside(f"{self.face.core_state} {self.face.stage}")

        self.face.changed.connect(part_came)
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
        engine = self.engine
        if self._garbage is not None:
            self._garbage.end()
        # Views go first and at once: none may look at a view-model that is already gone.
        for view in engine.rootObjects():
            shiboken6.delete(view)
        if desk is not None:
            desk.stop()
        # Here and now: a garbage collection on another thread must not stop our timers.
        self.deleteLater()
        from PySide6.QtCore import QEvent

        QCoreApplication.sendPostedEvents(self, QEvent.Type.DeferredDelete.value)
        # The engine goes last. It remembers what a view-model can do by an address that is free
        # once the view-model is gone; what it cannot forget when it ends, the next window would
        # believe of whatever lies at that address then.
        shiboken6.delete(engine)
