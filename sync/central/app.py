"""The platform's HTTP face: every route of the contract, each a few lines over its rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from sqlalchemy import Connection, func, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from sync.central import catalogue, enrolment, gateway, intake, schema
from sync.central.calls import Call, read_call, require_admin, sender
from sync.central.demo import seed_demo
from sync.central.faults import FaultDial
from sync.central.platform import Platform, Settings, compact, now_ms
from sync.wire import fields
from sync.wire.messages import (
    MAX_ENTRIES,
    Change,
    ChargeRequest,
    EnrolmentRequest,
    Faults,
    RangeRequest,
    parse_entries,
)
from sync.wire.refusal import Refusal, format_refusal
from sync.wire.signing import read_signed
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.money import MAX_FEN

Handler = Callable[[Call], Response]

_CODES: Final = {404: "platform.no_such_path", 405: "platform.no_such_method"}


def create_app(settings: Settings, *, forgets: bool = False) -> FaultDial:
    """One worker of the platform.

    Args:
        settings: see there.
        forgets: charge again for a repeated key; only the tests' negative control turns it on.

    Returns:
        The ASGI application inside its fault dial; ``platform`` is reachable for the admin token.
    """
    platform = Platform(settings)
    if settings.demo:
        seed_demo(platform)
    app = FastAPI(title="Postal platform", version="1", docs_url=None, redoc_url=None)
    _answer_cleanly(app, platform)
    for routes in (_Open(platform), _Terminal(platform, forgets=forgets), _Admin(platform)):
        for method, path, handler in routes.table():
            _mount(app, method, path, handler)
    return FaultDial(app, platform)


def _mount(app: FastAPI, method: str, path: str, handler: Handler) -> None:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(handler, await read_call(request))

    name = handler.__name__
    app.add_api_route(path, endpoint, methods=[method], name=name, description=handler.__doc__)


def _answer_cleanly(app: FastAPI, platform: Platform) -> None:
    @app.middleware("http")
    async def stamp(request: Request, following: Callable[..., object]) -> Response:
        answer: Response = await following(request)  # type: ignore[misc]
        skew = (await run_in_threadpool(platform.faults)).skew_ms
        answer.headers["X-Server-Time"] = str(now_ms() + skew)
        answer.headers["X-Server-Epoch"] = await run_in_threadpool(platform.server_epoch)
        return answer

    @app.exception_handler(Refusal)
    async def refused(_request: Request, refusal: Refusal) -> Response:
        return _json(format_refusal(refusal), refusal.status)

    @app.exception_handler(HTTPException)
    async def not_routed(_request: Request, problem: HTTPException) -> Response:
        code = _CODES.get(problem.status_code, "wire.malformed")
        return _json(format_refusal(Refusal(problem.status_code, code)), problem.status_code)

    @app.exception_handler(Exception)
    async def failed(_request: Request, _problem: Exception) -> Response:
        # The server's log carries the traceback; the terminal learns only that it may ask again.
        return _json(format_refusal(Refusal(500, "platform.failing", retry=True)), 500)


def _json(body: JsonObject, status: int = 200) -> Response:
    return Response(compact(body), status, media_type="application/json")


class _Open:
    """What needs no signature."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def table(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "/v1/health", self.health),
            ("POST", "/v1/enrolments", self.enrol),
            ("GET", "/metrics", self.metrics),
        ]

    def health(self, _call: Call) -> Response:
        """Whether the platform works, its life and its time."""
        platform = self._platform
        time_ms = now_ms() + platform.faults().skew_ms
        epoch = platform.server_epoch()
        return _json({"status": "ok", "server_epoch": epoch, "time_ms": time_ms})

    def enrol(self, call: Call) -> Response:
        """Turn a one-time code into a terminal."""
        return _json(enrolment.enrol(self._platform, EnrolmentRequest.parse(call.json())))

    def metrics(self, _call: Call) -> Response:
        """Row counts for a monitoring system."""
        tables = (schema.terminals, schema.entries, schema.tasks, schema.payments)

        def work(connection: Connection) -> str:
            counts = [select(func.count()).select_from(table) for table in tables]
            return "".join(
                f"postal_{table.name} {connection.scalar(count)}\n"
                for table, count in zip(tables, counts, strict=True)
            )

        return Response(self._platform.database.transaction(work), media_type="text/plain")


