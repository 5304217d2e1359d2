"""Money on its way back through a channel: asked under one number until there is a clear answer.

A refund is asked for with a number of its own, minted before the first byte; asking again with the
same number is the same refund, so an unclear answer is asked again, for ever if need be. Only the
platform's word *about this refund* ends it. What is unclear is never paid in cash.
Source: reliability.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

State = Literal["armed", "unknown", "refunded", "refused", "replaced", "taken_back"]

ASK_AGAIN_S: Final[tuple[int, ...]] = (3, 5, 10, 30)
"""Seconds before each further question; then once a minute."""
REST_S: Final = 60


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """One amount a channel has to give back.

    Args:
        number: 32 lower-case hex digits, minted before sending, never reused.
        refund_no: which refund it belongs to.
        out_trade_no: the charge it is taken from.
        scheme: ``wechat``, ``alipay`` …
        amount_fen: what goes back.
        state: ``armed`` may or may not have been sent; ``replaced``: refused, and given back
            another way; ``taken_back``: refused, and the refund with it.
        code: dotted code of the last answer.
    """

    number: str
    refund_no: str
    order_no: str
    out_trade_no: str
    scheme: str
    amount_fen: int
    state: State = "armed"
    code: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody can say yet what became of it."""
        return self.state in ("armed", "unknown")


def after_answer(payment: RefundPayment, reply: Mapping[str, Any]) -> RefundPayment:
    """The payment after the platform's answer.

    Args:
        payment: as it stands.
        reply: ``outcome``, ``code`` and ``result`` of the call. Only an answer that names this
            refund's number and amount, and a refusal whose code begins with ``refund.``, are about
            this refund; anything else leaves it unknown.
    """
    outcome, code = str(reply.get("outcome")), str(reply.get("code") or "")
    result: Mapping[str, Any] = reply.get("result") or {}
    named = (result.get("refund_no"), result.get("amount_fen"))
    if outcome == "ok" and result.get("state") == "refunded":
        if named == (payment.number, payment.amount_fen):
            return replace(payment, state="refunded", code="")
        return replace(payment, state="unknown", code="refund.other_answer")
    if outcome == "refused" and code.startswith("refund."):
        return replace(payment, state="refused", code=code)
    return replace(payment, state="unknown", code=code or "payment.unknown")


def wait_s(asked: int) -> int:
    """Seconds to wait before asking once more.

    Args:
        asked: how often it was asked in this run, from 1.
    """
    return ASK_AGAIN_S[asked - 1] if asked <= len(ASK_AGAIN_S) else REST_S
