"""The way to the first frame: Qt reads its own parts while Python reads ours."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.start import FaceOptions, make_application, make_engine

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtQml import QQmlApplicationEngine

    from terminal.app.desk import Desk

    MakeDesk = Callable[[], Desk]

SWITCH_S = 0.0005
SWITCHED = 4_711
"""Exit code of a window that another kind follows; never one of the process."""


def run_face(
    make_desk: MakeDesk,
    options: FaceOptions | None = None,
    make_training_desk: MakeDesk | None = None,
) -> int:
    """Open the window and stay until it is closed.

    A window is for business or for practice as long as it stands. Going over closes it with its
    core and opens another one: nothing that one of them knows can reach the other.

    Args:
        make_desk: makes the core of this terminal; called once a window, off the UI thread, after
            the first frame.
        options: how the window opens.
        make_training_desk: makes a core for practice; None where there is none.

    Returns:
        Exit code of the process, 0 when the window was closed.
    """
    gc.disable()
    # Three threads hand a sale to one another; with Python's 5 ms each hand-over waits for a slice.
    sys.setswitchinterval(SWITCH_S)
    options = options or FaceOptions()
    app = make_application(options.arguments)
    engine = make_engine()
    code = _shown(app, make_desk, options, engine)
    while code == SWITCHED and make_training_desk is not None:
        options = options._replace(training=not options.training)
        make = make_training_desk if options.training else make_desk
        code = _shown(app, make, options, None)
    return code


def _shown(
    app: QGuiApplication,
    make_desk: MakeDesk,
    options: FaceOptions,
    engine: QQmlApplicationEngine | None,
) -> int:
    from ui.main import CounterFace

    face = CounterFace(make_desk, options, engine)
    face.switched.connect(lambda: app.exit(SWITCHED))
    code = app.exec()
    face.close()
    return code
