"""The small display that faces the customer, as the core sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from terminal.domain.money import Money

ConnectionHandler = Callable[[bool], None]


class CustomerDisplay(Protocol):
    """Shows one thing at a time; the newest wins.

    Thread rule: every method returns at once and may be called from any thread; a display in
    trouble never holds up a sale.
    """

    def show_welcome(self) -> None:
        """Nobody is being served."""
        ...

    def show_total(self, total: Money) -> None:
        """What there is to pay."""
        ...

    def show_change(self, received: Money, change: Money) -> None:
        """What was given and what comes back."""
        ...

    def watch(self, on_connection: ConnectionHandler) -> None:
        """Hear on the display's own thread whether it is there: True when it is, False when not."""
        ...

    def close(self) -> None:
        """Give the device back; may be called in any state."""
        ...
