"""Giving back what another counter sold: look at the sale, claim what goes back.

Source: docs/adr/0022-refunds-across-counters.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sync.client.breaker import Breaker
from sync.client.http import PlatformLine, Reply
from sync.client.pace import Pace
from sync.wire.fields import Message
from sync.wire.refunds import ClaimAnswer, ClaimRequest, SaleAnswer
from sync.wire.refusal import STRANGER, Refusal

_ANSWERS: dict[str, type[Message]] = {"refund.sale": SaleAnswer, "refund.claim": ClaimAnswer}


class Refunds:
    """Thread rule: any thread; one call blocks its caller only.

    Args:
        line: the line to the platform.
        pace: how long to wait; None for the product's own.
    """

    def __init__(self, line: PlatformLine, pace: Pace | None = None) -> None:
        self._line = line
        self._pace = pace or Pace()
        self._breakers = {name: Breaker(rest_s=self._pace.rest_s) for name in _ANSWERS}

    def call(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Make one call about a refund.

        Args:
            name: ``refund.sale`` or ``refund.claim``.
            params: of a sale ``order_no``, or ``terminal_id`` and ``seq``; of a claim see
                ``sync.wire.refunds.ClaimRequest``.

        Returns:
            ``outcome``, ``result`` and ``code``, see ``Payments.call``; ``params`` of a refusal.

        Raises:
            KeyError: an unknown name or a missing parameter; nothing was sent.
        """
        breaker = self._breakers[name]
        if not breaker.allow():
            return {"outcome": "refused", "code": "platform.resting", "result": {}}
        reply = self._send(name, params)
        if reply.outcome == "unknown" or not reply.sent:
            breaker.failed()
        else:
            breaker.succeeded()
        return _judged(reply, _ANSWERS[name])

    def _send(self, name: str, params: Mapping[str, Any]) -> Reply:
        if name == "refund.claim":
            claim = ClaimRequest.parse(dict(params))
            return self._line.post("/v1/refunds", claim.format(), read_timeout_s=self._pace.query_s)
        if "order_no" in params:
            path = quote(str(params["order_no"]), safe="")
        else:
            path = f"{quote(str(params['terminal_id']), safe='')}/{int(params['seq'])}"
        return self._line.get(f"/v1/sales/{path}", read_timeout_s=self._pace.query_s)


def _judged(reply: Reply, answer: type[Message]) -> dict[str, Any]:
    told = {"outcome": reply.outcome, "code": reply.code, "result": {}}
    if reply.outcome != "ok":
        return {**told, "params": dict(reply.params)}
    try:
        return {**told, "result": answer.parse(reply.body).format()}
    except Refusal:
        return {**told, "outcome": "unknown", "code": STRANGER}