class _Terminal:
    """What an enrolled terminal may ask, always signed."""

    def __init__(self, platform: Platform, *, forgets: bool) -> None:
        self._platform = platform
        self._forgets = forgets

    def table(self) -> list[tuple[str, str, Handler]]:
        return [
            ("POST", "/v1/terminals/{terminal_id}/journal", self.upload),
            ("GET", "/v1/terminals/{terminal_id}/journal", self.download),
            ("GET", "/v1/terminals/{terminal_id}/head", self.head),
            ("GET", "/v1/snapshot", self.snapshot),
            ("GET", "/v1/feeds", self.feeds),
            ("POST", "/v1/ranges", self.lease),
            ("POST", "/v1/payments", self.charge),
            ("GET", "/v1/payments/{out_trade_no}", self.query),
            ("POST", "/v1/payments/{out_trade_no}/reverse", self.reverse),
        ]

    def upload(self, call: Call) -> Response:
        """Take in journal entries and answer with the platform's signed head."""
        terminal_id = sender(self._platform, call)
        ack = intake.store(self._platform, terminal_id, parse_entries(call.json()))
        return _json({"ack": ack.to_wire()})

    def download(self, call: Call) -> Response:
        """Give back the entries held; the operator may read every terminal's."""
        if "X-Admin" in call.headers:
            require_admin(self._platform, call)
            terminal_id = call.path["terminal_id"]
        else:
            terminal_id = sender(self._platform, call)
        from_seq = call.number("from_seq", 1, hi=2**53)
        limit = call.number("limit", MAX_ENTRIES, hi=MAX_ENTRIES)
        head = intake.head(self._platform, terminal_id)
        entries = intake.wire_text(self._platform, terminal_id, from_seq, limit)
        body = f'{{"entries":{entries},"head":{compact(head.to_wire())}}}'
        return Response(body, media_type="application/json")

    def head(self, call: Call) -> Response:
        """The platform's signed head of this journal."""
        ack = intake.head(self._platform, sender(self._platform, call))
        return _json({"ack": ack.to_wire()})

    def snapshot(self, call: Call) -> Response:
        """All reference data as one signed, gzipped SQLite file."""
        sender(self._platform, call)
        packed, headers = catalogue.snapshot(self._platform)
        return Response(packed, headers=headers, media_type="application/gzip")

    def feeds(self, call: Call) -> Response:
        """The changes after a cursor, tombstones among them."""
        sender(self._platform, call)
        limit = call.number("limit", 500, hi=1000)
        return _json(catalogue.page(self._platform, call.query.get("cursor", ""), limit).format())

    def lease(self, call: Call) -> Response:
        """Lease the next numbers; a replayed request is refused."""
        terminal_id = sender(self._platform, call)
        request, nonce = RangeRequest.parse(call.json()), read_signed(call.headers).nonce

        def work(connection: Connection) -> Response:
            enrolment.refuse_replay(connection, terminal_id, nonce)
            leased = enrolment.lease(connection, terminal_id, request.kind, request.used_to)
            return _json({"ranges": [leased.format()]})

        return self._platform.database.transaction(work)

    def charge(self, call: Call) -> Response:
        """Take money by payment code, once for each ``Idempotency-Key``."""
        terminal_id = sender(self._platform, call)
        body = call.json()
        request = ChargeRequest.parse(body)
        effect = gateway.charge_again if self._forgets else gateway.charge
        status, answer = gateway.once(
            self._platform,
            self._keyed(call, terminal_id, body),
            lambda connection: effect(connection, terminal_id, request),
        )
        return _json(answer, status)

    def query(self, call: Call) -> Response:
        """What became of a charge."""
        terminal_id = sender(self._platform, call)
        number = fields.text(dict(call.path), "out_trade_no", fields.LABEL)
        answer = self._platform.database.transaction(
            lambda connection: gateway.query(connection, terminal_id, number)
        )
        return _json(answer.format())

    def reverse(self, call: Call) -> Response:
        """Give a charge back, or forbid it when it has not come yet."""
        terminal_id = sender(self._platform, call)
        number = fields.text(dict(call.path), "out_trade_no", fields.LABEL)
        body = call.json() if call.raw else {}
        data: JsonObject = {"amount_fen": 0, **fields.as_object(body, "body")}
        amount_fen = fields.whole(data, "amount_fen", hi=MAX_FEN)
        status, answer = gateway.once(
            self._platform,
            self._keyed(call, terminal_id, body),
            lambda connection: gateway.reverse(connection, terminal_id, number, amount_fen),
        )
        return _json(answer, status)

    def _keyed(self, call: Call, terminal_id: str, body: Json) -> gateway.Keyed:
        key = call.headers.get("Idempotency-Key", "")
        if not fields.LABEL.fullmatch(key):
            raise Refusal(400, "idempotency.missing")
        return gateway.Keyed(terminal_id, key, call.target, body, remembers=not self._forgets)


