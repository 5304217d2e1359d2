"""One signed request to the platform, and what its end means for money.

Every end of a call is one of three outcomes. ``ok``: the platform answered and did it. ``refused``:
it is certain that nothing was done. ``unknown``: anything else; the caller asks again before it
believes anything.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    SSLError,
    TimeoutError,  # noqa: A004 - urllib3's own
)
from urllib3.response import BaseHTTPResponse

from sync.client.connections import connections
from sync.client.connectivity import Connectivity
from sync.wire.refusal import STRANGER, parse_refusal
from sync.wire.signing import sign_request
from terminal.domain.canonical import JsonObject

Outcome = Literal["ok", "refused", "unknown"]

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 15.0
# An answer that comes slower than this is not worth waiting for: the line is as good as dead.
SLOWEST_BYTES_PER_S = 500
_PIECE_BYTES = 65536
_ALWAYS = {"Accept-Encoding": "gzip"}
_LONGEST_REST_S = 300
# These statuses say that the request may still be under way.
_IN_FLIGHT_STATUS = frozenset({408, 425})
# These ask for patience and may say how much.
_BUSY_STATUS = frozenset({429, 503})
_NOT_DEFINITE_CODES = frozenset({"idempotency.in_flight", STRANGER})


@dataclass(frozen=True)
class Reply:
    """How one call ended.

    Args:
        outcome: see the module.
        code: dotted code when not ok.
        status: HTTP status, 0 when no answer came.
        body: the JSON object of the answer, empty when there was none.
        content: raw bytes of the answer.
        headers: of the answer, case-insensitive.
        params: details of the error.
        sent: False only when it is certain that the request never left.
        leave_alone_s: how long the platform asks not to be called, seconds; 0 when it does not.
    """

    outcome: Outcome
    code: str = ""
    status: int = 0
    body: JsonObject = field(default_factory=dict)
    content: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    sent: bool = True
    leave_alone_s: int = 0


class PlatformLine:
    """The line to one platform. Thread-safe: each thread keeps its own connection.

    Args:
        url: where the platform answers.
        terminal_id: who speaks; empty before enrolment, then nothing is signed.
        sign: Ed25519 signature (64 bytes) with the terminal's key.
        connectivity: where measurements go.
        on_return: called when the line has just come back, on the calling thread.
        read_timeout_s: longest silence within an answer, seconds, when the call does not say.
    """

    def __init__(
        self,
        url: str,
        terminal_id: str = "",
        sign: Callable[[bytes], bytes] | None = None,
        *,
        connectivity: Connectivity | None = None,
        on_return: Callable[[], None] = lambda: None,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._url = url.rstrip("/")
        self._terminal_id = terminal_id
        self._sign = sign
        self.connectivity = connectivity or Connectivity()
        self._on_return = on_return
        self._read_timeout_s = read_timeout_s
        self._threads = threading.local()
        self.session = ""
        """Token of who speaks for the terminal; sent with whatever changes something."""

    def get(self, path: str, *, raw: bool = False, read_timeout_s: float | None = None) -> Reply:
        """Read something.

        Args:
            path: path and query, percent-encoded.
            raw: the answer is bytes, not JSON.
            read_timeout_s: seconds to wait for the answer; None for the line's own.
        """
        return self._call("GET", path, b"", {}, raw=raw, read_timeout_s=read_timeout_s)

    def post(
        self,
        path: str,
        message: Mapping[str, Any],
        *,
        idempotency_key: str = "",
        compress: bool = False,
        read_timeout_s: float | None = None,
    ) -> Reply:
        """Send a JSON message.

        Args:
            path: path, percent-encoded.
            message: the JSON object.
            idempotency_key: UUIDv7 of the intent for calls about money; the same for every repeat.
            compress: send it gzipped.
            read_timeout_s: seconds to wait for the answer; None for the line's own.
        """
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        more = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        if compress:
            more["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 6, mtime=0)
        return self._post(path, body, more, read_timeout_s)

    def post_packed(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body that is packed already.

        Args:
            path: path, percent-encoded.
            body: as it travels.
            headers: what it is.
        """
        return self._post(path, body, headers, None)

    def _post(
        self, path: str, body: bytes, more: Mapping[str, str], read_timeout_s: float | None
    ) -> Reply:
        headers = {"Content-Type": "application/json", **more}
        if self.session:
            headers["X-Session"] = self.session
        return self._call("POST", path, body, headers, read_timeout_s=read_timeout_s)

    def close(self) -> None:
        """Close this thread's connection."""
        pool: PoolManager | None = getattr(self._threads, "pool", None)
        if pool is not None:
            pool.clear()
            del self._threads.pool

    def _call(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        *,
        raw: bool = False,
        read_timeout_s: float | None = None,
    ) -> Reply:
        sent_ms = time.time_ns() // 1_000_000
        started = time.monotonic()
        silence_s = read_timeout_s or self._read_timeout_s
        try:
            with self._pool().request(
                method,
                self._url + path,
                body=body or None,
                headers=_ALWAYS | headers | self._signed(method, path, body, sent_ms),
                timeout=Timeout(connect=CONNECT_TIMEOUT_S, read=silence_s),
                redirect=False,
                preload_content=False,
            ) as answer:
                content = _read_in_time(answer, silence_s)
        except HTTPError as error:
            reply = _no_answer(error)
            self.connectivity.failed(reply.code)
            return reply
        reply = read_answer(answer.status, content, answer.headers, raw=raw)
        self._measure(reply, sent_ms, round((time.monotonic() - started) * 1_000))
        return reply

    def _pool(self) -> PoolManager:
        pool: PoolManager | None = getattr(self._threads, "pool", None)
        if pool is None:
            pool = self._threads.pool = connections(self._url)
        return pool

    def _signed(self, method: str, path: str, body: bytes, sent_ms: int) -> dict[str, str]:
        if self._sign is None:
            return {}
        return sign_request(
            method,
            path,
            body,
            terminal_id=self._terminal_id,
            time_ms=sent_ms,
            nonce=str(uuid.uuid4()),
            signer=self._sign,
        )

    def _measure(self, reply: Reply, sent_ms: int, rtt_ms: int) -> None:
        self.connectivity.asked_to_leave_alone(reply.leave_alone_s)
        if reply.outcome == "unknown":
            self.connectivity.failed(reply.code)
            return
        returned = self.connectivity.answered(
            sent_ms=sent_ms,
            rtt_ms=rtt_ms,
            server_time_ms=_whole(reply.headers.get("X-Server-Time", "")),
            server_epoch=reply.headers.get("X-Server-Epoch", ""),
        )
        if returned:
            self._on_return()


