"""Passes a question from one counter of an outlet to the others, and one signed answer back.

The platform carries and does not decide: who may allow what is for the counters, which check the
answer's signature, person, contents and age themselves. It keeps a request from being answered
twice, too late, or by the counter that asked. Source: docs/adr/0023-a-second-person-elsewhere.md.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from sync.central import schema
from sync.central.checking import is_signed
from sync.central.platform import compact, now_ms
from sync.wire.approvals import (
    MOST,
    ApprovalList,
    ApprovalRequest,
    ApprovalStanding,
    WaitingRequest,
)
from sync.wire.refusal import Refusal
from terminal.domain import approval
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry, entry_hash

_TABLE = schema.approvals


def ask(connection: Connection, asking: str, request: ApprovalRequest) -> ApprovalStanding:
    """Show a request to the other counters of the outlet; asked again it is the same request.

    Raises:
        Refusal: ``approval.number_used`` (409) for another request under the same number.
    """
    held = _row(connection, request.request_id)
    text = compact(request.request)
    if held is None:
        at = now_ms()
        connection.execute(
            insert(_TABLE).values(
                request_id=request.request_id,
                terminal_id=asking,
                outlet=_outlet(connection, asking),
                request=text,
                state="waiting",
                answer="",
                asked_ms=at,
                expires_ms=at + request.valid_s * 1000,
            )
        )
        return ApprovalStanding(request.request_id, "waiting", request.valid_s)
    # A request that was called off before it came has no words of its own.
    if held.terminal_id != asking or held.request not in ("", text):
        raise Refusal(409, "approval.number_used")
    return _standing(held)


def waiting(connection: Connection, looking: str) -> ApprovalList:
    """What the other counters of the outlet ask now."""
    columns, now = _TABLE.c, now_ms()
    wanted = (
        select(_TABLE)
        .where(
            columns.outlet == _outlet(connection, looking),
            columns.state == "waiting",
            columns.expires_ms > now,
            columns.terminal_id != looking,
        )
        .order_by(columns.asked_ms)
        .limit(MOST)
    )
    rows = connection.execute(wanted).all()
    return ApprovalList(
        tuple(WaitingRequest(json.loads(row.request), _left_s(row, now)) for row in rows)
    )


def look(connection: Connection, asking: str, request_id: str) -> ApprovalStanding:
    """How a counter's own request stands.

    Raises:
        Refusal: ``approval.unknown`` (404).
    """
    held = _row(connection, request_id)
    if held is None or held.terminal_id != asking:
        raise Refusal(404, "approval.unknown")
    return _standing(held)


def answer(
    connection: Connection, answering: str, request_id: str, told: JsonObject
) -> ApprovalStanding:
    """Take the one answer, from another counter of the outlet and signed by it.

    Raises:
        Refusal: ``approval.unknown`` (404), ``approval.own`` (403), ``approval.not_signed`` (422),
            ``approval.answered``, ``approval.cancelled``, ``approval.expired`` (409).
    """
    held = _row(connection, request_id)
    if held is None or held.outlet != _outlet(connection, answering):
        raise Refusal(404, "approval.unknown")
    if held.terminal_id == answering:
        raise Refusal(403, "approval.own")
    _check(connection, answering, request_id, told)
    text = compact(told)
    if held.state == "answered" and held.answer == text:
        return _standing(held)
    if held.state != "waiting":
        raise Refusal(409, f"approval.{held.state}")
    if held.expires_ms <= now_ms():
        raise Refusal(409, "approval.expired")
    connection.execute(_mine(request_id).values(state="answered", answer=text))
    return ApprovalStanding(request_id, "answered", _left_s(held, now_ms()), told)


def cancel(connection: Connection, asking: str, request_id: str) -> ApprovalStanding:
    """Call a request off; one that was answered before stays answered.

    Raises:
        Refusal: ``approval.unknown`` (404) for another counter's request.
    """
    held = _row(connection, request_id)
    if held is None:
        # It may still be on its way: it finds that it was called off.
        row = {"request_id": request_id, "terminal_id": asking, "state": "cancelled"}
        more = {"outlet": "", "request": "", "answer": "", "asked_ms": now_ms(), "expires_ms": 0}
        connection.execute(insert(_TABLE).values(**row, **more))
        return ApprovalStanding(request_id, "cancelled")
    if held.terminal_id != asking:
        raise Refusal(404, "approval.unknown")
    if held.state != "waiting":
        return _standing(held)
    connection.execute(_mine(request_id).values(state="cancelled"))
    return ApprovalStanding(request_id, "cancelled")


def _check(connection: Connection, answering: str, request_id: str, told: JsonObject) -> None:
    """The answer is an entry of the answering counter, about this request, as it was sealed."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    columns = schema.terminals.c
    key = connection.scalar(select(columns.public_key).where(columns.terminal_id == answering))
    try:
        entry = Entry.from_wire(told)
    except EnvironmentFault as problem:
        raise Refusal(422, "approval.not_signed") from problem
    sealed = entry_hash(entry).hex() == entry.hash and is_signed(
        entry, Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(key)))
    )
    about: Any = entry.body.get("request")
    same = isinstance(about, dict) and about.get("request_id") == request_id
    if not sealed or not same or (entry.terminal_id, entry.kind) != (answering, approval.ANSWERED):
        raise Refusal(422, "approval.not_signed")


def _row(connection: Connection, request_id: str) -> Row[Any] | None:
    wanted = select(_TABLE).where(_TABLE.c.request_id == request_id).with_for_update()
    return connection.execute(wanted).one_or_none()


def _mine(request_id: str) -> Any:
    return update(_TABLE).where(_TABLE.c.request_id == request_id)


def _outlet(connection: Connection, terminal_id: str) -> str:
    columns = schema.terminals.c
    wanted = select(columns.outlet).where(columns.terminal_id == terminal_id)
    return str(connection.scalar(wanted))


def _left_s(row: Row[Any], now: int) -> int:
    return max(0, -(-(int(row.expires_ms) - now) // 1000))


def _standing(row: Row[Any]) -> ApprovalStanding:
    left_s = _left_s(row, now_ms())
    if row.state == "waiting" and not left_s:
        return ApprovalStanding(row.request_id, "expired")
    told = json.loads(row.answer) if row.answer else None
    return ApprovalStanding(row.request_id, row.state, left_s, told)
