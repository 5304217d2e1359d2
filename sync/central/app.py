"""The platform as one ASGI application: routes, clean errors, fault dial, stamp."""

from __future__ import annotations

import time
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sync.central import catalogue
from sync.central.approval_routes import ApprovalRoutes
from sync.central.calls import Call, json_answer, read_call
from sync.central.contract import Handler, Route, document
from sync.central.courier import CourierRoutes
from sync.central.demo import seed_demo
from sync.central.deposit_routes import DepositRoutes
from sync.central.faults import FaultDial
from sync.central.metrics import Metrics
from sync.central.operator_routes import OperatorRoutes
from sync.central.peers import introduce_all
from sync.central.platform import Platform, Settings
from sync.central.refund_routes import RefundRoutes
from sync.central.stamp import Stamped
from sync.central.terminal_routes import OpenRoutes, TerminalRoutes
from sync.wire.refusal import Refusal, format_refusal

_CODES: Final = {404: "platform.no_such_path", 405: "platform.no_such_method"}


def create_app(settings: Settings, *, forgets: bool = False) -> Stamped:
    """One worker of the platform.

    Args:
        settings: see there.
        forgets: charge again for a repeated key; only the tests' negative control turns it on.

    Returns:
        The ASGI application in all its layers; ``platform`` is reachable for the admin token.
    """
    platform = Platform(settings)
    introduce_all(platform)
    if settings.demo:
        try:
            seed_demo(platform, settings.goods)
        except BaseException:
            platform.database.close()
            raise
    catalogue.renew_settings(platform, unsigned_only=True)
    routes = all_routes(platform, forgets=forgets)
    # The contract is made from the routes: FastAPI's own could only guess at the bodies.
    app = FastAPI(openapi_url=None)
    _answer_cleanly(app)

    def contract(_call: Call) -> Response:
        return json_answer(document(routes))

    for route in (*routes, Route("GET", "/openapi.json", contract, "anyone", "application/json")):
        _mount(app, route, platform.metrics)
    return Stamped(FaultDial(app, platform), platform)


def all_routes(platform: Platform, *, forgets: bool = False) -> list[Route]:
    """The contract, line by line, see ``create_app``."""
    return [
        *OpenRoutes(platform).routes(),
        *TerminalRoutes(platform, forgets=forgets).routes(),
        *RefundRoutes(platform).routes(),
        *ApprovalRoutes(platform).routes(),
        *CourierRoutes(platform).routes(),
        *DepositRoutes(platform).routes(),
        *OperatorRoutes(platform).routes(),
    ]


def _mount(app: FastAPI, route: Route, metrics: Metrics) -> None:
    handler: Handler = route.handler
    name = f"{route.method} {route.path}"

    async def endpoint(request: Request) -> Response:
        began, outcome = time.monotonic(), "platform.failing"
        try:
            answer = await run_in_threadpool(handler, await read_call(request))
            outcome = "ok"
        except Refusal as refusal:
            outcome = refusal.code
            raise
        finally:
            metrics.answered(name, outcome, time.monotonic() - began)
        return answer

    app.add_api_route(route.path, endpoint, methods=[route.method], include_in_schema=False)


def _answer_cleanly(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(_request: Request, refusal: Refusal) -> Response:
        return json_answer(format_refusal(refusal), refusal.status)

    @app.exception_handler(HTTPException)
    async def not_routed(_request: Request, problem: HTTPException) -> Response:
        status = problem.status_code
        refusal = Refusal(status, _CODES.get(status, "wire.malformed"))
        return json_answer(format_refusal(refusal), status)

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _problem: Exception) -> Response:
        # A line that breaks in the middle of a request is an ordinary day; nobody hears this.
        return Response(status_code=400)

    @app.exception_handler(Exception)
    async def failed(_request: Request, _problem: Exception) -> Response:
        # The server's log carries the traceback; the terminal learns that it may ask again.
        refusal: Any = Refusal(500, "platform.failing", retry=True)
        answer = json_answer(format_refusal(refusal), refusal.status)
        # The server hangs up after an exception: the next request must not run into that.
        answer.headers["Connection"] = "close"
        return answer
