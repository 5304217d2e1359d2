"""Enrolling a fresh terminal with a one-time code."""

from __future__ import annotations

from terminal.domain.enrolment import is_platform_address
from terminal.domain.errors import OutletError, UserError
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model


@view_model
class Enrolment(Pane):
    """Platform address and code in, terminal key and certificate out."""

    changed = Signal()

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._error: OutletError | None = None
        self._busy = False

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether the platform is being asked."""
        return self._busy

    @Property(str, notify=changed)
    def message(self) -> str:
        """What went wrong, or what is happening now."""
        if self._busy:
            return self.words.text("enrolment.working")
        return self.words.error(self._error.code, self._error.params) if self._error else ""

    @Property(str, notify=changed)
    def tone(self) -> str:
        """``danger`` after a refusal, else ``info``."""
        return "danger" if self._error and not self._busy else "info"

    @Slot(str, str)
    def submit(self, platform_url: str, code: str) -> None:
        """Enrol; the same press twice enrols once."""
        url, one_time_code = platform_url.strip(), code.strip()
        if not url or not one_time_code or self._busy:
            return
        if not is_platform_address(url):
            self._finished(UserError("enrolment.bad_address", {"address": url}))
            return
        self._busy, self._error = True, None
        self.operations.call(
            lambda desk, done, failed: desk.enrol(url, one_time_code, done, failed),
            lambda _result: self._finished(None),
            self._finished,
            "enrol",
        )
        self.changed.emit()

    def _finished(self, error: OutletError | None) -> None:
        self._busy, self._error = False, error
        self.changed.emit()
