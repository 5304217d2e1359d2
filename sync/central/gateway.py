"""The sandbox payment gateway: behaves by the dial or the payer code's last digits, keeps a book.

Every change of money and the answer about it are one transaction. Source: reliability §4.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, Row, insert, select, update

from sync.central import instruments, schema
from sync.central.platform import Platform, compact, utc_text
from sync.wire.fields import malformed
from sync.wire.messages import ChargeRequest, PaymentAnswer
from sync.wire.refusal import Refusal, format_refusal
from terminal.domain.canonical import Json, JsonObject, canonical_bytes
from terminal.domain.errors import BugError

_PAYS_AT_QUERY = 2
_TAKING: Final = frozenset({"paid", "lost", "wrong_amount"})
"""Behaviours that take the money at once."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A call about money that may arrive more than once.

    Args:
        terminal_id: who calls.
        key: ``Idempotency-Key`` of the header.
        target: path of the call, part of the fingerprint.
        body: the parsed body, part of the fingerprint.
        remembers: False only in the tests' negative control.
    """

    terminal_id: str
    key: str
    target: str
    body: Json
    remembers: bool = True

    @property
    def fingerprint(self) -> str:
        """SHA-256 over what was asked, hex.

        Raises:
            Refusal: ``wire.malformed`` (422) for a body without an exact form: a part of a fen,
                half a character, whole numbers beyond 2^53.
        """
        try:
            body = canonical_bytes(self.body)
        except BugError as problem:
            raise malformed("body") from problem
        return hashlib.sha256(self.target.encode() + b"\n" + body).hexdigest()


def once(
    platform: Platform, call: Keyed, effect: Callable[[Connection], PaymentAnswer]
) -> tuple[int, JsonObject]:
    """Do it once, however often it is asked: effect, record and answer commit together.

    Returns:
        HTTP status and body, the first ones ever given for this key.

    Raises:
        Refusal: ``idempotency.mismatch`` (422); refusals of ``effect`` that left nothing behind.
    """
    return platform.database.transaction(lambda connection: _once(connection, call, effect))


def _once(
    connection: Connection, call: Keyed, effect: Callable[[Connection], PaymentAnswer]
) -> tuple[int, JsonObject]:
    columns = schema.idempotency.c
    held = connection.execute(
        select(columns.fingerprint, columns.status, columns.answer).where(
            columns.terminal_id == call.terminal_id, columns.key == call.key
        )
    ).one_or_none()
    if held is not None and call.remembers:
        if held.fingerprint != call.fingerprint:
            raise Refusal(422, "idempotency.mismatch")
        return held.status, json.loads(held.answer)
    try:
        status, answer = 200, effect(connection).format()
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        status, answer = refusal.status, format_refusal(refusal)
    if held is None:
        connection.execute(
            insert(schema.idempotency).values(
                terminal_id=call.terminal_id,
                key=call.key,
                fingerprint=call.fingerprint,
                status=status,
                answer=compact(answer),
            )
        )
    return status, answer


def charge(
    connection: Connection, terminal_id: str, request: ChargeRequest, dialled: str = ""
) -> PaymentAnswer:
    """Take the money, or do what the dial or the payer code's last two digits say.

    Args:
        connection: of the transaction.
        terminal_id: who asks.
        request: what for.
        dialled: behaviour from the fault dial, "" for none.

    Raises:
        Refusal: ``payment.reversed`` (409) after a reversal of this number, ``payment.number_used``
            (409), ``gateway.failing`` (502) without any charge.
    """
    held = _held(connection, request.out_trade_no)
    if held is not None:
        code = "payment.reversed" if held.state == "reversed" else "payment.number_used"
        raise Refusal(409, code)
    behaviour = dialled or _behaviour(request)
    if behaviour == "gateway_failing":
        raise Refusal(502, "gateway.failing", retry=True)
    row = {
        "out_trade_no": request.out_trade_no,
        "terminal_id": terminal_id,
        "amount_fen": request.amount_fen + (behaviour == "wrong_amount"),
        "state": "failed" if behaviour == "refused" else "waiting",
        "behaviour": behaviour,
        "queries": 0,
        "channel_no": f"{request.scheme.upper()}-{request.out_trade_no}",
        "code": "payment.refused" if behaviour == "refused" else "",
        "at": utc_text(),
        "scheme": request.scheme,
        "instrument": request.auth_code if request.scheme in instruments.HELD else "",
    }
    connection.execute(insert(schema.payments).values(**row))
    if behaviour in _TAKING:
        _take(connection, request.out_trade_no)
    answer = _answer(_held(connection, request.out_trade_no))
    return replace(answer, state="unknown") if behaviour == "lost" else answer


def charge_again(
    connection: Connection, terminal_id: str, request: ChargeRequest, dialled: str = ""
) -> PaymentAnswer:
    """A charge by a gateway that forgets what it did: the tests' negative control."""
    if _held(connection, request.out_trade_no) is None:
        return charge(connection, terminal_id, request, dialled)
    _book(connection, request.out_trade_no, request.amount_fen)
    return _answer(_held(connection, request.out_trade_no))