class _Admin:
    """What the operator may do, and the tests through the same door."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def table(self) -> list[tuple[str, str, Handler]]:
        feeds: list[tuple[str, str, Handler]] = [
            ("PUT", f"/v1/admin/{feed}", self.change) for feed in catalogue.COLUMNS
        ]
        return [
            ("GET", "/v1/faults", self.dial),
            ("PUT", "/v1/faults", self.turn_dial),
            ("POST", "/v1/admin/enrolment-codes", self.new_code),
            ("POST", "/v1/admin/new-epoch", self.new_epoch),
            ("GET", "/v1/admin/ledger", self.ledger),
            ("GET", "/v1/admin/tasks", self.tasks),
            *feeds,
        ]

    def dial(self, call: Call) -> Response:
        """The fault dial as it stands."""
        require_admin(self._platform, call)
        text = json.dumps(self._platform.faults().format())
        return Response(text, media_type="application/json")

    def turn_dial(self, call: Call) -> Response:
        """Set the fault dial; what is not named is off."""
        require_admin(self._platform, call)
        self._platform.turn_dial(Faults.parse(call.json()))
        return self.dial(call)

    def new_code(self, call: Call) -> Response:
        """Issue a one-time enrolment code."""
        require_admin(self._platform, call)
        data = fields.as_object(call.json(), "body")
        code = enrolment.new_code(
            self._platform,
            fields.text(data, "outlet", fields.LABEL),
            fields.whole(data, "terminal_no", lo=1, hi=99),
            fields.whole({"ttl_s": 900, **data}, "ttl_s", lo=-86_400, hi=86_400),
        )
        return _json({"code": code})

    def new_epoch(self, call: Call) -> Response:
        """Begin a new life of this database, after it was restored from a backup."""
        require_admin(self._platform, call)
        return _json({"server_epoch": self._platform.begin_new_epoch()})

    def change(self, call: Call) -> Response:
        """Upsert or delete records: ``{"upsert": [record …], "delete": [key …]}``."""
        require_admin(self._platform, call)
        feed = call.target.rpartition("/")[2]
        data: JsonObject = {"upsert": [], "delete": [], **fields.as_object(call.json(), "body")}
        changes: list[Change] = []
        for row in fields.rows(data, "upsert", limit=10_000):
            record = fields.as_object(row, "upsert")
            key: Json = catalogue.key_of(feed, record)  # type: ignore[assignment]
            whole = catalogue.signed(self._platform, feed, record)
            item: JsonObject = {"feed": feed, "op": "upsert", "key": key, "data": whole}
            changes.append(Change.parse(item))
        for gone in fields.rows(data, "delete", limit=10_000):
            changes.append(Change.parse({"feed": feed, "op": "delete", "key": gone}))
        return _json({"change_no": catalogue.apply(self._platform, changes)})

    def ledger(self, call: Call) -> Response:
        """Sums over all journals, and beside them the gateway's own count."""
        require_admin(self._platform, call)
        book, posted = schema.gateway_ledger.c, schema.postings.c

        def work(connection: Connection) -> JsonObject:
            sums = select(posted.account, func.sum(posted.fen)).group_by(posted.account)
            accounts: JsonObject = {row[0]: int(row[1]) for row in connection.execute(sums)}
            charges = [int(fen) for fen in connection.scalars(select(book.fen))]
            taken = [fen for fen in charges if fen > 0]
            gateway_: JsonObject = {
                "charges": len(taken),
                "charged_fen": sum(taken),
                "reversed_fen": sum(taken) - sum(charges),
                "net_fen": sum(charges),
            }
            return {"accounts": accounts, "gateway": gateway_}

        return _json(self._platform.database.transaction(work))

    def tasks(self, call: Call) -> Response:
        """What waits for a person."""
        require_admin(self._platform, call)

        def work(connection: Connection) -> list[Json]:
            rows = connection.execute(select(schema.tasks).order_by(schema.tasks.c.id))
            return [dict(row._mapping) for row in rows]

        return _json({"tasks": self._platform.database.transaction(work)})
