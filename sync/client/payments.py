"""Payments through the platform: charge, query, reverse, and what a number is worth.

Nothing here repeats a call: the core journals an intent, calls once, and decides from the outcome.
The payer's code passes through memory only and is never logged.

Source: reliability reference §4 "Payments in doubt".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sync.client.breaker import Breaker
from sync.client.http import Outcome, PlatformLine, Reply
from sync.client.pace import Pace
from sync.wire.fields import Message
from sync.wire.messages import (
    BalanceAnswer,
    BalanceRequest,
    ChargeRequest,
    PaymentAnswer,
    RefundAnswer,
    RefundRequest,
    ReversalRequest,
)
from sync.wire.refusal import STRANGER, Refusal
from terminal.domain.canonical import JsonObject

_SETTLED = frozenset({"paid", "failed", "reversed"})
# These refusals do not say what an earlier request with the same number did.
_CALLS = tuple(f"payment.{name}" for name in ("charge", "query", "reverse", "balance", "refund"))
_NOT_DEFINITE = frozenset({"idempotency.mismatch", "payment.number_used"})


class Payments:
    """The lane for money.

    Thread rule: any thread; one call blocks its caller only.

    Args:
        line: the line to the platform.
        pace: how long to wait; None for the product's own.
    """

    def __init__(self, line: PlatformLine, pace: Pace | None = None) -> None:
        self._line = line
        self._pace = pace or Pace()
        # One for each operation: a failing charge does not stop the query of another.
        self._breakers = {
            name: Breaker(rest_s=self._pace.rest_s)
            for name in (
                "payment.charge",
                "payment.query",
                "payment.reverse",
                "payment.balance",
                "payment.refund",
            )
        }

    def call(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Make one call about money.

        Args:
            name: ``payment.charge``, ``payment.query``, ``payment.reverse``, ``payment.refund``
                or ``payment.balance``.
            params: ``out_trade_no`` and ``amount_fen``; a charge adds ``auth_code``, ``scheme``,
                ``basket_hash`` and ``idempotency_key``, a reversal ``idempotency_key``. A balance
                is asked with ``scheme`` and ``number`` alone.

        Returns:
            ``outcome`` (``ok``: the result names a settled state; ``refused``: certainly nothing
            was done by this call;
            ``unknown``: ask again), ``result`` (the platform's answer, may be empty) and ``code``.

        Raises:
            KeyError: a parameter is missing.
        """
        breaker = self._breakers[name]
        if not breaker.allow():
            return _outcome("refused", "platform.resting", {})
        reply = self._send(name, params)
        # A refusal is an answer; only silence and failure wear the breaker out.
        if reply.outcome == "unknown" or not reply.sent:
            breaker.failed()
        else:
            breaker.succeeded()
        if name == "payment.refund":
            return judge_refund(reply)
        return judge_worth(reply) if name == "payment.balance" else judge(reply, params)

    def _send(self, name: str, params: Mapping[str, Any]) -> Reply:
        if name == "payment.balance":
            worth = BalanceRequest(params["scheme"], str(params["number"]))
            return self._line.post(
                "/v1/balances", worth.format(), read_timeout_s=self._pace.query_s
            )
        number = str(params["out_trade_no"])
        if name == "payment.refund":
            part = RefundRequest(str(params["refund_no"]), int(params["amount_fen"]))
            return self._line.post(
                f"/v1/payments/{quote(number, safe='')}/refunds",
                part.format(),
                read_timeout_s=self._pace.charge_s,
            )
        path = f"/v1/payments/{quote(number, safe='')}"
        if name == "payment.query":
            return self._line.get(path, read_timeout_s=self._pace.query_s)
        message: Message = ReversalRequest(int(params["amount_fen"]))
        if name == "payment.reverse":
            path += "/reverse"
        else:
            path = "/v1/payments"
            message = ChargeRequest(
                number,
                int(params["amount_fen"]),
                str(params["auth_code"]),
                params["scheme"],
                str(params["basket_hash"]),
            )
        return self._line.post(
            path,
            message.format(),
            idempotency_key=str(params["idempotency_key"]),
            read_timeout_s=self._pace.charge_s,
        )


def judge_refund(reply: Reply) -> dict[str, Any]:
    """What an answer about a refund says; `terminal.domain.refund_payment` says what it proves."""
    if reply.outcome != "ok":
        return _outcome(reply.outcome, reply.code, {})
    try:
        answer = RefundAnswer.parse(reply.body)
    except Refusal:
        return _outcome("unknown", STRANGER, {})
    return _outcome("ok" if answer.state == "refunded" else "unknown", "", answer.format())


def judge(reply: Reply, params: Mapping[str, Any]) -> dict[str, Any]:
    """Decide what an answer about money proves.

    Args:
        reply: how the call ended.
        params: what was asked: ``out_trade_no`` and ``amount_fen``.

    Returns:
        ``outcome``, ``result`` and ``code``, see `Payments.call`. Money counts as taken only when
        the answer names exactly the amount that was asked for; an absent amount is an unknown one.
    """
    if reply.code == "payment.not_found":
        # A charge may still be on its way: only a reversal, which leaves a tombstone, makes "not
        # found" final.
        return _outcome("unknown", reply.code, {"state": "not_found"})
    if reply.outcome == "refused" and reply.code in _NOT_DEFINITE:
        return _outcome("unknown", reply.code, {})
    if reply.outcome != "ok":
        return _outcome(reply.outcome, reply.code, {})
    try:
        answer = PaymentAnswer.parse(reply.body)
    except Refusal:
        return _outcome("unknown", STRANGER, {})
    if answer.out_trade_no != params["out_trade_no"]:
        return _outcome("unknown", "payment.other_number", {})
    if answer.state == "reversed" and answer.amount_fen != params["amount_fen"]:
        # Whatever was taken is given back: another amount, or none known, changes nothing.
        answer = replace(answer, amount_fen=None)
    elif answer.amount_fen != params["amount_fen"]:
        return _outcome("unknown", "payment.amount_mismatch", answer.format())
    if answer.state in _SETTLED:
        return _outcome("ok", answer.code, answer.format())
    return _outcome("unknown", answer.code or f"payment.{answer.state}", answer.format())


def judge_worth(reply: Reply) -> dict[str, Any]:
    """What an answer about the worth of a number says; anything but a clear answer is unknown."""
    if reply.code == "wire.malformed":
        # No number that the platform keeps is written like this.
        return _outcome("ok", "", {"state": "unknown", "available_fen": 0})
    if reply.outcome != "ok":
        return _outcome("unknown", reply.code, {})
    try:
        answer = BalanceAnswer.parse(reply.body)
    except Refusal:
        return _outcome("unknown", STRANGER, {})
    return _outcome("ok", "", answer.format())


def _outcome(outcome: Outcome, code: str, result: JsonObject) -> dict[str, Any]:
    return {"outcome": outcome, "code": code, "result": result}
