"""Garbage is collected while nobody waits, and never looked for in what the start brought.

Python's own full collection walks over every object there is, a few hundred thousand after the
start, and comes when enough has been made: in the middle of a scan as likely as anywhere. What is
there when the counter has come to rest stays until the end, so it is set aside and no collection
looks at it again; what comes later is looked through when the hands are off the keys. Python's own
collections stay as the net below, and find little.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

REST_MS = 1000
"""Nobody has touched the counter for so long, milliseconds: a pause of some ms is not felt."""


def give_back() -> bool:
    """Give the memory that starting took and no longer needs back to the machine.

    The C library keeps what was freed for later; after the start that is several MiB.

    Returns:
        Whether anything was given back; never where the C library cannot.
    """
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))


class GarbageAtRest(QObject):
    """Collects on the UI thread when the counter is at rest.

    Args:
        parent: what it ends with; UI thread only.
        rest_ms: how long nobody must have touched the counter, milliseconds.
    """

    def __init__(self, parent: QObject, rest_ms: int = REST_MS) -> None:
        super().__init__(parent)
        self._to_set_aside = False
        self._parts: set[str] = set()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(rest_ms)
        self._rest.timeout.connect(self._collect)

    def touched(self) -> None:
        """Somebody is at work: wait until they rest."""
        self._rest.start()

    def set_aside(self, part: str) -> None:
        """A part has come that stays until the end: no collection needs to look at it.

        Args:
            part: its name; a part that comes again is no news.
        """
        if part not in self._parts:
            self._parts.add(part)
            self._to_set_aside = True
            self._rest.start()

    def end(self) -> None:
        """The window closes: what was set aside may go."""
        self._rest.stop()
        gc.unfreeze()

    def _collect(self) -> None:
        gc.collect()
        if self._to_set_aside:
            self._to_set_aside = False
            gc.freeze()
            give_back()
