"""Which devices there are, where they are reached and how they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terminal.app.device_board import DeviceBoard


def test_a_device_keeps_its_model_and_address_whatever_it_says() -> None:
    heard: list[Mapping[str, Any]] = []
    board = DeviceBoard(heard.append)
    board.add("printer", "receipt_printer", model="escpos-80", address="tcp://10.0.0.9:9100")
    board.add("desk", "scanner", model="desk", address="/dev/ttyUSB0")
    printer, scanner = board.views()
    assert (printer.state, printer.last_event_at) == ("opened", "")
    assert (scanner.model, scanner.address) == ("desk", "/dev/ttyUSB0")
    board.set("printer", "error", "printer.paper_out")
    board.set("printer", "error", "printer.paper_out")
    printer, _ = board.views()
    assert (printer.state, printer.detail) == ("error", "printer.paper_out")
    assert (printer.model, printer.address) == ("escpos-80", "tcp://10.0.0.9:9100")
    assert printer.last_event_at
    assert heard == [{"device": "printer", "state": "error", "detail": "printer.paper_out"}]
