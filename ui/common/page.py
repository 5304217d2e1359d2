"""What a page of the counter may do beside showing: keys of its own, a step back, scanned codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ui.common.pane import Pane
from ui.qt import Signal


class Page(Pane):
    """A pane that fills the work area. Every method has an answer that fits a plain page.

    Signals:
        told(str, dict, str): a notice: its words' key, their parameters, its tone (``ok``,
            ``info``, ``wait``, ``danger``).
        wanted(str): an action of the counter, for example ``open_queue``.
        moved: ``place`` has changed.
    """

    told = Signal(str, object, str)
    wanted = Signal(str)
    moved = Signal()

    def turn(self, *, in_view: bool) -> None:
        """The page was opened or left; nothing needs to be read while nobody sees it."""

    def place(self) -> str:
        """Where on the page the clerk is, as the key table names it; "" for the page itself."""
        return ""

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What the page's own keys do, by action."""
        return {}

    def lacks(self) -> frozenset[str]:
        """What its keys need and is not there now; see ``KeyBinding.needs``."""
        return frozenset()

    def back(self) -> bool:
        """Esc: one step back inside the page.

        Returns:
            Whether there was one; without one the counter goes back to selling.
        """
        return False

    def scanned(self, _text: str) -> bool:
        """A scanner read something while the page is open.

        Returns:
            Whether the page took it; else the counter sells it.
        """
        return False
