"""A virtual screen of its own, hands that type on it and an eye that sees when pixels change.

The same eye and hands measure us and the bare clients: keys go in through XTEST, the picture is
read with GetImage in a tight loop (method of reference performance §4).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from Xlib import XK, X
from Xlib import display as xdisplay
from Xlib.ext import xtest

POLL_S = 0.00025
_REST_POLL_S = 0.05
_REPORT_MS = 1
WIDTH, HEIGHT = 1366, 768
_START_DEADLINE_S = 15.0


@dataclass(frozen=True)
class Area:
    """A rectangle of the screen, pixels."""

    x: int
    y: int
    width: int
    height: int


def missing() -> str:
    """Why there can be no virtual screen here; "" when there can."""
    return "" if shutil.which("Xvfb") else "Xvfb is not installed"


@contextmanager
def virtual_screen(width: int = WIDTH, height: int = HEIGHT) -> Iterator[str]:
    """An Xvfb on a free display number, as ``:7``; ended with the block."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24"]
    process = subprocess.Popen(
        [*words, "-nolisten", "tcp", "-noreset"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb ended instead of giving a display")
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(_START_DEADLINE_S)


class Prober:
    """Eye and hands at one display.

    Args:
        name: the display, ``:7``.
    """

    def __init__(self, name: str) -> None:
        self._display = xdisplay.Display(name)
        self._root = self._display.screen().root

    def close(self) -> None:
        """Hang up."""
        self._display.close()

    def look(self, area: Area) -> bytes:
        """The pixels of an area, four bytes each."""
        image = self._root.get_image(area.x, area.y, area.width, area.height, X.ZPixmap, 0xFFFFFFFF)
        data: bytes = image.data
        return data

    def press(self, name: str) -> float:
        """Press and let go one key.

        Args:
            name: an X keysym name, ``F12`` or ``a`` or ``Return``.

        Returns:
            The moment just before the press left, ``time.perf_counter`` seconds.
        """
        code = self._code(name)
        started = time.perf_counter()
        xtest.fake_input(self._display, X.KeyPress, code)
        xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.flush()
        return started

    def type(self, text: str, pause_s: float = 0.07) -> None:
        """Type as a person does, one key after the other."""
        for character in text:
            self.press(character)
            self._display.sync()
            time.sleep(pause_s)

    def scan(self, code: str) -> float:
        """Send a code and Enter as a fast keyboard-wedge scanner does, one report a millisecond.

        The X server itself makes the pauses: on a busy machine our own would grow into gaps that
        no scanner makes.

        Args:
            code: digits.

        Returns:
            The moment Enter left.
        """
        for character in code:
            keycode = self._code(character)
            xtest.fake_input(self._display, X.KeyPress, keycode, _REPORT_MS)
            xtest.fake_input(self._display, X.KeyRelease, keycode, _REPORT_MS)
        self._display.sync()
        return self.press("Return")

    def focus(self, deadline_s: float = 10.0) -> None:
        """Give the keyboard to the biggest window that is shown; there is no window manager."""
        window = self._wait(self._biggest, deadline_s, "no window came up")
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        window.warp_pointer(5, 5)
        self._display.sync()

    def wait_change(
        self, area: Area, before: bytes, deadline_s: float, poll_s: float = POLL_S
    ) -> float | None:
        """The moment an area looks different from ``before``; None when it does not in time."""
        deadline = time.perf_counter() + deadline_s
        while (now := time.perf_counter()) < deadline:
            if self.look(area) != before:
                # The picture was taken between now and its arrival; the later moment counts.
                return time.perf_counter()
            time.sleep(max(0.0, poll_s - (time.perf_counter() - now)))
        return None

    def wait_wide_change(
        self, area: Area, before: bytes, deadline_s: float, columns: int
    ) -> float | None:
        """Like ``wait_change``, for a change wider than a blinking text cursor."""
        deadline = time.perf_counter() + deadline_s
        while (now := time.perf_counter()) < deadline:
            after = self.look(area)
            seen = time.perf_counter()
            if after != before and _changed_columns(before, after, area.width) > columns:
                return seen
            time.sleep(max(0.0, POLL_S - (time.perf_counter() - now)))
        return None

    def wait_final(
        self, area: Area, deadline_s: float, quiet_s: float, poll_s: float = POLL_S
    ) -> tuple[float, bytes]:
        """The moment an area first looked as it does when it has come to rest.

        Args:
            area: where to look.
            deadline_s: how long it may take to come to rest.
            quiet_s: how long it must stay the same to be at rest.
            poll_s: how often to look.

        Returns:
            Moment and final picture.
        """
        seen: list[tuple[float, bytes]] = [(time.perf_counter(), self.look(area))]
        deadline = time.perf_counter() + deadline_s
        while time.perf_counter() < deadline and time.perf_counter() - seen[-1][0] < quiet_s:
            picture = self.look(area)
            if picture != seen[-1][1]:
                seen.append((time.perf_counter(), picture))
            time.sleep(poll_s)
        final = seen[-1][1]
        return next(moment for moment, picture in seen if picture == final), final

    def wait_rest(self, area: Area, deadline_s: float = 20.0, quiet_s: float = 0.4) -> bytes:
        """Wait until an area stays as it is, looking seldom enough to disturb nobody.

        Returns:
            Its picture.
        """
        picture, since = self.look(area), time.monotonic()
        deadline = since + deadline_s
        while (now := time.monotonic()) < deadline and now - since < quiet_s:
            time.sleep(_REST_POLL_S)
            after = self.look(area)
            if after != picture:
                picture, since = after, time.monotonic()
        return picture

    def _wait(self, look: Callable[[], object], deadline_s: float, why: str) -> X.Window:
        deadline = time.monotonic() + deadline_s
        while time.monotonic() < deadline:
            found = look()
            if found is not None:
                return found
            time.sleep(0.02)
        raise TimeoutError(why)

    def _biggest(self) -> object | None:
        shown = [
            window
            for window in self._root.query_tree().children
            if window.get_attributes().map_state == X.IsViewable
        ]
        sized = [(window.get_geometry(), window) for window in shown]
        sized = [(g, w) for g, w in sized if g.width >= 100 and g.height >= 100]
        return max(sized, key=lambda pair: pair[0].width * pair[0].height)[1] if sized else None

    def _code(self, name: str) -> int:
        return int(self._display.keysym_to_keycode(XK.string_to_keysym(name)))


def _changed_columns(before: bytes, after: bytes, width: int) -> int:
    stride = width * 4
    changed: set[int] = set()
    for row in range(0, min(len(before), len(after)), stride):
        old, new = before[row : row + stride], after[row : row + stride]
        if old != new:
            changed.update(i >> 2 for i in range(0, stride, 4) if old[i : i + 4] != new[i : i + 4])
    return len(changed)
