"""``postal-terminal devices``: what the engineer needs, with the product's own parsers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import fields
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from terminal.commands.device_pictures import read_images, render
from terminal.commands.device_simulation import FAULTS, simulate
from terminal.commands.device_trial import export_table, find, import_table, try_devices
from terminal.commands.options import PORT
from terminal.commands.output import show
from terminal.domain.errors import UserError

_EPILOG = (
    "list [--json]; test [NAME] [--paper]; find [--host HOST[:PORT] …]; export --out FILE; "
    "import FILE; decode --driver NAME --hex BYTES [--json]; simulate NAME [--fault garble=N …] "
    "[--port N | --pty PATH]; render --slip FILE.bin --png OUT [--profile NAME]; "
    "read-image FILE… [--json]"
)
_KINDS: Final = {
    "cas": "scale: CAS, OS2 (顶尖)",
    "toledo-8217": "scale: Toledo 8217, seven bits",
    "toledo-8217-7e1": "scale: Toledo 8217 with parity, on a port set to 8N1",
    "toledo-continuous": "scale: Toledo continuous",
    "mt-sics": "scale: MT-SICS",
    "a-and-d": "scale: A&D, CAS 22 bytes",
    "sdt": "resident ID reader: SDT, SAM",
    "id003": "note acceptor: ID003",
    "ssp": "note acceptor: SSP (frames only)",
    "cctalk": "coin acceptor: ccTalk (frames only)",
    "mdb": "coins and notes: MDB through a bridge (frames only)",
    "codepay": "card terminal: CodePay serial",
    "scanner": "scanner on a serial or USB-COM port",
    "escpos-status": "slip printer: status bytes of ESC/POS",
    "zpl-status": "label printer: answers to ~HS of ZPL",
    "tspl-status": "label printer: answers to <ESC>!? of TSPL",
}
_DISPLAYS: Final = {
    "cd5220": "customer display: two lines of 20",
    "cd5220-ascii": "customer display: two lines of 20, no hanzi",
    "led8n": "customer display: eight digits",
    "led8n-binary": "customer display: eight digits, lamps numbered in binary",
}
_SIMULATED: Final = (
    *list(_KINDS)[:6],
    *(
        "id-reader",
        "note-acceptor",
        "card-terminal",
        "display",
        "label-zpl",
        "label-tspl",
        "printer",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands."""
    parser.epilog = _EPILOG
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = [add(actions.add_parser) for add in (_parsing, _simulating, _pictures, _tables)]
    for action in (action for group in made for action in group):
        action.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, help="terminal's folder"
        )
        action.add_argument("--json", action="store_true", help="print JSON")


Add = Callable[..., argparse.ArgumentParser]


def _parsing(add: Add) -> list[argparse.ArgumentParser]:
    listing = add("list", help="drivers, and the devices named in devices.json")
    decode = add("decode", help="say what captured bytes mean")
    decode.add_argument("--driver", required=True, choices=tuple(_KINDS))
    decode.add_argument("--hex", required=True, help="bytes in hex, spaces allowed")
    return [listing, decode]


def _simulating(add: Add) -> list[argparse.ArgumentParser]:
    simulated = add("simulate", help="be a device until interrupted")
    simulated.add_argument("name", choices=_SIMULATED)
    simulated.add_argument(
        "--fault",
        action="append",
        default=[],
        help=f"{', '.join(FAULTS)}: garble=3, late=50; of a printer paper_out, slow_ms=20",
    )
    simulated.add_argument("--port", type=PORT, default=0, help="TCP port, 0 takes any free one")
    simulated.add_argument("--pty", type=Path, help="a pseudo-terminal under this name instead")
    return [simulated]


def _pictures(add: Add) -> list[argparse.ArgumentParser]:
    drawing = add("render", help="draw the bytes of a slip")
    drawing.add_argument("--slip", type=Path, required=True, help="ESC/POS, ZPL or TSPL bytes")
    drawing.add_argument("--png", type=Path, required=True, help="picture to write")
    drawing.add_argument(
        "--profile", default="escpos-80", help="printer model, or label-zpl, label-tspl"
    )
    reading = add("read-image", help="say which codes are in pictures")
    reading.add_argument("file", type=Path, nargs="+", help="PNG, JPEG, WebP …")
    return [drawing, reading]


