"""Outlet, day, clerk, devices, queue, services and the time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from terminal.domain.china_time import CHINA
from ui.common.figures import clock, moment
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.tones import tone_of
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.queue import QueueSummary
    from terminal.app.settings import DeviceView, ServiceView


@dataclass(frozen=True, slots=True)
class LampRow:
    """One lamp of the top bar: a device, a service, the queue or the platform.

    Args:
        name: tells it apart.
        icon: its sign.
        label: what it is, "" where the state says so.
        state_text: how it is.
        words: what stands beside the sign where there is room.
        brief: the least that must stand there.
        tone: colour family.
        deed: ``devices``, ``queue``, ``directives`` or ``wake``: what a press does.
    """

    name: str
    icon: str
    label: str
    state_text: str
    words: str
    brief: str
    tone: str
    deed: str = "devices"


@view_model
class TopBar(Pane):
    """The bar at the top of the counter."""

    changed = Signal()

    reads = frozenset({"sync", "orders", "session", "settings", "print", "devices", "inbox"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._summary: QueueSummary | None = None
        self._devices: tuple[DeviceView, ...] = ()
        self._services: tuple[ServiceView, ...] = ()
        self._directives = 0
        self._rows = RowsModel(LampRow, "name", self)
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self._tick)
        self._time = ""
        self._wait_for_the_minute()

    def refresh(self) -> None:
        """Read the queue, the devices and the services."""
        self.operations.run(
            lambda use: (
                use.queue.summary(),
                use.settings.devices(),
                use.settings.availability(),
                use.directives.waiting(),
            ),
            self._show_reading,
        )

    def reworded(self) -> None:
        """Write the lamps in the chosen language."""
        self._show()

    @Property(str, notify=changed)
    def time(self) -> str:
        """The time of day, ``14:02``."""
        return self._time

    @Property(RowsModel, constant=True)
    def lamps(self) -> RowsModel:
        """Devices, services that are not fully available, the queue, the platform."""
        return self._rows

    @Property(int, notify=changed)
    def lampCount(self) -> int:
        """How many lamps there are."""
        return len(self._rows.rows)

    @Property(str, notify=changed)
    def lampWords(self) -> str:
        """The words of all lamps in a row: what the bar measures."""
        return "".join(row.words for row in self._rows.rows)

    @Property(str, notify=changed)
    def lampBriefs(self) -> str:
        """The same for the least words."""
        return "".join(row.brief for row in self._rows.rows)

    @property
    def directives(self) -> int:
        """How many directives and tasks wait for the clerk."""
        return self._directives

    @Slot()
    def wake(self) -> None:
        """Try the platform now."""
        if self.operations.desk is not None:
            self.operations.desk.wake_sync()

    def _show_reading(
        self,
        reading: tuple[QueueSummary, tuple[DeviceView, ...], tuple[ServiceView, ...], int],
    ) -> None:
        self._summary, self._devices, self._services, self._directives = reading
        self._show()

    def _show(self) -> None:
        lamps = [self._device(device) for device in self._devices]
        lamps += [self._service(service) for service in self._services if service.state != "ok"]
        if self._directives:
            lamps.append(self._centre(self._directives))
        if self._summary is not None:
            lamps += [self._queue(self._summary), self._platform(self._summary)]
        self._rows.show(lamps)
        self.changed.emit()

    def _device(self, device: DeviceView) -> LampRow:
        label = self.words.text(f"device.{device.kind}")
        reason = f"reason.{device.detail}"
        state = self.words.text(
            reason if self.words.has(reason) else f"device.state.{device.state}"
        )
        tone = tone_of(device.state)
        well = tone == "ok"
        words, brief = (label, "") if well else (f"{label} {state}", state)
        return LampRow(device.device, device.kind, label, state, words, brief, tone)

    def _service(self, service: ServiceView) -> LampRow:
        code = service.service_code
        label = self.words.text(f"service.{code}")
        until = moment(service.until_text)
        state = self.words.text(f"service.state.{service.state}", until=until)
        words = f"{label} {state}"
        return LampRow(code, "service", label, state, words, words, tone_of(service.state))

    def _queue(self, summary: QueueSummary) -> LampRow:
        waiting = summary.waiting
        if not waiting:
            words = self.words.text("top.queue_empty")
            return LampRow("queue", "queue", "", words, words, "0", "ok", "queue")
        # A minute that has begun counts: "0 minutes" says nothing to anybody.
        minutes = max(1, summary.oldest_minutes)
        words = self.words.text("top.queue_waiting", count=waiting, minutes=minutes)
        brief = self.words.text("top.queue_short", count=waiting)
        return LampRow("queue", "queue", "", words, words, brief, "wait", "queue")

    def _centre(self, waiting: int) -> LampRow:
        words = self.words.text("top.directives", count=waiting)
        brief = self.words.text("top.directives_short", count=waiting)
        return LampRow("directives", "directive", "", words, words, brief, "wait", "directives")

    def _platform(self, summary: QueueSummary) -> LampRow:
        if summary.online:
            words = self.words.text("top.platform_ok")
            return LampRow("platform", "platform", "", words, words, "", "ok", "wake")
        words = self.words.text("top.platform_away")
        brief = self.words.text("top.platform_short")
        return LampRow("platform", "platform_away", "", words, words, brief, "wait", "wake")

    def _tick(self) -> None:
        self._wait_for_the_minute()
        self.refresh()
        self.changed.emit()

    def _wait_for_the_minute(self) -> None:
        """An idle counter wakes once a minute; a clock that was set is right within one."""
        now = datetime.now(CHINA)
        self._time = clock(now)
        self._minute.start(60_000 - now.second * 1000 - now.microsecond // 1000 + 5)
