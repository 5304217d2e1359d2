"""The card terminal beside the counter: it talks to the bank, we never see a card.

Amount out; a verdict, a token and a masked number in. Nothing else of a card may pass here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

CARD = "card"
"""The scheme of payments that go to the card terminal."""


class CardTerminal(Protocol):
    """Answers as ``terminal.ports.sync_state.PlatformCalls`` does, so that one rule fits both.

    Thread rule: blocks for as long as the customer takes; one caller at a time.
    """

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Charge, ask for the last result, void, or give a part back.

        Args:
            name: ``payment.charge``, ``payment.query``, ``payment.reverse`` or ``payment.refund``.
            params: ``out_trade_no`` and ``amount_fen``; for a refund ``refund_no`` too: the same
                number again is the same refund.

        Returns:
            ``outcome``, ``result`` and ``code``; ``unknown`` whenever money may have moved.
        """
        ...
