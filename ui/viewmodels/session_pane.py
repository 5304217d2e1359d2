"""Who works where on which business day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.session import SessionView


@view_model
class SessionPane(Pane):
    """The session as the top bar, the lock and the sign-on screen show it."""

    changed = Signal()

    reads = frozenset({"session", "parked", "sync", "orders", "cash_up"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: SessionView | None = None

    @property
    def view(self) -> SessionView | None:
        """The session as it was read last, None before the first reading."""
        return self._view

    def refresh(self) -> None:
        """Read the session."""
        self.operations.run(lambda use: use.session.view(), self.show)

    def show(self, view: SessionView) -> None:
        """Show a session that an operation returned."""
        self._view = view
        self.changed.emit()

    @Property(str, notify=changed)
    def outletName(self) -> str:
        """The outlet's name in the chosen language."""
        return (
            self.words.named(self._view.outlet_name_zh, self._view.outlet_name_en)
            if self._view
            else ""
        )

    @Property(str, notify=changed)
    def place(self) -> str:
        """``3 号台``: the terminal as people call it."""
        if self._view is None or not self._view.enrolled:
            return ""
        return self.words.text("top.terminal", number=self._view.terminal_no)

    @Property(str, notify=changed)
    def businessDate(self) -> str:
        """The business date, "" while the outlet is closed."""
        if self._view is None or not self._view.outlet_open:
            return ""
        return self.words.text("top.business_date", date=self._view.business_date)

    @Property(str, notify=changed)
    def clerk(self) -> str:
        """Name and number of the clerk at work."""
        if self._view is None or not self._view.clerk_no:
            return ""
        return f"{self._view.clerk_name} {self._view.clerk_no}".strip()

    @Property(bool, notify=changed)
    def cashUpDue(self) -> bool:
        """Whether cash moved in the till since it was cashed up."""
        return bool(self._view and self._view.cash_up_due)

    @Property(int, notify=changed)
    def suspendedCount(self) -> int:
        """Number of suspended baskets."""
        return self._view.suspended_count if self._view else 0

    @Property(int, notify=changed)
    def waitingEntries(self) -> int:
        """Number of entries the platform has not confirmed."""
        return self._view.waiting_entries if self._view else 0
