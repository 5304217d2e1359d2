"""Devices with their state, and how the face looks and speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.appearance import LARGEST_TEXT, SMALLEST_TEXT, Appearance
from ui.common.figures import moment
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.tones import tone_of
from ui.common.wedge import WedgeSettings
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.settings import DeviceView

TEXT_STEP = 25
_SUFFIXES = {"enter": frozenset({"\r"}), "tab": frozenset({"\t"}), "both": frozenset({"\r", "\t"})}


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device.

    Args:
        name: what kind of device it is.
        model: name of its profile.
        address: where it is reached.
        heard: why it is as it is, and when it was last heard of.
    """

    device: str
    icon: str
    name: str
    model: str
    address: str
    state_text: str
    heard: str
    tone: str
    testable: bool


@view_model
class SettingsPage(Pane):
    """Settings of this terminal; every choice is kept at once.

    Signals:
        scanner_changed(WedgeSettings): how the scanner is programmed has changed.
        test_printed: a test page is on its way.
    """

    changed = Signal()
    scanner_changed = Signal(object)
    test_printed = Signal()
    reads = frozenset({"settings", "print", "devices"})

    def __init__(self, operations: Operations, words: Words, appearance: Appearance) -> None:
        super().__init__(operations, words)
        self._appearance = appearance
        self._devices: tuple[DeviceView, ...] = ()
        self._preferences: dict[str, object] = {}
        self._rows = RowsModel(DeviceRow, "device", self)
        appearance.changed.connect(self.changed)

    def refresh(self) -> None:
        """Read devices and preferences."""
        self.operations.run(lambda use: use.settings.devices(), self._show)
        self.operations.run(lambda use: use.settings.preferences(), self._prefer)

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._show(self._devices)

    @Property(RowsModel, constant=True)
    def devices(self) -> RowsModel:
        """The devices of this terminal."""
        return self._rows

    @Property(str, notify=changed)
    def theme(self) -> str:
        """The chosen palette."""
        return self._appearance.themeName

    @Property(str, notify=changed)
    def language(self) -> str:
        """The chosen language."""
        return self._appearance.language

    @Property(int, notify=changed)
    def textScale(self) -> int:
        """Text size in percent."""
        return self._appearance.textScale

    @Property(bool, notify=changed)
    def reduceMotion(self) -> bool:
        """Whether nothing moves."""
        return self._appearance.reduceMotion

    @Property(str, notify=changed)
    def scannerPrefix(self) -> str:
        """Character that opens a wedge scan, "" for none."""
        return str(self._preferences.get("scanner_prefix", ""))

    @Property(str, notify=changed)
    def scannerSuffix(self) -> str:
        """``enter``, ``tab`` or ``both``: what ends a wedge scan."""
        return str(self._preferences.get("scanner_suffix", "") or "both")

    @Slot(str, str)
    def choose(self, name: str, value: str) -> None:
        """Keep one preference and follow it at once."""
        self._prefer({**self._preferences, name: value})
        self.operations.run(lambda use: use.settings.set_preference(name, value))

    @Slot(int)
    def changeText(self, steps: int) -> None:
        """Larger or smaller text."""
        wanted = self._appearance.textScale + steps * TEXT_STEP
        self.choose("text_scale", str(max(SMALLEST_TEXT, min(LARGEST_TEXT, wanted))))

    @Slot()
    def toggleMotion(self) -> None:
        """Let things move, or not."""
        self.choose("reduce_motion", "0" if self._appearance.reduceMotion else "1")

    @Slot()
    def testPage(self) -> None:
        """Print the engineer's page."""
        self.operations.run(
            lambda use: use.slips.test_page(),
            lambda _job: self.test_printed.emit(),
            once="test_page",
        )

    def _prefer(self, preferences: Mapping[str, object]) -> None:
        before = (self.scannerPrefix, self.scannerSuffix)
        self._preferences = dict(preferences)
        self._appearance.apply(self._preferences)
        if before != (self.scannerPrefix, self.scannerSuffix):
            suffixes = _SUFFIXES.get(self.scannerSuffix, _SUFFIXES["both"])
            self.scanner_changed.emit(WedgeSettings(prefix=self.scannerPrefix, suffixes=suffixes))
        self.changed.emit()

    def _show(self, devices: tuple[DeviceView, ...]) -> None:
        self._devices = devices
        self._rows.show([self._row(device) for device in devices])
        self.changed.emit()

    def _row(self, device: DeviceView) -> DeviceRow:
        reason = f"reason.{device.detail}"
        why = self.words.text(reason) if self.words.has(reason) else device.detail
        at = moment(device.last_event_at)
        heard = self.words.text("settings.device.heard" if at else "settings.device.silent", at=at)
        return DeviceRow(
            device=device.device,
            icon=device.kind,
            name=self.words.text(f"device.{device.kind}"),
            model=device.model,
            address=device.address,
            state_text=self.words.text(f"device.state.{device.state}"),
            heard=" · ".join(part for part in (why, heard) if part),
            tone=tone_of(device.state),
            testable=device.kind == "receipt_printer",
        )
