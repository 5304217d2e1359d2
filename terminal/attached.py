"""The devices that stand here: what the engineer wrote into devices.json, as drivers.

A device is looked for only when it is named; its driver is imported only then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from terminal.domain.errors import EnvironmentFault

if TYPE_CHECKING:
    from devices.label.label_printer import LabelPrinter
    from terminal.ports.card_terminal import CardTerminal
    from terminal.ports.customer_display import CustomerDisplay
    from terminal.ports.id_reader import IdReader
    from terminal.ports.printer import Printer
    from terminal.ports.scale import Scale
    from terminal.ports.scanner import Scanner

DEVICES_FILE: Final = "devices.json"
_BAUD: Final = {"led8n": 2400, "led8n-binary": 2400}
"""Line speeds that devices are delivered with, where it is not 9600."""

_SINGLE: Final = ("scale", "display")
_NEEDED: Final = {
    "printer": ("url",),
    "scanners": ("name", "port"),
    "scale": ("port", "driver"),
    "display": ("port", "driver"),
    "id_reader": ("port",),
    "camera": ("source",),
    "label_printer": ("url", "language"),
    "card_terminal": ("url",),
}
"""What an entry has to name for its device to be looked for."""


def device_table(home: Path) -> Mapping[str, Any]:
    """Which devices stand here and where they are reached, as the engineer wrote it down.

    Returns:
        ``{"printer": {"url", "profile", "baud"}, "scanners": [{"name", "port", "baud"}],
        "scale": {"port", "driver", "baud"}, "display": {"port", "driver", "baud"},
        "id_reader": {"port", "baud"}, "camera": {"source"},
        "label_printer": {"url", "language", "size"}, "card_terminal": {"url"}}``; empty before.

    Raises:
        EnvironmentFault: ``devices.file_damaged``.
    """
    file = home / DEVICES_FILE
    if not file.exists():
        return {}
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EnvironmentFault("devices.file_damaged", {"file": DEVICES_FILE}) from error
    wrong = _wrong_part(table)
    if wrong is not None:
        hint = f"({wrong})"
        raise EnvironmentFault("devices.file_damaged", {"file": DEVICES_FILE}, hint=hint)
    checked: Mapping[str, Any] = table
    return checked


def _wrong_part(table: object) -> str | None:
    """The first part that is not of the shape ``device_table`` tells; None when all are."""
    if not isinstance(table, dict):
        return "not an object"
    for name in (
        "printer",
        "scale",
        "display",
        "id_reader",
        "camera",
        "label_printer",
        "card_terminal",
    ):
        entry = table.get(name) or {}
        if not isinstance(entry, dict) or not isinstance(entry.get("url") or "", str):
            return name
    scanners = table.get("scanners", [])
    if not isinstance(scanners, list):
        return "scanners"
    named = (isinstance(each, dict) and {"name", "port"} <= set(each) for each in scanners)
    return None if all(named) else "scanners"


def checked(data: object) -> dict[str, Any]:
    """A device table, when every entry makes sense.

    Raises:
        EnvironmentFault: ``devices.table_wrong`` with the ``device`` and what it has to name.
    """
    if not isinstance(data, dict):
        raise EnvironmentFault("devices.table_wrong", {"device": "–", "wanted": "{…}"})
    for device, wanted in _NEEDED.items():
        held = data.get(device)
        entries = held if device == "scanners" and isinstance(held, list) else [held]
        for entry in entries if held else ():
            if not isinstance(entry, dict) or not all(_is_word(entry.get(key)) for key in wanted):
                told = {"device": device, "wanted": ", ".join(wanted)}
                raise EnvironmentFault("devices.table_wrong", told, retry=False)
    return data


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def write_table(home: Path, table: Mapping[str, Any]) -> None:
    """Keep a device table; the counter follows it at its next start.

    Raises:
        OSError: the file cannot be written; the one before stays.
    """
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f"{DEVICES_FILE}.new"
    fresh.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(home / DEVICES_FILE)


def addresses(table: Mapping[str, Any]) -> Mapping[str, str]:
    """Where each device is reached, by the name the counter calls it."""
    places = {entry["name"]: str(entry["port"]) for entry in table.get("scanners", ())}
    places |= {name: str(table[name].get("port", "")) for name in _SINGLE if table.get(name)}
    if (table.get("camera") or {}).get("source"):
        places["camera"] = str(table["camera"]["source"])
    at = (table.get("printer") or {}).get("url")
    return {**places, "printer": str(at)} if at else places


def models(table: Mapping[str, Any]) -> Mapping[str, str]:
    """What scale and display speak, by the name the counter calls them."""
    return {name: str(table[name].get("driver", "")) for name in _SINGLE if table.get(name)}


def printer(table: Mapping[str, Any]) -> Printer | None:
    """The slip printer; None when none is named."""
    entry = table.get("printer")
    if not entry or not entry.get("url"):
        return None
    from devices.printer.driver import connect_printer
    from devices.printer.profiles import load_profile
    from devices.transport.link import make_link

    profile = load_profile(entry.get("profile", "escpos-80"))
    link = make_link(entry["url"], baud=int(entry.get("baud", 9600)))
    return connect_printer(link, profile, "counter")


def scanners(
    table: Mapping[str, Any], known: Callable[[str], bool]
) -> tuple[tuple[str, Scanner], ...]:
    """The serial scanners and the camera, with their names.

    Args:
        table: see ``device_table``.
        known: whether the catalogue has a number; any thread.
    """
    serial = tuple((entry["name"], _serial_scanner(entry)) for entry in table.get("scanners", ()))
    source = (table.get("camera") or {}).get("source")
    return (*serial, ("camera", _camera(str(source), known))) if source else serial


def scale(table: Mapping[str, Any]) -> Scale | None:
    """The scale; None when none is named.

    Raises:
        EnvironmentFault: ``devices.entry_wrong`` with the ``device`` and what would be ``known``.
    """
    entry = table.get("scale")
    if not entry:
        return None
    from devices.scale.dialects import DIALECTS
    from devices.scale.serial_scale import SerialScale
    from devices.transport.link import make_link

    port, driver, baud = line_of("scale", entry, DIALECTS)
    return SerialScale(lambda: make_link(port, device="scale", baud=baud), DIALECTS[driver])


def display(table: Mapping[str, Any]) -> CustomerDisplay | None:
    """The customer display; None when none is named.

    Raises:
        EnvironmentFault: ``devices.entry_wrong`` with the ``device`` and what would be ``known``.
    """
    entry = table.get("display")
    if not entry:
        return None
    from devices.display.faces import FACES
    from devices.display.pole_display import PoleDisplay
    from devices.transport.link import make_link

    port, driver, baud = line_of("display", entry, FACES)
    return PoleDisplay(lambda: make_link(port, device="display", baud=baud), FACES[driver])


def id_reader(table: Mapping[str, Any]) -> IdReader | None:
    """The reader of resident identity cards; None when none is named."""
    entry = table.get("id_reader")
    if not entry or not entry.get("port"):
        return None
    from devices.id_reader.sam_reader import SamReader
    from devices.transport.link import make_link

    port, baud = str(entry["port"]), int(entry.get("baud", 115200))
    return SamReader(lambda: make_link(port, device="id_reader", baud=baud))


def label_printer(table: Mapping[str, Any]) -> LabelPrinter | None:
    """The label printer; None when none is named.

    Raises:
        EnvironmentFault: ``devices.entry_wrong`` with the ``device`` and what would be ``known``.
    """
    entry = table.get("label_printer")
    if not entry or not entry.get("url"):
        return None
    from devices.label.label_printer import LabelPrinter
    from devices.label.languages import LANGUAGES
    from devices.transport.link import make_link

    language, url, baud = (
        LANGUAGES.get(entry.get("language")),
        entry["url"],
        entry.get("baud", 9600),
    )
    if language is None:
        told = {"device": "label_printer", "known": ", ".join(sorted(LANGUAGES))}
        raise EnvironmentFault("devices.entry_wrong", told)
    return LabelPrinter(lambda: make_link(url, device="label_printer", baud=baud), language)


def card_terminal(table: Mapping[str, Any]) -> CardTerminal | None:
    """The card terminal; None when none is named."""
    entry = table.get("card_terminal")
    if not entry or not entry.get("url"):
        return None
    from devices.card_terminal.card_desk import CardDesk
    from devices.card_terminal.ecr_terminal import EcrTerminal
    from devices.transport.link import make_link

    url, baud = entry["url"], int(entry.get("baud", 115200))
    answer_s = float(entry.get("answer_s", 120))
    return CardDesk(
        EcrTerminal(lambda: make_link(url, device="card", baud=baud), answer_s=answer_s)
    )


def line_of(
    device: str, entry: Mapping[str, Any], drivers: Mapping[str, object]
) -> tuple[str, str, int]:
    """Port, driver and line speed of an entry, when it makes sense.

    Raises:
        EnvironmentFault: ``devices.entry_wrong`` with the ``device`` and what would be ``known``.
    """
    port, driver = entry.get("port"), entry.get("driver")
    baud = entry.get("baud", _BAUD.get(str(driver), 9600))
    if not port or driver not in drivers or type(baud) is not int:
        known = ", ".join(sorted(drivers))
        raise EnvironmentFault("devices.entry_wrong", {"device": device, "known": known})
    return str(port), str(driver), baud


def _camera(source: str, known: Callable[[str], bool]) -> Scanner:
    from devices.scanner.camera.camera_scanner import CameraScanner

    return CameraScanner(source, "camera", known)


def _serial_scanner(entry: Mapping[str, Any]) -> Scanner:
    from devices.scanner.scan_parser import ScanParser
    from devices.scanner.serial_scanner import SerialScanner
    from devices.transport.link import make_link

    port, baud = entry["port"], int(entry.get("baud", 9600))
    return SerialScanner(
        lambda: make_link(port, device="scanner", baud=baud), ScanParser(entry["name"])
    )
