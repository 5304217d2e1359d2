"""The fault dial: an ASGI layer that breaks what it is told to break, around a sound platform."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar, Final

from starlette.concurrency import run_in_threadpool
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.central.platform import Platform
from sync.central.stamp import STANDING, fail
from sync.wire.messages import MAX_BODY_BYTES
from sync.wire.operation import Faults

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_OVERTAKEN_S: Final = 0.3
_EXEMPT: Final = ("/v1/faults", "/v1/admin")


class CuttableProtocol(H11Protocol):
    """HTTP over a connection that the dial can cut in the middle of an answer."""

    open_lines: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remembers the line by its far end."""
        super().connection_made(transport)
        self.open_lines[transport.get_extra_info("peername")[:2]] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the line."""
        self.open_lines.pop(self.transport.get_extra_info("peername")[:2], None)
        super().connection_lost(exc)


class FaultDial:
    """Wraps the application; reads the dial for each request, so that all workers obey it.

    Args:
        app: the sound platform.
        platform: where the dial is kept.
    """

    def __init__(self, app: App, platform: Platform) -> None:
        self._app = app
        self._platform = platform
        self._seed: int | None = None
        self._dice = random.Random()
        self._passed = asyncio.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(_EXEMPT):
            await self._app(scope, receive, send)
            return
        standing = await run_in_threadpool(self._platform.standing)
        scope[STANDING] = standing
        dial = standing.faults
        concerned = not dial.paths or scope["path"].startswith(dial.paths)
        if not concerned or dial == Faults():
            await self._app(scope, receive, send)
        else:
            await self._break(dial, scope, receive, send)
        self._passed.set()

    async def _break(self, dial: Faults, scope: Message, receive: Receive, send: Send) -> None:
        if self._seed != dial.seed:
            self._seed = dial.seed
            self._dice = random.Random(dial.seed)
        body = await _whole_body(receive)
        # Every die is thrown for every request: one share does not shift the others' sequence.
        lose, answer, status, twice, late = (self._dice.random() for _ in range(5))
        await asyncio.sleep(self._dice.uniform(*dial.delay_ms) / 1000)
        if dial.offline or lose < dial.lose_request:
            await _cut(scope)
            return
        if status < dial.status_5xx:
            await fail(503, send)
            return
        if late < dial.reorder:
            await self._be_overtaken()
        if answer < dial.lose_answer:
            await self._app(scope, _replay(body), _nowhere)
            await _cut(scope)
            return
        await self._app(scope, _replay(body), send)
        if twice < dial.duplicate:
            await self._app(scope, _replay(body), _nowhere)

    async def _be_overtaken(self) -> None:
        self._passed.clear()
        try:
            await asyncio.wait_for(self._passed.wait(), _OVERTAKEN_S)
        except TimeoutError:
            # Nobody came by: there is nothing to be late for.
            return


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    more = True
    while more and len(body) <= MAX_BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _nowhere(_message: Message) -> None:
    """The answer that never arrives."""


async def _cut(scope: Message) -> None:
    line = CuttableProtocol.open_lines.get(tuple(scope["client"]))
    if line is not None:
        line.abort()
        # The server learns of the cut in its next turn; until then it would answer by itself.
        while tuple(scope["client"]) in CuttableProtocol.open_lines:
            await asyncio.sleep(0)
