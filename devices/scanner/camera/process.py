"""The process that looks through a camera: ``python -m devices.scanner.camera.process SOURCE``.

It writes one JSON line for every frame, ``{"codes": [{"symbology", "text", "corners"}]}``, or
``{"fault": code}`` and ends. It ends too when its standard input is closed, so that a counter that
died leaves no camera open. It is a process of its own because reading a frame takes as long as
many frames of the counter's screen.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import cv2

from devices.scanner.camera.reader import read_picture

_FILE_PACE_S = 1 / 15
"""Pictures from files come at the pace of a camera, not as fast as they can be read."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read frames until the camera or the standard input ends.

    Returns:
        0 when told to end, 1 when the camera is not there or went away.
    """
    parser = argparse.ArgumentParser(prog="camera", description=__doc__.partition("\n")[0])
    parser.add_argument("source", help="number of a camera, a video file or a pattern f_%%03d.png")
    options = parser.parse_args(arguments)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    source = options.source
    camera = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    try:
        if not camera.isOpened():
            return _fault("camera.unreachable")
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # an old frame is of no use
        return _look(camera, 0.0 if source.isdecimal() else _FILE_PACE_S)
    finally:
        camera.release()


def _look(camera: Any, pace_s: float) -> int:
    number = 0
    while True:
        started = time.monotonic()
        there, frame = camera.read()
        if not there:
            return _fault("camera.connection_lost")
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) if frame.ndim == 3 else frame
        codes = read_picture(grey, begin=number)
        _say({"codes": [_told(code) for code in codes]})
        number += 1
        time.sleep(max(0.0, pace_s - (time.monotonic() - started)))


def _told(code: Any) -> dict[str, object]:
    return {"symbology": code.symbology, "text": code.text, "corners": code.corners}


def _fault(code: str) -> int:
    _say({"fault": code})
    return 1


def _say(event: dict[str, object]) -> None:
    print(json.dumps(event, ensure_ascii=False), flush=True)


def _end_with_the_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
