"""Keeping the copies of other machines: files behind a token, which nobody here can read.

Source: docs/adr/0019-a-second-copy.md.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from sync.client.mirror_place import FolderPlace
from terminal.domain.errors import OutletError

MOST_BYTES: Final = 16 * 1024 * 1024
"""More than a full segment of the largest entries."""
_STATUS: Final = {"mirror.bad_name": 404, "mirror.bad_token": 401, "mirror.too_large": 413}


def mirror_app(folder: Path, token: str) -> FastAPI:
    """The server as one ASGI application.

    Args:
        folder: where the copies go; it must be there.
        token: what the terminals know.
    """
    app = FastAPI(openapi_url=None)

    def route(method: str, path: str, work: Callable[[FolderPlace, Request, bytes], Any]) -> None:
        async def endpoint(request: Request) -> Response:
            said = request.headers.get("authorization", "")
            if not hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
                return _refusal("mirror.bad_token")
            body = bytearray()
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    return _refusal("mirror.too_large")
            return await run_in_threadpool(_answer, folder, work, request, bytes(body))

        app.add_api_route(path, endpoint, methods=[method])

    route("GET", "/v1/mirror/{copy}", lambda place, _r, _b: {"segments": place.segments()})
    route("POST", "/v1/mirror/{copy}/aside", lambda place, _r, _b: {"name": place.set_aside()})
    route("GET", "/v1/mirror/{copy}/{name}", _read)
    route("PUT", "/v1/mirror/{copy}/{name}", _write)
    return app


def _answer(
    folder: Path,
    work: Callable[[FolderPlace, Request, bytes], Any],
    request: Request,
    body: bytes,
) -> Response:
    try:
        done = work(FolderPlace(folder, request.path_params["copy"]), request, body)
    except OutletError as error:
        return _refusal(error.code)
    if isinstance(done, bytes):
        return Response(done, media_type="application/octet-stream")
    return JSONResponse(done)


def _read(place: FolderPlace, request: Request, _body: bytes) -> bytes | dict[str, str]:
    name = str(request.path_params["name"])
    return {"state": place.look(name)} if "look" in request.query_params else place.read(name)


def _write(place: FolderPlace, request: Request, body: bytes) -> bytes:
    name, at = str(request.path_params["name"]), request.query_params.get("at", "")
    if at.isascii() and at.isdigit() and len(at) < 12:
        place.append(name, int(at), body)
    else:
        place.put(name, body)
    return b""


def _refusal(code: str) -> Response:
    told = {"error": {"code": code, "params": {}, "retry": False}}
    return JSONResponse(told, _STATUS.get(code, 507))
