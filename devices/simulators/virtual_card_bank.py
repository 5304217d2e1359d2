"""The bank behind a card terminal without hardware: keeps a book, may be told to misbehave.

The book is the independent oracle of the tests: what a card was really charged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

Behaviour = Literal["approves", "declines", "loses_answer", "wrong_amount", "garbles", "shows_card"]
CARD: Final = "6222021001116245702"
"""An invented number, as a careless terminal would show it."""


class VirtualCardBank:
    """Answers the messages of a terminal.

    Attributes:
        behaviour: what it does with the next sale or refund.
        book: net fen by payment number.
        charges: how often a card was charged.
    """

    def __init__(self, behaviour: Behaviour = "approves") -> None:
        self.behaviour: Behaviour = behaviour
        self.book: dict[str, int] = {}
        self.charges = 0
        self._states: dict[str, tuple[str, int]] = {}
        self._refunds: dict[str, str] = {}

    def answer(self, message: bytes) -> bytes | None:
        """What the terminal says to a message; None for silence."""
        asked = json.loads(message)
        number, fen = str(asked["reference"]), int(asked["amount_fen"])
        if asked["op"] == "sale":
            return self._sale(number, fen)
        if asked["op"] == "void":
            self._void(number, fen)
        if asked["op"] == "refund":
            return self._refund(number, str(asked["refund"]), fen)
        return self._say(number)

    def _refund(self, number: str, refund: str, fen: int) -> bytes | None:
        if refund not in self._refunds:
            refused = self.behaviour == "declines" or fen > self.book.get(number, 0)
            self._refunds[refund] = "refused" if refused else "refunded"
            if not refused:
                self.book[number] -= fen
        if self.behaviour == "loses_answer":
            return None
        if self.behaviour == "garbles":
            return b'{"result":"refu'
        told = fen + (1 if self.behaviour == "wrong_amount" else 0)
        state, about = self._refunds[refund], {"reference": number, "refund": refund}
        return json.dumps({"result": state, **about, "amount_fen": told}).encode()

    def _sale(self, number: str, fen: int) -> bytes | None:
        if number not in self._states:
            declined = self.behaviour == "declines"
            self._states[number] = ("declined" if declined else "approved", fen)
            if not declined:
                self.book[number], self.charges = fen, self.charges + 1
        if self.behaviour == "loses_answer":
            return None
        if self.behaviour == "garbles":
            return b'{"result":"appro'
        return self._say(number)

    def _void(self, number: str, fen: int) -> None:
        # A number never heard of is voided for ever: a sale that comes late is refused.
        _, charged = self._states.get(number, ("", fen))
        if self.book.get(number):
            self.book[number] = 0
        self._states[number] = ("voided", charged)

    def _say(self, number: str) -> bytes:
        state, fen = self._states.get(number, ("never_seen", 0))
        said: Mapping[str, Any] = {
            "result": state,
            "reference": number,
            "amount_fen": fen + (1 if self.behaviour == "wrong_amount" else 0),
            "masked": f"{CARD[:6]}******{CARD[-4:]}",
            "token": f"tok_{number[:12]}x",
            "trace": f"T{len(self._states)}",
        }
        if self.behaviour == "shows_card":
            said = {**said, "pan": CARD, "masked": CARD, "token": CARD, "trace": CARD}
        return json.dumps(said).encode()