def _behaviour(request: ChargeRequest) -> str:
    """What a charge does that nobody dialled: only payer codes carry a wish in their last digits.

    Our own code is scanned and paid a little later, what the platform keeps itself pays at once.
    """
    if request.scheme == "merchant_code":
        return "pays_later"
    if request.scheme in instruments.HELD or not request.auth_code[-2:].isdecimal():
        return "paid"
    digits = int(request.auth_code[-2:])
    steps = ((80, "paid"), (85, "refused"), (90, "pays_later"), (95, "closes"), (98, "lost"))
    return next((name for bound, name in steps if digits < bound), "gateway_failing")


def query(connection: Connection, terminal_id: str, out_trade_no: str) -> PaymentAnswer:
    """What became of a charge; a waiting customer decides at the second question.

    Raises:
        Refusal: ``payment.not_found`` (404), for another terminal's number too.
    """
    held = _held(connection, out_trade_no)
    if held is None or held.terminal_id != terminal_id:
        raise Refusal(404, "payment.not_found")
    if held.state == "waiting":
        queries = held.queries + 1
        values: dict[str, str | int] = {"queries": queries}
        if queries >= _PAYS_AT_QUERY and held.behaviour == "pays_later":
            _take(connection, out_trade_no)
        elif queries >= _PAYS_AT_QUERY:
            values |= {"state": "failed", "code": "payment.closed", "at": utc_text()}
        _change(connection, out_trade_no, values)
    return _answer(_held(connection, out_trade_no))


def reverse(
    connection: Connection, terminal_id: str, out_trade_no: str, amount_fen: int | None
) -> PaymentAnswer:
    """Give the money back, or make sure that it is never taken.

    Args:
        connection: of the transaction.
        terminal_id: who asks.
        out_trade_no: a number never heard of is remembered as reversed.
        amount_fen: what the terminal believes was charged, echoed for an unknown number;
            None when it does not say.

    Raises:
        Refusal: ``payment.not_found`` (404) for another terminal's number.
    """
    held = _held(connection, out_trade_no)
    if held is None:
        tombstone = {
            "out_trade_no": out_trade_no,
            "terminal_id": terminal_id,
            "amount_fen": amount_fen,
            "state": "reversed",
            "behaviour": "tombstone",
            "queries": 0,
            "channel_no": "",
            "code": "payment.never_charged",
            "at": utc_text(),
        }
        connection.execute(insert(schema.payments).values(**tombstone))
    elif held.terminal_id != terminal_id:
        raise Refusal(404, "payment.not_found")
    elif held.state in ("paid", "waiting"):
        if held.state == "paid":
            _book(connection, out_trade_no, -held.amount_fen)
            instruments.put_back(connection, held.scheme, held.instrument, held.amount_fen)
        _change(connection, out_trade_no, {"state": "reversed", "at": utc_text()})
    return _answer(_held(connection, out_trade_no))


def _take(connection: Connection, out_trade_no: str) -> None:
    """Take the money of a waiting payment, from what the platform keeps where it is paid so."""
    held = _held(connection, out_trade_no)
    if held is None:
        return
    why_not = ""
    if held.scheme in instruments.HELD:
        why_not = instruments.take(connection, held.scheme, held.instrument, held.amount_fen)
    state = "failed" if why_not else "paid"
    _change(connection, out_trade_no, {"state": state, "code": why_not, "at": utc_text()})
    if not why_not:
        _book(connection, out_trade_no, held.amount_fen)


def _held(connection: Connection, out_trade_no: str) -> Row[tuple[object, ...]] | None:
    wanted = select(schema.payments).where(schema.payments.c.out_trade_no == out_trade_no)
    return connection.execute(wanted).one_or_none()


def _change(connection: Connection, out_trade_no: str, values: dict[str, str | int]) -> None:
    table = schema.payments
    connection.execute(update(table).where(table.c.out_trade_no == out_trade_no).values(**values))


def _book(connection: Connection, out_trade_no: str, fen: int) -> None:
    row = {"out_trade_no": out_trade_no, "fen": fen, "at": utc_text()}
    connection.execute(insert(schema.gateway_ledger).values(**row))


def _answer(held: Row[tuple[object, ...]] | None) -> PaymentAnswer:
    row = held._mapping if held is not None else {}
    return PaymentAnswer(
        row["state"],
        row["out_trade_no"],
        row["channel_no"],
        row["code"],
        row["at"],
        row["amount_fen"],
        _shown_code(row["scheme"], row["out_trade_no"], row["amount_fen"]),
    )


def _shown_code(scheme: str, out_trade_no: str, amount_fen: int) -> str:
    """What the customer scans with her own app, when the code is ours (收款码)."""
    return f"POSTPAY:{out_trade_no}:{amount_fen}" if scheme == "merchant_code" else ""
