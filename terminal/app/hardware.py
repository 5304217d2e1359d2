"""Devices of one counter that push or show things: scanners, scale, customer display."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from terminal.app.customer_view import CustomerView
from terminal.app.device_board import DeviceBoard
from terminal.app.equipment import Equipment
from terminal.app.weighing import Pan
from terminal.ports.scanner import Scan, Scanner


class Hardware:
    """Starts, watches and stops them; none of them ever holds up a sale.

    Args:
        board: where their states stand.
        emit: hears ``scan`` {text, source} and ``weight`` {}, on the devices' threads.
    """

    def __init__(self, board: DeviceBoard, emit: Callable[[str, Mapping[str, Any]], None]) -> None:
        self._board = board
        self._emit = emit
        self._equipment: Equipment | None = None
        self.pan = Pan(lambda: emit("weight", {}))
        self.customer = CustomerView()

    def start(self, equipment: Equipment) -> None:
        """Take the devices of a counter over."""
        self._equipment = equipment
        for name, scanner in equipment.scanners:
            self._start_scanner(name, scanner, equipment.addresses.get(name, ""))
        if equipment.scale is not None:
            address = equipment.addresses.get("scale", "")
            self._board.add("scale", "scale", model=equipment.models["scale"], address=address)
            self.pan.attach()
            equipment.scale.start(self.pan.put, self._scale_connected)
        if equipment.display is not None:
            address = equipment.addresses.get("display", "")
            model = equipment.models["display"]
            self._board.add("display", "customer_display", model=model, address=address)
            self.customer.attach(equipment.display)
            equipment.display.watch(self._display_connected)

    def stop(self) -> None:
        """Let go of every device."""
        equipment, self._equipment = self._equipment, None
        if equipment is None:
            return
        for _, scanner in equipment.scanners:
            scanner.stop()
        if equipment.scale is not None:
            equipment.scale.stop()
        self.customer.detach()

    def _start_scanner(self, name: str, scanner: Scanner, address: str) -> None:
        self._board.add(name, "scanner", model=name, address=address)

        def heard(scan: Scan) -> None:
            self._emit("scan", {"text": scan.text, "source": "serial"})

        def connected(there: bool) -> None:
            self._board.set(name, "enabled" if there else "offline", "")

        scanner.start(heard, connected)

    def _display_connected(self, there: bool) -> None:
        detail = "" if there else "display.unreachable"
        self._board.set("display", "enabled" if there else "offline", detail)

    def _scale_connected(self, there: bool) -> None:
        self._board.set("scale", "enabled" if there else "offline", "" if there else "scale.silent")
        if not there:
            self.pan.lift()
