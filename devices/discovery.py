"""What hangs on this machine: serial ports with their USB ids, printer files, queues, addresses."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from devices.asset_files import ASSETS
from devices.printer.status import ASK_OFFLINE_CAUSE, AnswerParser, RealTimeAnswer
from devices.transport.link import make_link
from terminal.domain.errors import EnvironmentFault

_PRINTER_PORT: Final = 9100
_ANSWER_S: Final = 0.6
_SPOOLER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be a device.

    Args:
        address: what goes into the device table as ``url`` or ``port``.
        kind: what it seems to be: ``printer``, ``scanner``, ``port`` …
        description: as the system or the device's makers call it.
        usb_id: vendor and product, ``1a86:7523``; "" for what is no USB device.
    """

    address: str
    kind: str
    description: str
    usb_id: str = ""


def find_devices(hosts: Iterable[str] = ()) -> list[Found]:
    """Look around; takes up to a second for each host that does not answer.

    Args:
        hosts: names or addresses that may be printers on the network; no others are asked.
    """
    return [*_serial_ports(), *_printer_files(), *_queues(), *_network(hosts)]


def _serial_ports() -> Iterator[Found]:
    from serial.tools.list_ports import comports

    for port in sorted(comports()):
        usb = f"{port.vid:04x}:{port.pid:04x}" if port.vid is not None else ""
        kind, name = usb_kind(usb)
        yield Found(port.device, kind, name or port.description or "", usb)


def usb_kind(usb_id: str) -> tuple[str, str]:
    """What kind of device a USB id belongs to, and its makers' name; ``port`` when unknown."""
    known = _usb_ids()
    entry = known.get(usb_id) or known.get(usb_id.partition(":")[0]) or {}
    return entry.get("kind", "port"), entry.get("name", "")


@cache
def _usb_ids() -> dict[str, dict[str, str]]:
    file = ASSETS / "device_profiles" / "usb_ids.json"
    table: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return table


def _printer_files() -> Iterator[Found]:
    for file in sorted(Path("/dev/usb").glob("lp*")):
        yield Found(str(file), "printer", "USB printer")


def _queues() -> Iterator[Found]:
    """Queues of the spooler, where there is one."""
    if shutil.which("lpstat") is None:
        return
    try:
        done = subprocess.run(
            ["lpstat", "-e"], capture_output=True, text=True, timeout=_SPOOLER_S, check=False
        )
    except subprocess.TimeoutExpired:
        return
    for queue in done.stdout.split() if done.returncode == 0 else ():
        yield Found(f"spool:{queue}", "printer", "queue of the spooler")


def _network(hosts: Iterable[str]) -> Iterator[Found]:
    for host in hosts:
        name, _, port = host.partition(":")
        url = f"tcp://{name}:{port or _PRINTER_PORT}"
        link = make_link(url)
        try:
            link.open()
        except EnvironmentFault:
            continue
        try:
            link.write(ASK_OFFLINE_CAUSE)
            answers = AnswerParser().feed(link.read(_ANSWER_S))
        except EnvironmentFault:
            answers = []
        finally:
            link.close()
        speaks = any(isinstance(answer, RealTimeAnswer) for answer in answers)
        yield Found(
            url,
            "printer" if speaks else "port",
            "speaks ESC/POS" if speaks else "an open port that says nothing of itself",
        )
