"""``postal-terminal devices test``, ``find``, ``export``, ``import``: what stands here, and how."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from terminal.commands.output import explain, explain_printer, show, while_read
from terminal.domain.errors import EnvironmentFault, OutletError, UserError

if TYPE_CHECKING:
    from terminal.ports.scale import Weight

_PATIENCE_S = 3.0
_CAMERA_S = 25.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one device is; ``level`` is ok, warn or bad."""

    device: str
    level: str
    text: str
    code: str = ""


def try_devices(options: argparse.Namespace) -> int:
    """``devices test``: ask every device of the table, or the one that is named.

    Returns:
        0 when all answer, 1 when one does not.

    Raises:
        UserError: ``devices.none_named`` when there is nothing to ask.
    """
    from terminal.attached import device_table

    table = device_table(options.home)
    trials = trials_of(table, paper=options.paper)
    if options.name:
        trials = {name: trial for name, trial in trials.items() if name == options.name}
    if not trials:
        raise UserError("devices.none_named", {"device": options.name or "–"})
    verdicts = [_tried(name, trial) for name, trial in trials.items()]
    if options.json:
        show({"devices": [asdict(verdict) for verdict in verdicts]}, as_json=True)
    else:
        with while_read():
            for verdict in verdicts:
                print(f"{verdict.level.upper():4}  {verdict.device}: {verdict.text}")
    return 0 if all(verdict.level != "bad" for verdict in verdicts) else 1


Trial = Callable[[], tuple[str, str]]


def trials_of(table: Mapping[str, Any], *, paper: bool = False) -> dict[str, Trial]:
    """How each named device is tried; a trial gives its level and words, or raises.

    Args:
        table: see ``terminal.attached.device_table``.
        paper: whether the printer prints a test page.
    """
    trials: dict[str, Trial] = {}
    if (table.get("printer") or {}).get("url"):
        trials["printer"] = lambda: _printer(table, paper=paper)
    for entry in table.get("scanners", ()):
        trials[entry["name"]] = partial(_opens, "scanner", entry, 9600)
    if table.get("scale"):
        trials["scale"] = lambda: _scale(table)
    if table.get("display"):
        trials["display"] = lambda: _display(table)
    if table.get("id_reader"):
        trials["id_reader"] = lambda: _id_reader(table)
    if table.get("camera"):
        trials["camera"] = partial(_camera, str(table["camera"]["source"]))
    if (table.get("label_printer") or {}).get("url"):
        trials["label_printer"] = partial(_label_printer, table, paper=paper)
    if (table.get("card_terminal") or {}).get("url"):
        entry = dict(table["card_terminal"], port=table["card_terminal"]["url"])
        trials["card_terminal"] = partial(_opens, "card", entry, 115200)
    return trials


def _tried(name: str, trial: Trial) -> Verdict:
    try:
        level, text = trial()
    except OutletError as error:
        return Verdict(name, "bad", explain(error), error.code)
    return Verdict(name, level, text)


def _printer(table: Mapping[str, Any], *, paper: bool) -> tuple[str, str]:
    from terminal import attached
    from terminal.ports.printer import PrintOutcome

    printer = attached.printer(table)
    if printer is None:  # the caller looked: it is named
        raise UserError("devices.none_named", {"device": "printer"})
    try:
        status, at = printer.status(), str(table["printer"]["url"])
        if status.code:
            level = "warn" if status.code == "printer.paper_near_end" else "bad"
            return level, explain_printer(status.code, at)
        if not paper:
            return "ok", f"ready at {at}"
        result = printer.print_job(_test_page(printer.profile))
        if result.outcome is PrintOutcome.PRINTED:
            return "ok", f"a test page was printed at {at}"
        return "bad", explain_printer(result.code, at)
    finally:
        printer.close()


def _test_page(profile: Any) -> bytes:
    from datetime import datetime

    from devices.printer.escpos import EscposEncoder
    from terminal.documents.session_slip import build_test_page

    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return EscposEncoder().encode(build_test_page(profile.name, now), profile)


def _opens(device: str, entry: Mapping[str, Any], baud: int) -> tuple[str, str]:
    from devices.transport.link import make_link

    link = make_link(str(entry["port"]), device=device, baud=int(entry.get("baud", baud)))
    link.open()
    link.close()
    return "ok", f"there at {entry['port']}"


