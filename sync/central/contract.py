"""The contract: every route with what it takes, gives and refuses, as an OpenAPI document.

The shapes are the wire's own declarations, so the document cannot say anything else than what the
parser does. `docs/openapi.json` is its saved copy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from fastapi import Response

from sync.central.calls import Call
from sync.wire import fields
from sync.wire.messages import ErrorAnswer

Handler = Callable[[Call], Response]
Who = Literal["anyone", "terminal", "operator"]

_ALWAYS: Final = ("500 platform.failing", "503 platform.busy", "503 platform.failing")
_WITH_BODY: Final = (
    "400 wire.not_json",
    "400 wire.bad_packing",
    "413 wire.too_large",
    "413 wire.too_many",
    "415 wire.bad_packing",
    "422 wire.malformed",
)
_OF: Final[dict[Who, tuple[str, ...]]] = {
    "anyone": (),
    "terminal": (
        "401 request.unsigned",
        "401 request.bad_signature",
        "401 terminal.unknown",
        "403 terminal.revoked",
        "403 terminal.other",
    ),
    "operator": ("401 admin.denied",),
}
_SPEAKING: Final = ("409 terminal.cloned",)
"""Only the machine that speaks for the terminal may change anything."""
_HEADERS: Final = {
    "X-Server-Time": {
        "description": "the platform's clock, Unix milliseconds",
        "schema": {"type": "integer"},
    },
    "X-Server-Epoch": {
        "description": "the life of the platform's database; a new one after a restore",
        "schema": {"type": "string"},
    },
}
_STAMP: Final = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
_SIGNED: Final = ("X-Terminal", "X-Time", "X-Nonce", "X-Signature")


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the contract.

    Args:
        method: ``GET``, ``POST`` or ``PUT``.
        path: with path parameters in braces.
        handler: does it; its docstring is the description.
        who: whose signature or token is needed.
        takes: the body; None without one.
        or_takes: another media type that the same may come as, "" for none.
        gives: the answer, a JSON message, or another media type.
        refuses: ``"409 journal.gap"`` …, beside what every such route refuses.
        query: whole-number parameters, or texts for ``cursor``.
        keyed: whether an ``Idempotency-Key`` is needed.
    """

    method: str
    path: str
    handler: Handler
    who: Who
    gives: type[Any] | str
    takes: type[Any] | None = None
    refuses: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    keyed: bool = False
    or_takes: str = ""

    def refusals(self) -> dict[str, list[str]]:
        """Every code this route may answer, by status."""
        shaped = _WITH_BODY if self.takes else (("422 wire.malformed",) if self.query else ())
        key = ("400 idempotency.missing", "422 idempotency.mismatch") if self.keyed else ()
        speaks = _SPEAKING if self.who == "terminal" and self.method == "POST" else ()
        found: dict[str, list[str]] = {}
        for text in sorted({*_ALWAYS, *shaped, *key, *speaks, *_OF[self.who], *self.refuses}):
            status, code = text.split()
            found.setdefault(status, []).append(code)
        return found

    def operation(self) -> dict[str, Any]:
        """The route as an OpenAPI operation."""
        answers: dict[str, Any] = {"200": _answer(self.gives)}
        for status, codes in self.refusals().items():
            answers[status] = {
                "description": f"{HTTPStatus(int(status)).phrase}: {', '.join(codes)}",
                "headers": _STAMP,
                "content": {"application/json": {"schema": _ref(ErrorAnswer)}},
            }
        operation = {
            "operationId": self.handler.__name__ + _suffix(self.path),
            "description": self.handler.__doc__,
            "parameters": self._parameters(),
            "responses": answers,
        }
        if self.takes:
            body: dict[str, Any] = {"application/json": {"schema": _ref(self.takes)}}
            if self.or_takes:
                body |= _bytes(self.or_takes)
            operation["requestBody"] = {"required": True, "content": body}
        return operation

    def _parameters(self) -> list[dict[str, Any]]:
        named = [_parameter("path", name) for name in re.findall(r"{(\w+)}", self.path)]
        for name in self.query:
            kind = "string" if name == "cursor" else "integer"
            named.append(_parameter("query", name, kind=kind, required=False))
        headers = {"anyone": (), "terminal": _SIGNED, "operator": ("X-Admin",)}[self.who]
        named += [_parameter("header", name) for name in headers]
        if self.keyed:
            named.append(_parameter("header", "Idempotency-Key"))
        return named


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    paths: dict[str, dict[str, Any]] = {}
    kinds: dict[str, type[Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = route.operation()
        for kind in (route.takes, route.gives, ErrorAnswer):
            if isinstance(kind, type):
                _gather(kind, kinds)
    schemas = {
        name: {"description": _first_line(kind), **fields.schema(kind)}
        for name, kind in sorted(kinds.items())
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Postal platform", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas, "headers": _HEADERS},
    }


def _gather(kind: type[Any], found: dict[str, type[Any]]) -> None:
    """A message and those inside it."""
    if kind.__name__ in found:
        return
    found[kind.__name__] = kind
    for inner in fields.inside(kind):
        _gather(inner, found)


def _first_line(kind: type[Any]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _ref(kind: type[Any]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _answer(gives: type[Any] | str) -> dict[str, Any]:
    if isinstance(gives, str):
        content = _bytes(gives)
    else:
        content = {"application/json": {"schema": _ref(gives)}}
    return {"description": "done", "headers": _STAMP, "content": content}


def _bytes(media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string", "contentMediaType": media_type}}}


def _suffix(path: str) -> str:
    """The operator's doors share one handler; their last part tells them apart."""
    return f"_{path.rpartition('/')[2]}" if path.startswith("/v1/admin/") else ""


def _parameter(place: str, name: str, *, kind: str = "string", required: bool = True) -> Any:
    return {"name": name, "in": place, "required": required, "schema": {"type": kind}}
