"""The outermost layer: every answer says the platform's time and life, even the worst one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.central.platform import Platform, Standing, compact
from sync.wire.refusal import Refusal, format_refusal

STANDING: Final = "postal.standing"
"""Where in a request's scope lies what was read for it once."""


class Stamped:
    """Adds ``X-Server-Time`` and ``X-Server-Epoch`` to whatever is answered.

    Args:
        app: all other layers.
        platform: whose time and life; public for the admin token.
    """

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self.platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        begun = False

        async def stamped(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                stamp = await self._stamp(scope)
                message = {**message, "headers": [*message["headers"], *stamp]}
            await send(message)

        try:
            await self._app(scope, receive, stamped)
        except Exception:
            # The server's log carries the traceback; the terminal learns that it may ask again.
            if not begun:
                await fail(500, stamped)
            raise

    async def _stamp(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        standing: Standing | None = scope.get(STANDING)
        if standing is not None:
            time_ms, epoch = standing.stamp()
        else:
            time_ms, epoch = await run_in_threadpool(self.platform.stamp)
        return [
            (b"x-server-time", str(time_ms).encode()),
            (b"x-server-epoch", epoch.encode()),
        ]


async def fail(status: int, send: Send) -> None:
    """Answer that the platform is in trouble and may be asked again."""
    body = compact(format_refusal(Refusal(status, "platform.failing", retry=True))).encode()
    headers = [(b"content-type", b"application/json")]
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        # Behind it is an exception, and the server hangs up after one.
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
