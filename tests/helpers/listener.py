"""A platform that misbehaves at a chosen byte: a bare socket and what it does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A platform that handles each connection with ``serve`` and then cuts it."""
    door = socket.create_server(("127.0.0.1", 0))
    door.settimeout(10)

    def accept() -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                serve(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()


def read_request(connection: socket.socket) -> bytes:
    """One request to its end; its head."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += connection.recv(65536)
    return head
