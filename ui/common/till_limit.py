"""Says when the till at the counter holds more cash than it may, whatever page is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.common.figures import yuan
from ui.common.pane import Pane
from ui.qt import Signal

if TYPE_CHECKING:
    from terminal.app.tills import LimitView


class TillLimit(Pane):
    """Looks after every sale.

    Signals:
        told(str, dict, str): as ``Page.told``.
    """

    changed = Signal()
    told = Signal(str, object, str)
    reads = frozenset({"orders"})

    def refresh(self) -> None:
        """Calmly, after the sale: the customer is not kept waiting for it."""
        self.operations.run(lambda use: use.tills.over_limit(), self._warn)

    def _warn(self, over: LimitView | None) -> None:
        if over is not None:
            names = {"till": over.till_id, "limit": yuan(over.limit_text)}
            self.told.emit("notice.till.over_limit", names, "wait")