class _DripsError(TimeoutError):
    """An answer that comes byte by byte."""


def _read_in_time(answer: BaseHTTPResponse, silence_s: float) -> bytes:
    """The whole body. One that drips, never silent for long, would hold its thread for ever."""
    began, body = time.monotonic(), bytearray()
    while piece := answer.read1(_PIECE_BYTES, decode_content=True):
        body += piece
        if time.monotonic() - began > silence_s + len(body) / SLOWEST_BYTES_PER_S:
            raise _DripsError
    return bytes(body)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _no_answer(error: HTTPError) -> Reply:
    """Only a connection that was never made proves that nothing happened."""
    if isinstance(error, NewConnectionError | ConnectTimeoutError):
        return Reply("refused", "platform.unreachable", sent=False)
    if isinstance(error, TimeoutError):
        return Reply("unknown", "platform.timeout")
    if isinstance(error, SSLError):
        return Reply("unknown", "platform.tls")
    return Reply("unknown", "platform.connection_lost")


def read_answer(
    status: int, content: bytes, headers: Mapping[str, str], *, raw: bool = False
) -> Reply:
    """Decide what an HTTP answer means.

    Args:
        status: HTTP status.
        content: raw body.
        headers: of the answer.
        raw: a good answer is bytes, not JSON.

    Returns:
        The reply: ``ok`` for 2xx with a readable body, ``refused`` for a 4xx in the platform's own
        error shape, ``unknown`` for everything else (5xx, redirects, bodies of strangers).
    """
    if 200 <= status < 300:
        return _good_answer(status, content, headers, raw)
    body = _json_object(content) or {}
    refusal = parse_refusal(status, body)
    definite = (
        400 <= status < 500
        and status not in _IN_FLIGHT_STATUS
        and refusal.code not in _NOT_DEFINITE_CODES
    )
    outcome: Outcome = "refused" if definite else "unknown"
    asked_s = min(_whole(headers.get("Retry-After", "")) or 0, _LONGEST_REST_S)
    return Reply(
        outcome,
        refusal.code,
        status,
        body,
        content,
        headers,
        refusal.params,
        leave_alone_s=asked_s if status in _BUSY_STATUS else 0,
    )


def _good_answer(status: int, content: bytes, headers: Mapping[str, str], raw: bool) -> Reply:
    body = {} if raw else _json_object(content)
    if body is None:
        return Reply("unknown", STRANGER, status, {}, content, headers)
    return Reply("ok", "", status, body, content, headers)


def _json_object(content: bytes) -> JsonObject | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