def _tables(add: Add) -> list[argparse.ArgumentParser]:
    trial = add("test", help="ask every named device how it is")
    trial.add_argument("name", nargs="?", default="", help="one of them alone")
    trial.add_argument("--paper", action="store_true", help="also print a test page")
    finding = add("find", help="what hangs on this machine")
    finding.add_argument("--host", action="append", default=[], help="HOST[:PORT] of a printer")
    export = add("export", help="write the device table for other terminals")
    export.add_argument("--out", type=Path, required=True, help="file to write")
    taking = add("import", help="take over the device table of another terminal")
    taking.add_argument("file", type=Path, help="what export wrote")
    return [trial, finding, export, taking]


def execute(options: argparse.Namespace) -> int:
    """Run the action."""
    actions = {
        "list": _list,
        "decode": _decode,
        "simulate": simulate,
        "render": render,
        "read-image": read_images,
        "test": try_devices,
        "find": find,
        "export": export_table,
        "import": import_table,
    }
    return actions[options.action](options)


def _list(options: argparse.Namespace) -> int:
    from terminal.attached import device_table

    drivers = {**_KINDS, **_DISPLAYS}
    configured = dict(device_table(options.home))
    if options.json:
        show({"drivers": drivers, "configured": configured}, as_json=True)
    else:
        show(drivers, as_json=False)
        show({"devices.json": configured}, as_json=False)
    return 0


def _decode(options: argparse.Namespace) -> int:
    """0 when the bytes hold something, 1 when they hold nothing."""
    try:
        data = bytes.fromhex(options.hex)
    except ValueError as error:
        raise UserError("devices.not_hex", hint="bytes in hex, such as 02 3f 44 0d") from error
    events, rejected = decoded(options.driver, data)
    if options.json:
        show({"driver": options.driver, "events": events, "rejected": rejected}, as_json=True)
    else:
        for event in events:
            show(event, as_json=False)
        show({"rejected": rejected}, as_json=False)
    return 0 if events else 1


def decoded(driver: str, data: bytes) -> tuple[list[dict[str, Any]], int]:
    """What bytes mean to a driver's parser.

    Args:
        driver: one of the names that ``devices list`` gives for decoding.
        data: the bytes as captured.

    Returns:
        The events as plain values, personal data left out, and the number of rejected frames.
    """
    parser = parser_of(driver)
    events = [*parser.feed(data), *(parser.idle() or () if hasattr(parser, "idle") else ())]
    return [_plain(event) for event in events], getattr(parser, "rejected", 0)


def parser_of(driver: str) -> Any:
    """A fresh parser of a driver.

    Args:
        driver: one of the names that ``devices list`` gives for decoding.
    """
    from devices.card_terminal.codepay import EcrParser
    from devices.cash.cctalk import CcTalkParser
    from devices.cash.id003 import Id003Parser
    from devices.cash.mdb import MdbParser
    from devices.cash.ssp import SspParser
    from devices.id_reader.sdt import SdtParser
    from devices.label.status import TsplStatusParser, ZplStatusParser
    from devices.printer.status import AnswerParser
    from devices.scale.dialects import DIALECTS
    from devices.scanner.scan_parser import ScanParser

    if driver in DIALECTS:
        return DIALECTS[driver].make_parser()
    parsers: dict[str, Callable[[], Any]] = {
        "sdt": SdtParser,
        "id003": Id003Parser,
        "ssp": SspParser,
        "cctalk": CcTalkParser,
        "mdb": MdbParser,
        "codepay": EcrParser,
        "scanner": lambda: ScanParser("decode"),
        "escpos-status": AnswerParser,
        "zpl-status": ZplStatusParser,
        "tspl-status": TsplStatusParser,
    }
    return parsers[driver]()


def _plain(event: Any) -> dict[str, Any]:
    """An event as JSON values; what its ``repr`` hides stays hidden."""
    values: dict[str, Any] = {"event": type(event).__name__}
    for field in fields(event):
        value = getattr(event, field.name)
        if not field.repr:
            values[field.name] = f"{len(value)} bytes, not shown"
        elif field.name != "at_ms":
            values[field.name] = _plain_value(value)
    for name in ("asked", "said", "zero", "code"):
        if hasattr(event, name):
            values[name] = getattr(event, name)
    return values | _charge(event)


def _charge(event: Any) -> dict[str, Any]:
    """What the counter would charge for a weight that has just come, or why it would not."""
    from terminal.ports.scale import Weight, saleable_grams

    if not isinstance(event, Weight):
        return {}
    try:
        return {"saleable_grams": saleable_grams(event, event.at_ms), "not_saleable": ""}
    except UserError as error:
        return {"saleable_grams": None, "not_saleable": error.code}


def _plain_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, IntEnum) or hasattr(value, "name"):
        return value.name.lower()
    return value
