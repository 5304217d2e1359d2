"""A road to a server that counts the bytes that travel towards it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class CountingRoad:
    """Passes connections on. Start it with ``counting_road``.

    Args:
        url: of the server behind.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._upstream = (str(parts.hostname), int(parts.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent_bytes = 0
        self._open: list[socket.socket] = []

    def forget(self) -> None:
        """Count from now."""
        self.sent_bytes = 0

    def serve(self) -> None:
        """Take connections until closed."""
        with suppress(OSError):  # closed while it waits
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._upstream)
                self._open += [near, far]
                for source, target, counted in ((near, far, True), (far, near, False)):
                    words = (source, target, counted)
                    threading.Thread(target=self._carry, args=words, daemon=True).start()

    def close(self) -> None:
        """Cut everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _carry(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):  # either end may go at any moment
            while data := source.recv(1 << 16):
                if counted:
                    self.sent_bytes += len(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def counting_road(url: str) -> Iterator[CountingRoad]:
    """A road to ``url`` from start to end."""
    road = CountingRoad(url)
    server = threading.Thread(target=road.serve, daemon=True)
    server.start()
    try:
        yield road
    finally:
        road.close()
        server.join(5)
