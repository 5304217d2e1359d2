"""``postal-terminal devices simulate``: be a device until interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from terminal.commands.output import show
from terminal.domain.errors import UserError

if TYPE_CHECKING:
    from devices.simulators.virtual_line import Machine, VirtualLine
    from devices.simulators.virtual_printer import VirtualPrinter

FAULTS: Final = ("garble", "duplicate", "cut", "split", "late")


def simulate(options: argparse.Namespace) -> int:
    """``devices simulate``: serve a machine and take deeds from standard input."""
    if options.name == "printer":
        return _simulate_printer(options)
    from devices.simulators.virtual_line import LineFaults, PtyLine, TcpLine

    faults = LineFaults(**dict(map(_fault, options.fault)))
    machine, deed = machine_of(options.name)
    line: VirtualLine = (
        PtyLine(machine, options.pty, faults)
        if options.pty
        else TcpLine(machine, options.port, faults)
    )
    # Interrupted while it reads its input: the line is taken down on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with line:
        show({"listening": line.url}, as_json=options.json)
        for words in sys.stdin:
            try:
                deed(words.strip())
            except ValueError:
                print("a whole number is wanted", file=sys.stderr)
        threading.Event().wait()
    return 0


def _simulate_printer(options: argparse.Namespace) -> int:
    """A slip printer; its faults are the machine's own, and a line of input turns one."""
    from devices.printer.profiles import load_profile
    from devices.simulators.virtual_printer import VirtualPrinter

    if options.pty:
        raise UserError("usage.wrong", hint="printer: --port only")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with VirtualPrinter(load_profile("escpos-80"), options.port) as printer:
        for fault in options.fault:
            _turn_printer(printer, fault)
        show({"listening": f"tcp://127.0.0.1:{printer.port}"}, as_json=options.json)
        for words in sys.stdin:
            try:
                _turn_printer(printer, words.strip())
            except UserError as error:
                print(error.hint, file=sys.stderr)
            print(f"{len(printer.slips)} slips", flush=True)
        threading.Event().wait()
    return 0


def _turn_printer(printer: VirtualPrinter, fault: str) -> None:
    """``paper_out`` turns it on or off again, ``slow_ms=20`` sets a number."""
    name, mark, number = fault.partition("=")
    kinds = {field.name: field.type for field in fields(printer.faults)}
    if kinds.get(name) == "bool" and not mark:
        printer.set_faults(**{name: not getattr(printer.faults, name)})
    elif kinds.get(name) == "int" and number.isdecimal():
        printer.set_faults(**{name: int(number)})
    elif fault:  # an empty line only asks how many slips there are
        raise UserError("devices.fault_unknown", {"fault": fault}, hint=", ".join(kinds))


def _fault(word: str) -> tuple[str, int]:
    name, _, number = word.partition("=")
    if name not in FAULTS or not number.isdecimal():
        raise UserError("devices.fault_unknown", {"fault": word}, hint=", ".join(FAULTS))
    return name, int(number)


def machine_of(name: str) -> tuple[Machine, Callable[[str], None]]:
    """A simulated device and what a line of standard input does to it.

    Args:
        name: one of the names that ``devices simulate`` takes.
    """
    from devices.simulators.virtual_card_terminal import VirtualCardTerminal
    from devices.simulators.virtual_display import VirtualDisplay
    from devices.simulators.virtual_id_reader import VirtualIdReader, invented_fields
    from devices.simulators.virtual_label_printer import VirtualLabelPrinter
    from devices.simulators.virtual_note_acceptor import VirtualNoteAcceptor
    from devices.simulators.virtual_scale import SAYINGS, VirtualScale
    from terminal.ports.scale import Weight

    if name in SAYINGS:
        scale = VirtualScale(name, Weight(1250, stable=True))
        return scale, lambda grams: setattr(scale, "weight", Weight(int(grams), stable=True))
    if name == "id-reader":
        reader = VirtualIdReader(invented_fields())
        return reader, lambda word: setattr(
            reader, "fields", invented_fields() if word == "card" else None
        )
    if name == "note-acceptor":
        acceptor = VirtualNoteAcceptor()
        return acceptor, lambda word: _note_deed(acceptor, word)
    if name == "card-terminal":
        terminal = VirtualCardTerminal()
        return terminal, lambda word: setattr(terminal, "silent", word == "silent")
    if name in ("label-zpl", "label-tspl"):
        printer = VirtualLabelPrinter(name.removeprefix("label-"))
        return printer, lambda word: _label_deed(printer, word)
    display = VirtualDisplay()
    return display, lambda _: print(f"{display.upper}\n{display.lower}", flush=True)


def _note_deed(acceptor: Any, word: str) -> None:
    if word == "power":
        acceptor.lose_power()
    else:
        acceptor.insert(int(word))


def _label_deed(printer: Any, word: str) -> None:
    """``paper_out``, ``head_open``, ``ribbon_out``, ``paused``, ``silent``: once on, once off."""
    if hasattr(printer, word) and isinstance(getattr(printer, word), bool):
        setattr(printer, word, not getattr(printer, word))
    print(f"{len(printer.labels)} labels", flush=True)
