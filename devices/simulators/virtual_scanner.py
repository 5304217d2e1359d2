"""A serial scanner without hardware: a pseudo-terminal that sends what it is told to have read.

It needs pseudo-terminals, so it works on Linux only.
"""

from __future__ import annotations

import os
import tty
from pathlib import Path


class VirtualScanner:
    """The simulated scanner.

    Args:
        link: path of a symbolic link to the port; it stays the same when the scanner is plugged in
            again, as with the names of udev.
        suffix: sent after every code.
    """

    def __init__(self, link: Path, suffix: bytes = b"\r\n") -> None:
        self._link = link
        self._suffix = suffix
        self._master = -1

    @property
    def url(self) -> str:
        """Address for the driver."""
        return str(self._link)

    def __enter__(self) -> VirtualScanner:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug_in(self) -> None:
        """Appear as a port."""
        if self._master >= 0:
            return
        self._master, port = os.openpty()
        tty.setraw(port)
        # A simulator that was killed leaves its name behind.
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(port))
        os.close(port)

    def unplug(self) -> None:
        """Disappear; whoever holds the port open gets an error."""
        if self._master >= 0:
            self._link.unlink()
            os.close(self._master)
            self._master = -1

    def send(self, code: str) -> None:
        """Read a code: send it with the suffix."""
        self.send_bytes(code.encode("utf-8") + self._suffix)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        os.write(self._master, data)
