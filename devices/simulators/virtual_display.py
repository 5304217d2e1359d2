"""A customer display without hardware: keeps what is to be seen on it."""

from __future__ import annotations

import re
from typing import Final

_COMMANDS: Final = re.compile(
    rb"(?P<init>\x1b@)|(?P<clear>\x0c)|\x1bQ(?P<line>[AB])(?P<text>[^\r]*)\r|\x1bs(?P<lamp>.)",
    re.DOTALL,
)


class VirtualDisplay:
    """The machine behind a line; CD5220 and LED8N use the same few commands.

    Attributes:
        upper: first line, or the digits.
        lower: second line.
        lamp: number of the lamp that is lit, 0 for none.
        initialised: whether it has been woken; before that it stays dark.
    """

    def __init__(self) -> None:
        self.upper = self.lower = ""
        self.lamp = 0
        self.initialised = False
        self._waiting = b""

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``; displays answer nothing."""
        self._waiting += data
        end = 0
        for match in _COMMANDS.finditer(self._waiting):
            end = match.end()
            if match["init"]:
                self.initialised = True
            elif match["clear"]:
                self.upper = self.lower = ""
            elif match["lamp"]:
                self.lamp = match["lamp"][0] & 0x0F
            elif match["line"] == b"A":
                self.upper = match["text"].decode("gbk")
            else:
                self.lower = match["text"].decode("gbk")
        self._waiting = self._waiting[end:]
        return []

    def quiet(self) -> list[bytes]:
        """See ``Machine.quiet``."""
        return []
