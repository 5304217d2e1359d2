"""Going over to practice and back: what the banner says, and who may begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.training import TrainingView

END_KEY = "Ctrl+Q"
"""Ends practice wherever the clerk is; of no use outside it."""


@view_model
class TrainingPane(Pane):
    """Whether this is practice, for as long as the window stands.

    Args:
        on: the window's core is one for practice.

    Signals:
        switchWanted: this window must close and the other kind must open.
    """

    changed = Signal()
    switchWanted = Signal()

    reads = frozenset({"session"})

    def __init__(self, operations: Operations, words: Words, *, on: bool) -> None:
        super().__init__(operations, words)
        self._on = on
        self._may_begin = False

    def refresh(self) -> None:
        """Ask whether the clerk at the screen may practise."""
        if not self._on:
            self.operations.run(lambda use: use.training.view(), self._show)

    @Property(bool, constant=True)
    def on(self) -> bool:
        """Whether nothing counts here."""
        return self._on

    @Property(bool, notify=changed)
    def mayBegin(self) -> bool:
        """Whether the clerk at the screen may go over to practice."""
        return self._may_begin

    @Property(str, notify=changed)
    def banner(self) -> str:
        """What stands over every screen of practice, in both languages."""
        # Not before the first frame of business.
        from terminal.domain.training import SECRET

        return self.words.text("training.banner", secret=SECRET)

    @Slot()
    def begin(self) -> None:
        """Go over to practice."""
        if not self._on:
            self.operations.run(
                lambda use: use.training.begin(),
                lambda _view: self.switchWanted.emit(),
                once="training",
            )

    @Slot()
    def end(self) -> None:
        """Come back; what was practised is thrown away."""
        if self._on:
            self.switchWanted.emit()

    def _show(self, view: TrainingView) -> None:
        self._may_begin = view.may_begin
        self.changed.emit()
