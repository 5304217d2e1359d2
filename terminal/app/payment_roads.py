"""Which way a call about money goes: to the card terminal, or to the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terminal.ports.card_terminal import CARD, CardTerminal
from terminal.ports.sync_state import PlatformCalls


class PaymentRoads:
    """Implements ``terminal.ports.sync_state.PlatformCalls`` over both.

    Args:
        platform: the road to the platform.
        card: the card terminal, None where none is attached.
    """

    def __init__(self, platform: PlatformCalls, card: CardTerminal | None) -> None:
        self._platform = platform
        self._card = card

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask whoever the scheme belongs to.

        A card payment left open by a counter that had its card terminal stays unknown until one is
        attached again: nobody else knows what became of it.
        """
        if params.get("scheme") != CARD:
            return self._platform.call(name, params)
        if self._card is None:
            return {"outcome": "unknown", "result": {}, "code": "card.unreachable"}
        return self._card.call(name, params)
