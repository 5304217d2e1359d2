"""Payments by bank card: amount out; verdict, token and masked number in; nothing else is read.

What the terminal says is checked before it leaves this file: a field that looks like a whole card
number is dropped, whatever it is called. A result that is unknown is asked for again by the number
of the payment (last result), never by charging again. A refund has a number of its own besides:
asked for again, it is the same refund.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any, Final, Protocol

from terminal.domain.errors import EnvironmentFault

_OPERATIONS: Final = {
    "payment.charge": "sale",
    "payment.query": "last",
    "payment.reverse": "void",
    "payment.refund": "refund",
}
_STATES: Final = {
    "approved": "paid",
    "declined": "failed",
    "voided": "reversed",
    "never_seen": "not_found",
}
_REFUND_STATES: Final = {"refunded": "refunded", "refused": "refused"}
_CARD_NUMBER: Final = re.compile(r"\d{12,}")
_TOKEN: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SHOWN: Final = 4


class Ask(Protocol):
    """What carries one question, see ``devices.card_terminal.ecr_terminal``."""

    def ask(self, message: bytes) -> bytes:
        """Send a message and wait for the answer."""
        ...


class CardDesk:
    """Implements ``terminal.ports.card_terminal.CardTerminal``.

    Args:
        terminal: the driver of the line.
    """

    def __init__(self, terminal: Ask) -> None:
        self._terminal = terminal
        self._one_at_a_time = threading.Lock()

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """See the port."""
        asked = {
            "op": _OPERATIONS[name],
            "reference": str(params["out_trade_no"]),
            "amount_fen": int(params["amount_fen"]),
        }
        if name == "payment.refund":
            # Its own number: the same one again is the same refund.
            asked["refund"] = str(params["refund_no"])
        try:
            with self._one_at_a_time:
                said = self._terminal.ask(json.dumps(asked).encode())
        except EnvironmentFault as fault:
            # Before the first byte of the question left nothing can have been charged by it.
            refused = name == "payment.charge" and fault.code != "card.result_unknown"
            return _verdict("refused" if refused else "unknown", fault.code, {})
        return _judged_refund(said, asked) if "refund" in asked else _judged(said, asked)


def _judged_refund(said: bytes, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an answer to a refund proves: it has to name this very refund, and its amount."""
    try:
        answer = json.loads(said)
        state = _REFUND_STATES[answer["result"]]
        named = (answer["reference"], answer["refund"], answer["amount_fen"])
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        return _verdict("unknown", "card.answer_garbled", {})
    if named != (asked["reference"], asked["refund"], asked["amount_fen"]):
        return _verdict("unknown", "card.other_payment", {})
    if state == "refused":
        return _verdict("refused", "refund.refused", {})
    result = {"state": state, "refund_no": asked["refund"], "amount_fen": asked["amount_fen"]}
    return _verdict("ok", "", result)


def _judged(said: bytes, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an answer proves; anything odd about it is an unknown result."""
    try:
        answer = json.loads(said)
        state = _STATES[answer["result"]]
        amount = answer.get("amount_fen")
        same = answer["reference"] == asked["reference"]
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        return _verdict("unknown", "card.answer_garbled", {})
    if not same:
        return _verdict("unknown", "card.other_payment", {})
    if state == "not_found":
        return _verdict("unknown", "payment.not_found", {"state": state})
    if state == "paid" and amount != asked["amount_fen"]:
        return _verdict("unknown", "payment.amount_mismatch", {})
    result = {
        "state": state,
        "amount_fen": asked["amount_fen"] if state == "paid" else None,
        "channel_no": _plain(answer.get("trace")),
        "reference": _masked(answer.get("masked")),
        "token": _plain(answer.get("token")),
    }
    code = "payment.refused" if state == "failed" else ""
    return _verdict("ok", code, result)


def _plain(value: object) -> str:
    """A token or number of the bank, "" for anything that could be a card number."""
    text = str(value or "")
    return text if _TOKEN.fullmatch(text) and not _CARD_NUMBER.search(text) else ""


def _masked(value: object) -> str:
    """The last four of a card, whatever the terminal shows beside them."""
    digits = re.sub(r"\D", "", str(value or ""))
    return f"…{digits[-_SHOWN:]}" if len(digits) >= _SHOWN else ""


def _verdict(outcome: str, code: str, result: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"outcome": outcome, "code": code, "result": dict(result)}
