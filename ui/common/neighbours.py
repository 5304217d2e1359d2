"""What one pane may know of another: a few names, never its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from terminal.app.basket_view import BasketView, LineView
    from terminal.app.session import SessionView


class BasketOnCounter(Protocol):
    """The basket as the dialogs over it use it."""

    @property
    def memberLevel(self) -> str:
        """The level whose prices are charged."""
        ...

    def chosen(self) -> LineView | None:
        """The line the dialog is about."""
        ...

    def set_quantity(self, quantity: int) -> None:
        """Set pieces or grams of that line."""
        ...

    def set_level(self, level: str) -> None:
        """Charge another level."""
        ...

    def show(self, view: BasketView) -> None:
        """Show a basket that an operation returned."""
        ...


class GoodsCounter(Protocol):
    """Where goods are put into the basket."""

    def add(self, sku: str, quantity: int) -> None:
        """Add pieces or grams."""
        ...


class SessionState(Protocol):
    """The session as the sign-on card uses it."""

    @property
    def view(self) -> SessionView | None:
        """The session as it was read last."""
        ...

    def show(self, view: SessionView) -> None:
        """Show a session that an operation returned."""
        ...
