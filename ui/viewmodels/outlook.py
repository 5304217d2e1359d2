"""What waits, since when and why, and until when each service works without the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from terminal.domain.china_time import CHINA, local_time
from ui.common.figures import moment
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.offline_outlook import Outlook, ServiceOutlook


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One service: its name, until when it works, what ends it and what to do."""

    service: str
    name: str
    until: str
    why: str
    tone: str


def end_of(until: str) -> str:
    """The last moment of something, to the minute; the year where it is another one.

    Args:
        until: UTC text.
    """
    shown = local_time(until)
    near = shown.year == datetime.now(CHINA).year
    return shown.strftime("%m-%d %H:%M" if near else "%Y-%m-%d")


@view_model
class OutlookPane(Pane):
    """The half of the queue page that says what goes on without the platform."""

    changed = Signal()

    reads = frozenset({"orders", "sync", "session", "settings"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._outlook: Outlook | None = None
        self._rows = RowsModel(OutlookRow, "service", self)
        self._toggled = False
        self._in_view = False

    def turn(self, *, in_view: bool) -> None:
        """The page is opened or left; a page that nobody sees reads nothing."""
        came, self._in_view = in_view and not self._in_view, in_view
        if came:
            self._toggled = False
            self.refresh()

    def refresh(self) -> None:
        """Ask until when everything works."""
        if self._in_view:
            self.operations.run(lambda use: use.outlook.view(), self._show)

    def reworded(self) -> None:
        """Write the lines in the chosen language."""
        if self._outlook is not None:
            self._show(self._outlook)

    @Property(RowsModel, constant=True)
    def services(self) -> RowsModel:
        """One line a service."""
        return self._rows

    @Property(bool, notify=changed)
    def toggled(self) -> bool:
        """Whether it is the other way than usual: shown where text is large, else put away."""
        return self._toggled

    @Property(str, notify=changed)
    def waitingText(self) -> str:
        """How much waits, since when and why."""
        outlook = self._outlook
        if outlook is None:
            return ""
        if not outlook.waiting:
            return self.words.text("outlook.nothing_waits")
        since = moment(outlook.waiting_since)
        waits = self.words.text("outlook.waiting", count=outlook.waiting, since=since)
        return f"{waits}{self.words.text(f'outlook.reason.{outlook.reason_code}')}"

    @Property(bool, notify=changed)
    def waits(self) -> bool:
        """Whether anything waits."""
        return self._outlook is not None and self._outlook.waiting > 0

    @Slot()
    def toggle(self) -> None:
        """Show it where it is put away, put it away where it is shown."""
        self._toggled = not self._toggled
        self.changed.emit()

    def fold(self) -> None:
        """One step back: as it usually is."""
        self._toggled = False
        self.changed.emit()

    def _show(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self._rows.show([self._row(service) for service in outlook.services])
        self.changed.emit()

    def _row(self, service: ServiceOutlook) -> OutlookRow:
        return OutlookRow(
            service=service.service_code,
            name=self.words.text(f"outlook.service.{service.service_code}"),
            until=self._until(service),
            why=self._why(service),
            tone="ok" if service.state == "ok" or _is_there(service) else "wait",
        )

    def _until(self, service: ServiceOutlook) -> str:
        if service.until:
            key = "outlook.ended" if service.state == "off" else "outlook.until"
            return self.words.text(key, until=end_of(service.until))
        if _is_there(service):
            return self.words.text("outlook.with_platform")
        return self.words.text(f"outlook.state.{service.state}")

    def _why(self, service: ServiceOutlook) -> str:
        key = f"outlook.limit.{service.limit_code}"
        own = f"{key}.{service.service_code}"
        told = {**service.params, "at": moment(service.params.get("at", ""))}
        return self.words.text(own if self.words.has(own) else key, told)


def _is_there(service: ServiceOutlook) -> bool:
    """A service of the platform, while the platform answers."""
    return service.limit_code == "needs_platform" and service.state == "limited"
