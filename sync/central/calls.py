"""From an HTTP request to a checked call: size, packing, JSON, sender."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from fastapi import Request, Response
from sqlalchemy import select, update

from sync.central import schema
from sync.central.platform import Platform, Standing, compact, now_ms
from sync.central.sessions import check_speaker
from sync.central.stamp import STANDING
from sync.wire.messages import MAX_BODY_BYTES
from sync.wire.refusal import Refusal
from sync.wire.signing import read_signed, verify_request
from terminal.domain.canonical import Json, JsonObject

_PROXIED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read completely and within bounds."""

    method: str
    target: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    path: Mapping[str, str]
    raw: bytes
    peer: str = ""
    """Address the connection comes from, "" when it is not known."""
    standing: Standing | None = None
    """What was read for this request already."""

    def json(self) -> Json:
        """The body as JSON.

        Raises:
            Refusal: ``wire.bad_packing``, ``wire.not_json`` (400), ``wire.too_large`` (413).
        """
        body = self.unpacked()
        try:
            parsed: Json = json.loads(body)
        except (ValueError, RecursionError) as problem:
            raise Refusal(400, "wire.not_json") from problem
        return parsed

    def unpacked(self) -> bytes:
        """The body as it was before it was packed.

        Raises:
            Refusal: ``wire.bad_packing`` (400, 415), ``wire.too_large`` (413).
        """
        return _unpacked(self.raw, self.headers.get("Content-Encoding", ""))

    def number(self, name: str, default: int, *, hi: int) -> int:
        """A whole number of the query, 1 to ``hi``.

        Raises:
            Refusal: ``wire.malformed`` (422).
        """
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= 15 and int(text) >= 1):
            raise Refusal(422, "wire.malformed", {"field": name})
        return min(int(text), hi)


async def read_call(request: Request) -> Call:
    """Read a request to its end.

    Raises:
        Refusal: ``wire.too_large`` (413) as soon as the bound is passed.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(413, "wire.too_large", {"limit": MAX_BODY_BYTES})
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope.get("raw_path") or request.url.path.encode()
    target = path.decode("latin-1") + (f"?{query}" if query else "")
    return Call(
        request.method,
        target,
        request.headers,
        request.query_params,
        {name: str(part) for name, part in request.path_params.items()},
        bytes(body),
        request.client.host if request.client else "",
        request.scope.get(STANDING),
    )


def json_answer(body: JsonObject, status: int = 200) -> Response:
    """An answer with a JSON body."""
    return Response(compact(body), status, media_type="application/json")


def _unpacked(raw: bytes, packing: str) -> bytes:
    if packing in ("", "identity"):
        return raw
    if packing != "gzip":
        raise Refusal(415, "wire.bad_packing")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(raw, MAX_BODY_BYTES + 1)
    except zlib.error as problem:
        raise Refusal(400, "wire.bad_packing") from problem
    if len(body) > MAX_BODY_BYTES:
        # A few bytes may unpack to gigabytes: we stop at the bound, not at the end.
        raise Refusal(413, "wire.too_large", {"limit": MAX_BODY_BYTES})
    if not unpacker.eof:
        raise Refusal(400, "wire.bad_packing")
    return body


def require_admin(platform: Platform, call: Call) -> None:
    """Let only the operator pass.

    Raises:
        Refusal: ``admin.denied`` (401).
    """
    token = call.headers.get("X-Admin", "")
    if not compare_digest(token.encode(), platform.admin_token.encode()):
        raise Refusal(401, "admin.denied")


def reader(platform: Platform, call: Call) -> str:
    """Who may read a journal: its terminal, and in the demonstration any program on this machine.

    Returns:
        The terminal's id.

    Raises:
        Refusal: see ``sender``.
    """
    if platform.demo and _is_from_this_machine(call) and "X-Signature" not in call.headers:
        return call.path["terminal_id"]
    return sender(platform, call)


def _is_from_this_machine(call: Call) -> bool:
    """Whether nobody else can have sent it: not even through a proxy on this machine."""
    if any(name in call.headers for name in _PROXIED):
        return False
    try:
        return ip_address(call.peer).is_loopback
    except ValueError:
        return False


def sender(platform: Platform, call: Call) -> str:
    """Prove who sent the call.

    Returns:
        The terminal's id, see ``proven``.

    Raises:
        Refusal: see ``proven``.
    """
    return proven(platform, call)[0]


def proven(platform: Platform, call: Call) -> tuple[str, bytes]:
    """Prove who sent the call, and note how wrong the sender's clock is.

    Returns:
        The terminal's id, the same as the one in the path when there is one, and its public key.

    Raises:
        Refusal: ``request.unsigned``, ``request.bad_signature``, ``terminal.unknown`` (401),
            ``terminal.revoked``, ``terminal.other`` (403), ``terminal.cloned`` (409).
    """
    signed = read_signed(call.headers)
    columns = schema.terminals.c
    mine = columns.terminal_id == signed.terminal_id
    wanted = select(columns.public_key, columns.session, columns.session_before).where(mine)
    row = platform.database.look(lambda connection: connection.execute(wanted).one_or_none())
    if row is None:
        raise Refusal(401, "terminal.unknown")
    verify_request(signed, call.method, call.target, call.raw, bytes.fromhex(row.public_key))
    if signed.terminal_id in (call.standing or platform.standing()).faults.revoked:
        raise Refusal(403, "terminal.revoked")
    if call.path.get("terminal_id", signed.terminal_id) != signed.terminal_id:
        raise Refusal(403, "terminal.other")
    renews = call.target.endswith("/session")
    if call.method == "POST" and not renews:
        check_speaker(row, call.headers.get("X-Session", ""), call.target)
    if call.target.endswith("/head"):
        # Once in each conversation is enough, and no other call pays a write for it; who renews
        # writes anyway.
        skew = update(schema.terminals).where(mine).values(skew_ms=signed.time_ms - now_ms())
        platform.database.ordered(signed.terminal_id, lambda connection: connection.execute(skew))
    return signed.terminal_id, bytes.fromhex(row.public_key)
