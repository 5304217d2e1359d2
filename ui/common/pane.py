"""What every pane shares: when to read again and when to ask for its words again."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QObject

from ui.common.operation import Operations
from ui.common.words import Words
from ui.qt import Signal


class Pane(QObject):
    """A view-model that reads from the core and reads again when something it shows has changed.

    Args:
        operations: the bridge to the core.
        words: the texts.

    Signals:
        changed: every subclass declares its own; Qt does not find an inherited one as a notifier.
    """

    changed: ClassVar[Signal]
    reads: frozenset[str] = frozenset()
    """Change flags after which ``refresh`` is due."""

    def __init__(self, operations: Operations, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent or operations)
        self.operations = operations
        self.words = words
        operations.changed.connect(self._on_changes)
        words.changed.connect(self.reworded)

    def refresh(self) -> None:
        """Read from the core again."""

    def reworded(self) -> None:
        """Another language was chosen: show the texts again."""
        self.changed.emit()

    def _on_changes(self, flags: frozenset[str]) -> None:
        if flags & self.reads:
            self.refresh()
