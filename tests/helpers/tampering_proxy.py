"""A man in the middle: forwards to the real platform and changes its answers on the way back."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass(frozen=True)
class Passing:
    """One request with the platform's answer to it."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    cut_at: int | None = None
    """Bytes of the body after which the connection is cut; None sends all."""


Alter = Callable[[Passing], Passing]


@dataclass
class Proxy:
    """Where it listens and what it does; ``alter`` may be replaced at any time."""

    url: str
    alter: Alter = field(default=lambda passing: passing)
    seen: list[str] = field(default_factory=list)


@contextmanager
def tampering_proxy(upstream: str) -> Iterator[Proxy]:
    """Run a proxy in front of a platform."""
    target = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests read what they need from ``Proxy.seen``."""

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            proxy.seen.append(f"{self.command} {self.path}")
            connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
            try:
                headers = {name: value for name, value in self.headers.items() if name != "Host"}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                kept = {n: v for n, v in answer.getheaders() if n.lower() not in _HOP_BY_HOP}
                passing = Passing(self.command, self.path, answer.status, kept, answer.read())
            except (OSError, http.client.HTTPException):
                self.close_connection = True
                return
            finally:
                connection.close()
            self._answer(proxy.alter(passing))

        def _answer(self, passing: Passing) -> None:
            self.send_response_only(passing.status)
            for name, value in passing.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(passing.body)))
            self.end_headers()
            self.wfile.write(passing.body[: passing.cut_at])
            if passing.cut_at is not None:
                self.close_connection = True

        do_GET = do_POST = do_PUT = _forward

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def with_body(passing: Passing, body: bytes) -> Passing:
    """The same answer with another body."""
    return replace(passing, body=body)
