"""The least an X client can do with a key: draw a rectangle. Nothing that shows keys is faster.

``python -m tests.bench.xlib_client DISPLAY [DELAY_MS]``: one window; each KeyPress fills the next
cell of a strip, which starts again after its last cell. The delay is the eye's negative control.
"""

from __future__ import annotations

import sys
import time

from Xlib import X
from Xlib import display as xdisplay

CELL, CELLS, TOP = 16, 40, 8
"""Size of a cell in pixels, cells in the strip, and where the strip lies in the window."""


def main() -> None:
    """Draw until killed."""
    display = xdisplay.Display(sys.argv[1])
    delay_s = int(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0
    screen = display.screen()
    window = screen.root.create_window(
        0, 0, 800, 300, 0, screen.root_depth, background_pixel=0xFFFFFF, event_mask=X.KeyPressMask
    )
    colours = [window.create_gc(foreground=value) for value in (0x103050, 0xC04020)]
    window.map()
    display.flush()
    count = 0
    while True:
        if display.next_event().type == X.KeyPress:
            if delay_s:
                time.sleep(delay_s)
            place, turn = count % CELLS, count // CELLS % 2
            window.fill_rectangle(colours[turn], place * CELL, TOP, CELL, CELL)
            display.flush()
            count += 1


if __name__ == "__main__":
    main()
