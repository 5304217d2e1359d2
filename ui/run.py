"""The way to the first frame: Qt reads its own parts while Python reads ours."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.start import FaceOptions, make_application, make_engine

if TYPE_CHECKING:
    from terminal.app.desk import Desk

SWITCH_S = 0.0005


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
    options = options or FaceOptions()
    app = make_application(options.arguments)
    engine = make_engine()
    from ui.main import CounterFace

    face = CounterFace(make_desk, options, engine)
    code = app.exec()
    face.close()
    return code
