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
    """One lamp of the top bar: a device, or a service."""

    name: str
    icon: str
    label: str
    state_text: str
    tone: str


@view_model
class TopBar(Pane):
    """The bar at the top of the counter."""

    changed = Signal()

    reads = frozenset({"sync", "orders", "session", "settings", "print", "devices"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._summary: QueueSummary | None = None
        self._devices: tuple[DeviceView, ...] = ()
        self._services: tuple[ServiceView, ...] = ()
        self._device_rows = RowsModel(LampRow, "name", self)
        self._service_rows = RowsModel(LampRow, "name", self)
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self._tick)
        self._time = ""
        self._wait_for_the_minute()

    def refresh(self) -> None:
        """Read the queue, the devices and the services."""
        self.operations.run(lambda use: use.queue.summary(), self._show_summary)
        self.operations.run(lambda use: use.settings.devices(), self._show_devices)
        self.operations.run(lambda use: use.settings.availability(), self._show_services)

    def reworded(self) -> None:
        """Write the lamps in the chosen language."""
        self._show_devices(self._devices)
        self._show_services(self._services)
        self.changed.emit()

    @Property(str, notify=changed)
    def time(self) -> str:
        """The time of day, ``14:02``."""
        return self._time

    @Property(RowsModel, constant=True)
    def devices(self) -> RowsModel:
        """One lamp per device."""
        return self._device_rows

    @Property(RowsModel, constant=True)
    def services(self) -> RowsModel:
        """One lamp per service that is not fully available."""
        return self._service_rows

    @Property(str, notify=changed)
    def queueText(self) -> str:
        """``待上传 12 · 最早 3 分钟``; "all confirmed" when nothing waits."""
        if self._summary is None:
            return ""
        if not self._summary.waiting:
            return self.words.text("top.queue_empty")
        return self.words.text(
            "top.queue_waiting", count=self._summary.waiting, minutes=self._summary.oldest_minutes
        )

    @Property(str, notify=changed)
    def queueShort(self) -> str:
        """The number alone, for large text."""
        return str(self._summary.waiting) if self._summary else ""

    @Property(str, notify=changed)
    def queueTone(self) -> str:
        """``ok`` when nothing waits, else ``wait``."""
        return "wait" if self._summary and self._summary.waiting else "ok"

    @Property(bool, notify=changed)
    def online(self) -> bool:
        """Whether the platform answered last time."""
        return bool(self._summary and self._summary.online)

    @Property(str, notify=changed)
    def platformText(self) -> str:
        """What the connection to the platform means for the work."""
        return self.words.text("top.platform_ok" if self.online else "top.platform_away")

    @Property(str, notify=changed)
    def platformTone(self) -> str:
        """``ok`` or ``wait``."""
        return "ok" if self.online else "wait"

    @Slot()
    def wake(self) -> None:
        """Try the platform now."""
        if self.operations.desk is not None:
            self.operations.desk.wake_sync()

    def _show_summary(self, summary: QueueSummary) -> None:
        self._summary = summary
        self.changed.emit()

    def _show_devices(self, devices: tuple[DeviceView, ...]) -> None:
        self._devices = devices
        self._device_rows.show([self._device_row(device) for device in devices])

    def _device_row(self, device: DeviceView) -> LampRow:
        label = self.words.text(f"device.{device.kind}")
        reason = f"reason.{device.detail}"
        state = self.words.text(
            reason if self.words.has(reason) else f"device.state.{device.state}"
        )
        return LampRow(device.device, device.kind, label, state, tone_of(device.state))

    def _show_services(self, services: tuple[ServiceView, ...]) -> None:
        self._services = services
        rows = [
            LampRow(
                service.service_code,
                "service",
                self.words.text(f"service.{service.service_code}"),
                self.words.text(f"service.state.{service.state}", until=moment(service.until_text)),
                tone_of(service.state),
            )
            for service in services
            if service.state != "ok"
        ]
        self._service_rows.show(rows)

    def _tick(self) -> None:
        self._wait_for_the_minute()
        self.refresh()
        self.changed.emit()

    def _wait_for_the_minute(self) -> None:
        """An idle counter wakes once a minute; a clock that was set is right within one."""
        now = datetime.now(CHINA)
        self._time = clock(now)
        self._minute.start(60_000 - now.second * 1000 - now.microsecond // 1000 + 5)
