"""A way to the platform on which exactly one request meets exactly one fault."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, get_args
from urllib.parse import urlsplit

Fault = Literal[
    "request lost",
    "answer lost",
    "duplicate",
    "reorder",
    "409",
    "422",
    "429",
    "5xx",
    "truncated",
    "slow",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
REFUSALS = {"409": 409, "422": 422, "429": 429, "5xx": 503}
"""Faults that are the answer of something in front of the platform; the request goes no further."""

_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})
_SLOW_S = 1.0


@dataclass(frozen=True)
class Request:
    """As it came from the terminal."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """As it goes back; ``sent`` is how many bytes of the body before the line is cut."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int | None = None


@dataclass
class FaultyRoad:
    """Where it listens, and the trap that the next matching request meets."""

    upstream: str
    url: str = ""
    struck: int = 0
    _trap: tuple[Fault, Callable[[Request], bool], str] | None = None
    _late: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _released: threading.Event = field(default_factory=threading.Event)

    def lay(self, fault: Fault, matches: Callable[[Request], bool], code: str = "") -> None:
        """Lay the trap.

        Args:
            fault: what happens to the first request that matches.
            matches: which requests.
            code: dotted code of the refusal, for faults in ``REFUSALS``.
        """
        self._released.clear()
        with self._lock:
            self._trap = (fault, matches, code)

    def deliver_late(self) -> None:
        """What was held up arrives now, if it has not yet; slow answers end."""
        self._released.set()
        with self._lock:
            late, self._late = self._late, []
        for request in late:
            self.forward(request)

    def meet(self, request: Request) -> Answer | None:
        """What the terminal hears; None for a cut line."""
        fault, code = self._sprung(request)
        if fault is None:
            answer = self.forward(request)
            self._overtake()
            return answer
        if fault in REFUSALS:
            return _refusal(REFUSALS[fault], code)
        if fault == "reorder":
            with self._lock:
                self._late.append(request)
            return None
        return self._broken(fault, request)

    def _broken(self, fault: Fault, request: Request) -> Answer | None:
        if fault == "request lost":
            return None
        answer = self.forward(request)
        if fault == "answer lost":
            return None
        if fault == "duplicate":
            return self.forward(request)
        if fault == "truncated":
            return Answer(answer.status, answer.headers, answer.body, len(answer.body) // 2)
        self._released.wait(_SLOW_S)
        return answer

    def _sprung(self, request: Request) -> tuple[Fault | None, str]:
        with self._lock:
            if self._trap is None or not self._trap[1](request):
                return None, ""
            fault, _, code = self._trap
            self._trap = None
            self.struck += 1
            return fault, code

    def _overtake(self) -> None:
        """The request that was held up comes after this one."""
        with self._lock:
            late, self._late = self._late, []
        for request in late:
            self.forward(request)

    def forward(self, request: Request) -> Answer:
        """Ask the platform."""
        target = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            answer = connection.getresponse()
            kept = {n: v for n, v in answer.getheaders() if n.lower() not in _HOP_BY_HOP}
            return Answer(answer.status, kept, answer.read())
        finally:
            connection.close()


def _refusal(status: int, code: str) -> Answer:
    patience = {"Retry-After": "1"} if status in (429, 503) else {}
    body = {"error": {"code": code, "params": {}, "retry": bool(patience)}}
    return Answer(status, patience, json.dumps(body).encode())


@contextmanager
def faulty_road(upstream: str) -> Iterator[FaultyRoad]:
    """A road from its opening to its end."""
    road = FaultyRoad(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests read what they need from the road."""

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name: value for name, value in self.headers.items() if name != "Host"}
            answer = road.meet(Request(self.command, self.path, headers, body))
            if answer is None:
                self.close_connection = True
                return
            try:
                self._give(answer)
            except OSError:
                # The terminal has not waited for it.
                self.close_connection = True

        def _give(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: answer.sent])
            self.close_connection = answer.sent is not None

        do_GET = do_POST = do_PUT = _pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    road.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield road
    finally:
        road.deliver_late()
        server.shutdown()
        thread.join()
        server.server_close()
