"""From a key press to the changed pixel: our scan field beside the barest X client there can be."""

from __future__ import annotations

import random
import sys
import time

from tests.bench import peers
from tests.bench.counters import SCAN_FIELD, outlet
from tests.bench.display import Area, Prober, missing, virtual_screen
from tests.bench.figures import Row, p50, p99, skip
from tests.bench.scans import counter
from tests.bench.xlib_client import CELL, CELLS, TOP

BAR, _NAME = 3.0, "keystroke to pixel in the scan field"
_STRIP = Area(0, TOP, CELL * CELLS, CELL)
_KEYS_A_WORD, _CURSOR_COLUMNS, _LATE_MS = 8, 4, 25


def run(*, quick: bool) -> list[Row]:
    """A word into one, a word into the other, in turn; each on a screen of its own."""
    if why := missing():
        return [skip(_NAME, why)]
    words = 6 if quick else 25
    bare_client = [sys.executable, "-m", "tests.bench.xlib_client"]
    check_eye(bare_client)
    with outlet("keys", 50) as place, virtual_screen() as screen, virtual_screen() as other:
        bare_eye = Prober(other)
        with peers.running([*bare_client, other]), counter(place, screen) as eye:
            bare_eye.focus()
            ours: list[float] = []
            bare: list[float] = []
            for number in range(words + 1):
                mine = _word(eye, SCAN_FIELD, _CURSOR_COLUMNS)
                eye.press("Escape")
                eye.wait_rest(SCAN_FIELD, quiet_s=0.1)
                beside = _word(bare_eye, _STRIP, 0)
                if number:
                    ours += mine
                    bare += beside
        bare_eye.close()
    ratio = p99(ours) / p99(bare)
    return [
        Row(
            _NAME,
            p50(ours),
            p99(ours),
            bare="a raw Xlib client that draws one rectangle for each key",
            bare_p50=p50(bare),
            bare_p99=p99(bare),
            ratio=ratio,
            bar=f"p99 ≤ {BAR:g} × bare",
            passed=ratio <= BAR,
            note=f"{len(ours)} and {len(bare)} keys in turn; each key also starts a search",
        )
    ]


def check_eye(bare_client: list[str]) -> None:
    """See a client that is late on purpose as late; otherwise no figure here means anything.

    Raises:
        AssertionError: the eye was quicker than the client can have been.
    """
    with virtual_screen() as screen:
        eye = Prober(screen)
        with peers.running([*bare_client, screen, str(_LATE_MS)]):
            eye.focus()
            seen = _word(eye, _STRIP, 0)
        eye.close()
    if min(seen) < _LATE_MS:
        raise AssertionError(f"a client {_LATE_MS} ms late was seen after {min(seen):.1f} ms")


def _word(eye: Prober, area: Area, columns: int) -> list[float]:
    """Type one word at a person's pace; milliseconds of each key."""
    waits = []
    for _ in range(_KEYS_A_WORD):
        time.sleep(random.uniform(0.12, 0.2))
        before = eye.look(area)
        started = eye.press(random.choice("acdefhjklmnpqrstuwxyz"))
        seen = eye.wait_wide_change(area, before, 1.0, columns)
        if seen is None:
            raise TimeoutError("a key was not shown within a second")
        waits.append((seen - started) * 1000)
    return waits
