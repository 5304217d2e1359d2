"""The one bridge between the screen and the core.

A slot of a view-model hands a piece of work over; it runs on the core's store thread; its result
comes back to the UI
thread through one queued signal; the change set inside the result is broadcast so that every
view-model decides for itself what to read again. The UI thread never waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from terminal.domain.errors import OutletError
from ui.qt import Signal, Slot

if TYPE_CHECKING:
    from terminal.app.desk import Desk, DeskEvent
    from terminal.app.usecases import UseCases

ResultT = TypeVar("ResultT")
_log = logging.getLogger(__name__)
_FLAGS_OF = {
    "sync": frozenset({"sync"}),
    "catalogue": frozenset({"catalogue"}),
    "device": frozenset({"devices"}),
    "print": frozenset({"print"}),
    "sold": frozenset({"orders", "basket", "sync", "print"}),
    "payment": frozenset({"payment", "basket"}),
    "refund": frozenset({"refund"}),
    "approvals": frozenset({"approvals"}),
}
"""What an event of the core means to the view-models."""

_BACKGROUND = frozenset({"sync", "catalogue"})
"""Events nobody waits for."""

GATHER_MS = 250
"""How long background events are gathered before what they touch is read again, milliseconds: an
agent that uploads a long queue reports many times a second, and a scan must not wait for that."""

PATIENCE_MS = 25
"""How often it is looked whether what the background waits for is over, milliseconds."""


def _never() -> bool:
    return False


class Operations(QObject):
    """Runs use cases for the view-models and brings results and events home.

    Signals:
        changed(frozenset[str]): flags of a finished operation or event; UI thread.
        happened(str, dict): an event of the core, kind and data; UI thread.
        refused(OutletError): an operation failed and its caller did not want to know itself; UI
        thread.
    """

    changed = Signal(object)
    happened = Signal(str, object)
    refused = Signal(object)
    _crossing = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk: Desk | None = None
        self._ready = False
        self._under_way: set[str] = set()
        self._gathered: frozenset[str] = frozenset()
        self._busy: Callable[[], bool] = _never
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.timeout.connect(self._tell_gathered)
        self._crossing.connect(self._land)

    @property
    def desk(self) -> Desk | None:
        """The core, once it is attached."""
        return self._desk

    def attach(self, desk: Desk) -> None:
        """Start listening to the core; UI thread, once."""
        self._desk = desk
        desk.on_event(self._on_event)

    def wait_while(self, busy: Callable[[], bool]) -> None:
        """Let the background say nothing while something is under way that a person waits for.

        Args:
            busy: tells whether it is; it must become False by itself.
        """
        self._busy = busy

    def detach(self) -> None:
        """Forget the core: whatever still arrives is dropped."""
        self._desk = None

    def run(
        self,
        work: Callable[[UseCases], ResultT],
        done: Callable[[ResultT], None] | None = None,
        failed: Callable[[OutletError], None] | None = None,
        once: str = "",
    ) -> bool:
        """Run one use case on the store thread.

        Args:
            work: gets the use cases, returns a frozen value; runs on the store thread.
            done: gets the value; runs on the UI thread before the change set is broadcast.
            failed: gets the error; without it the error goes to ``refused``.
            once: name under which only one operation may be under way, "" for any number.

        Returns:
            Whether the work was handed over: False until the core is ready and while ``once`` is
            under way.
        """
        return self._ready and self.call(
            lambda desk, ok, no: desk.submit(work, ok, no), done, failed, once
        )

    def call(
        self,
        start: Callable[[Desk, Callable[[Any], None], Callable[[OutletError], None]], None],
        done: Callable[[ResultT], None] | None = None,
        failed: Callable[[OutletError], None] | None = None,
        once: str = "",
    ) -> bool:
        """Like ``run`` for calls of the desk that bring their own thread (enrolment, payment)."""
        if self._desk is None or (once and once in self._under_way):
            return False
        if once:
            self._under_way.add(once)

        def arrived(value: Any) -> None:
            self._under_way.discard(once)
            if done is not None:
                done(value)
            self.broadcast(
                value if isinstance(value, frozenset) else getattr(value, "changes", frozenset())
            )

        def refused(error: OutletError) -> None:
            self._under_way.discard(once)
            _log.info("refused: %s", error)
            (failed or self.refused.emit)(error)

        start(
            self._desk,
            lambda value: self._cross(lambda: arrived(value)),
            lambda error: self._cross(lambda: refused(error)),
        )
        return True

    def is_under_way(self, name: str) -> bool:
        """Whether the operation called ``name`` is still running."""
        return name in self._under_way

    def broadcast(self, flags: frozenset[str]) -> None:
        """Tell every view-model what changed."""
        if flags:
            self.changed.emit(flags)

    def _cross(self, work: Callable[[], None]) -> None:
        if self._desk is None:
            return
        self._crossing.emit(work)

    def _on_event(self, event: DeskEvent) -> None:
        if self._desk is None:
            # The window is closing: its objects may be gone before the last thread has spoken.
            return
        kind, data = event.kind, event.data
        self._cross(lambda: self._deliver(kind, data))

    def _deliver(self, kind: str, data: Mapping[str, object]) -> None:
        self._ready = self._ready or kind == "ready"
        self.happened.emit(kind, dict(data))
        flags = _FLAGS_OF.get(kind, frozenset())
        if kind == "catalogue" and data.get("flags") != ["catalogue"]:
            flags |= {"settings"}
        if kind not in _BACKGROUND:
            self.broadcast(flags)
            return
        self._gathered |= flags
        if not self._gathering.isActive():
            self._tell_gathered()

    def _tell_gathered(self) -> None:
        """Tell the first event at once, those that follow closely together; scans go first."""
        if self._busy():
            self._gathering.start(PATIENCE_MS)
            return
        flags, self._gathered = self._gathered, frozenset()
        if flags:
            self._gathering.start(GATHER_MS)
            self.broadcast(flags)

    @Slot(object)
    def _land(self, work: Callable[[], None]) -> None:
        if self._desk is not None:
            work()
