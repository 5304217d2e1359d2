"""The wire between a terminal and its platform, with everything that goes wrong on a wire.

It carries bytes and knows nothing of HTTP. What it does to them can be changed while they travel.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

State = Literal["open", "cut", "silent", "deaf"]
"""``cut``: lines break and new ones are refused. ``silent``: half-open, a line stays and nothing
passes, in neither direction, ever again. ``deaf``: requests pass, the answers do not."""

_PIECE = 4096
_READY_S = 10.0


@dataclass(eq=False)
class _Line:
    """One connection through the road; once dead it swallows everything and stays open."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    dead: bool = False
    pumps: list[asyncio.Task[None]] = field(default_factory=list)

    def abort(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()


class TcpRoad:
    """A road that can be cut, stalled, delayed and narrowed. Control it from any thread.

    Args:
        upstream: the platform's URL.
    """

    def __init__(self, upstream: str) -> None:
        self._target = self._address(upstream)
        self._state: State = "open"
        self._delay_s = 0.0
        self._bytes_per_s = 0.0
        self._lines: set[_Line] = set()
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._ended: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="tcp-road")
        self.cuts = 0
        self.swallowed = 0

    @property
    def url(self) -> str:
        """Where the terminal calls."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Open the road."""
        self._thread.start()
        assert self._ready.wait(_READY_S), "the road did not open"

    def close(self) -> None:
        """Break every line and end."""
        assert self._ended is not None, "close follows start"
        self._now(self._ended.set)
        self._thread.join()

    def set(self, state: State, *, delay_s: float = 0.0, bytes_per_s: float = 0.0) -> None:
        """Change the weather.

        Args:
            state: see ``State``.
            delay_s: how long each piece is held up.
            bytes_per_s: how wide the way to the platform is; 0 for any width.
        """

        def change() -> None:
            self._state, self._delay_s, self._bytes_per_s = state, delay_s, bytes_per_s
            for line in list(self._lines):
                line.dead = line.dead or state == "silent"
                if state == "cut":
                    self.cuts += 1
                    line.abort()

        self._now(change)

    def _now(self, work: Callable[[], object]) -> None:
        done = threading.Event()

        def run() -> None:
            work()
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(_READY_S), "the road hangs"

    @staticmethod
    def _address(url: str) -> tuple[str, int]:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._live())
        self._loop.close()

    async def _live(self) -> None:
        self._ended = asyncio.Event()
        listener = socket.create_server(("127.0.0.1", 0))
        # A narrow way must be felt by the sender and not hidden by a deep buffer.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * _PIECE)
        server = await asyncio.start_server(self._serve, sock=listener, limit=_PIECE)
        self._port = listener.getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        pumps = [pump for line in self._lines for pump in line.pumps]
        for line in list(self._lines):
            line.abort()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        # A connection that was just being accepted ends in the loop's next turns.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            back, far = await asyncio.open_connection(*self._target)
        except OSError:
            near.transport.abort()
            return
        line = _Line(near, far, dead=self._state == "silent")
        if self._state == "cut":
            line.abort()
            return
        self._lines.add(line)
        line.pumps = [
            asyncio.ensure_future(self._pump(line, reader, far, towards=True)),
            asyncio.ensure_future(self._pump(line, back, near, towards=False)),
        ]
        await asyncio.wait(line.pumps)
        self._lines.discard(line)
        line.abort()

    async def _pump(
        self,
        line: _Line,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        towards: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(_PIECE):
                await asyncio.sleep(self._hold_up_s(len(piece), towards=towards))
                if self._state == "deaf" and not towards:
                    line.dead = True
                if line.dead:
                    self.swallowed += len(piece)
                    continue
                sink.write(piece)
                await sink.drain()
        if not line.dead:
            line.abort()

    def _hold_up_s(self, size: int, *, towards: bool) -> float:
        narrow = size / self._bytes_per_s if self._bytes_per_s and towards else 0.0
        return self._delay_s + narrow


@contextmanager
def tcp_road(upstream: str) -> Iterator[TcpRoad]:
    """A road from its opening to its end."""
    road = TcpRoad(upstream)
    road.start()
    try:
        yield road
    finally:
        road.close()