def _scale(table: Mapping[str, Any]) -> tuple[str, str]:
    """The first weight it says."""
    from terminal import attached

    scale, heard, weights = attached.scale(table), threading.Event(), []

    def weighed(weight: Weight) -> None:
        weights.append(weight)
        heard.set()

    if scale is not None:
        scale.start(weighed, lambda _there: None)
        heard.wait(_PATIENCE_S)
        scale.stop()
    if not weights:
        raise EnvironmentFault("scale.silent")
    rest = "at rest" if weights[0].stable else "moving"
    return "ok", f"{weights[0].grams} g, {rest}"


def _display(table: Mapping[str, Any]) -> tuple[str, str]:
    from devices.display.faces import FACES, INITIALISE
    from devices.transport.link import make_link
    from terminal.attached import line_of

    port, driver, baud = line_of("display", table["display"], FACES)
    link = make_link(port, device="display", baud=baud)
    link.open()
    try:
        link.write(INITIALISE + FACES[driver].welcome())
    finally:
        link.close()
    return "ok", f"the welcome was sent to {port}; look whether it shows"


def _camera(source: str) -> tuple[str, str]:
    """Whether frames come, through the camera's own process."""
    from devices.scanner.camera.camera_scanner import CameraScanner

    scanner, told, said = CameraScanner(source, "camera", bool), threading.Event(), []

    def connected(there: bool) -> None:
        said.append(there)
        told.set()

    scanner.start(lambda _scan: None, connected)
    told.wait(_CAMERA_S)
    scanner.stop()
    if not said or not said[0]:
        raise EnvironmentFault("camera.unreachable")
    return "ok", f"frames come from {source}"


def _label_printer(table: Mapping[str, Any], *, paper: bool) -> tuple[str, str]:
    from terminal import attached
    from terminal.documents.label import sample_label

    printer, at = attached.label_printer(table), str(table["label_printer"]["url"])
    if printer is None:
        raise UserError("devices.none_named", {"device": "label_printer"})
    if paper:
        width, _, height = str(table["label_printer"].get("size", "76x130")).partition("x")
        code = printer.print_label(sample_label(int(width), int(height))).code
    else:
        code = printer.status()
    if code:
        raise EnvironmentFault(code)
    return "ok", f"a sample was printed at {at}" if paper else f"ready at {at}"


def _id_reader(table: Mapping[str, Any]) -> tuple[str, str]:
    """Whether it answers; nothing of a card is told."""
    from terminal import attached

    reader = attached.id_reader(table)
    if reader is None:
        raise UserError("devices.none_named", {"device": "id_reader"})
    try:
        card = reader.read()
    finally:
        reader.close()
    return "ok", "answers, no card on it" if card is None else "answers, a card was read"


def find(options: argparse.Namespace) -> int:
    """``devices find``: what hangs on this machine."""
    from devices.discovery import find_devices

    found = [asdict(one) for one in find_devices(options.host)]
    if options.json:
        show({"found": found}, as_json=True)
    else:
        with while_read():
            for one in found or [{"address": "–", "kind": "nothing", "description": ""}]:
                print(f"{one['kind']:14} {one['address']}  {one['description']}")
    return 0


def export_table(options: argparse.Namespace) -> int:
    """``devices export``: the device table as one file for other terminals."""
    from terminal.attached import checked, device_table

    table = checked(dict(device_table(options.home)))
    if not table:
        raise UserError("devices.none_named", {"device": "–"})
    text = json.dumps(table, ensure_ascii=False, indent=1) + "\n"
    options.out.write_text(text, encoding="utf-8")
    show({"devices": sorted(table), "out": str(options.out)}, as_json=options.json)
    return 0


def import_table(options: argparse.Namespace) -> int:
    """``devices import``: take another terminal's device table, whole or not at all."""
    from terminal.attached import checked, write_table

    try:
        data = json.loads(options.file.read_text(encoding="utf-8"))
    except OSError as error:
        raise EnvironmentFault("devices.file_unreadable", hint=str(error)) from error
    except ValueError as error:
        raise EnvironmentFault("devices.file_damaged", {"file": options.file.name}) from error
    table = checked(data)
    write_table(options.home, table)
    show({"devices": sorted(table), "home": str(options.home)}, as_json=options.json)
    return 0
