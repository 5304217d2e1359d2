"""The sandbox gateway gives part of a payment back, once for each refund number.

The last two figures of the amount choose what it does: 99 refuses, 98 answers when asked again.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from sync.central import instruments, schema
from sync.central.platform import utc_text
from sync.wire.messages import RefundAnswer, RefundRequest
from sync.wire.refusal import Refusal

REFUSES, HESITATES = 99, 98


def refund(
    connection: Connection, terminal_id: str, out_trade_no: str, request: RefundRequest
) -> RefundAnswer:
    """Give an amount back; the same number again is the same refund.

    Raises:
        Refusal: ``refund.unknown_payment`` (404), ``refund.not_paid``, ``refund.exceeds_paid``,
            ``refund.number_used``, ``refund.channel_refused`` (409).
    """
    paid = _payment(connection, terminal_id, out_trade_no)
    refunds = schema.refunds
    held = connection.execute(
        select(refunds).where(refunds.c.refund_no == request.refund_no)
    ).one_or_none()
    if held is not None:
        if (held.out_trade_no, held.amount_fen) != (out_trade_no, request.amount_fen):
            raise Refusal(409, "refund.number_used")
        return _settled(connection, request, held.state)
    _refuse_too_much(connection, paid, request.amount_fen)
    hesitates = request.amount_fen % 100 == HESITATES
    state: Literal["processing", "refunded"] = "processing" if hesitates else "refunded"
    connection.execute(
        insert(refunds).values(
            refund_no=request.refund_no,
            out_trade_no=out_trade_no,
            terminal_id=terminal_id,
            amount_fen=request.amount_fen,
            state=state,
            at=utc_text(),
        )
    )
    if state == "refunded":
        _book(connection, out_trade_no, request.amount_fen)
        instruments.put_back(connection, paid.scheme, paid.instrument, request.amount_fen)
    return RefundAnswer(state, request.refund_no, request.amount_fen)


def _payment(connection: Connection, terminal_id: str, out_trade_no: str) -> Row[Any]:
    """The payment, kept from others until this one is done; another outlet's is unknown."""
    payments = schema.payments
    paid = connection.execute(
        select(payments).where(payments.c.out_trade_no == out_trade_no).with_for_update()
    ).one_or_none()
    if paid is None or not _same_outlet(connection, paid.terminal_id, terminal_id):
        raise Refusal(404, "refund.unknown_payment")
    return paid


def _refuse_too_much(connection: Connection, paid: Row[Any], amount_fen: int) -> None:
    """A new refund: of a payment that was paid, no more than is left, and as the channel likes."""
    if paid.state != "paid":
        raise Refusal(409, "refund.not_paid")
    refunds = schema.refunds
    before = connection.scalar(
        select(func.coalesce(func.sum(refunds.c.amount_fen), 0)).where(
            refunds.c.out_trade_no == paid.out_trade_no
        )
    )
    if int(before or 0) + amount_fen > paid.amount_fen:
        raise Refusal(409, "refund.exceeds_paid")
    if amount_fen % 100 == REFUSES:
        raise Refusal(409, "refund.channel_refused")


def _settled(connection: Connection, request: RefundRequest, state: str) -> RefundAnswer:
    refunds = schema.refunds
    if state == "processing":
        mine = refunds.c.refund_no == request.refund_no
        out_trade_no = connection.scalar(select(refunds.c.out_trade_no).where(mine))
        connection.execute(update(refunds).where(mine).values(state="refunded", at=utc_text()))
        _book(connection, str(out_trade_no), request.amount_fen)
    return RefundAnswer("refunded", request.refund_no, request.amount_fen)


def _same_outlet(connection: Connection, one: str, other: str) -> bool:
    terminals = schema.terminals.c
    wanted = select(terminals.outlet).where(terminals.terminal_id.in_((one, other))).distinct()
    return one == other or len(connection.execute(wanted).all()) == 1


def _book(connection: Connection, out_trade_no: str, fen: int) -> None:
    row = {"out_trade_no": out_trade_no, "fen": -fen, "at": utc_text()}
    connection.execute(insert(schema.gateway_ledger).values(**row))
