"""``postal-terminal devices render`` and ``read-image``: pictures of slips, codes in pictures."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.commands.output import explain, show
from terminal.domain.errors import EnvironmentFault, OutletError, UserError

if TYPE_CHECKING:
    from PIL import Image


def read_images(options: argparse.Namespace) -> int:
    """``devices read-image``: say which codes are in pictures.

    Returns:
        0 when each picture holds a code, 1 when one holds none, 3 when one cannot be read.
    """
    reader = _reader()
    told = [_read(file, reader) for file in options.file]
    if options.json:
        show({"pictures": told}, as_json=True)
    else:
        for one in told:
            for line in _lines(one):
                print(line)
    if any("error" in one for one in told):
        return 3
    return 0 if all(one["codes"] for one in told) else 1


def _reader() -> Any:
    """The product's reader, after its first look at anything: libraries are slow once.

    Raises:
        EnvironmentFault: ``camera.not_installed``.
    """
    try:
        import numpy as np

        from devices.scanner.camera.reader import read_picture
    except ImportError as error:
        raise EnvironmentFault("camera.not_installed", retry=False, hint=str(error)) from error
    read_picture(np.full((64, 64), 255, np.uint8))
    return read_picture


def _read(file: Path, reader: Any) -> dict[str, Any]:
    from devices.scanner.camera.picture import load_picture

    try:
        grey = load_picture(file)
    except OutletError as error:
        return {"file": str(file), "error": error.code, "message": explain(error)}
    started = time.perf_counter()
    codes = reader(grey)
    took = (time.perf_counter() - started) * 1000
    return {
        "file": str(file),
        "width": grey.shape[1],
        "height": grey.shape[0],
        "codes": [
            {
                "symbology": code.symbology,
                "text": code.text,
                "position": [[round(x), round(y)] for x, y in code.corners],
            }
            for code in codes
        ],
        "ms": round(took, 1),
    }


def _lines(one: dict[str, Any]) -> list[str]:
    if "error" in one:
        return [f"{one['file']}: {one['message']}"]
    if not one["codes"]:
        return [f"{one['file']}: no code, {one['ms']} ms"]
    return [
        f"{one['file']}: {code['symbology']} {code['text']!r} at {code['position']}, {one['ms']} ms"
        for code in one["codes"]
    ]


def render(options: argparse.Namespace) -> int:
    """``devices render``: draw the bytes of a slip."""
    try:
        data = options.slip.read_bytes()
    except OSError as error:
        raise EnvironmentFault("devices.file_unreadable", hint=str(error)) from error
    pictures = slip_pictures(data, options.profile)
    page = pictures[0].copy()
    for picture in pictures[1:]:
        page = _below(page, picture)
    page.save(options.png)
    show({"slips": len(pictures), "png": str(options.png)}, as_json=options.json)
    return 0


def slip_pictures(data: bytes, profile: str) -> list[Image.Image]:
    """Every slip the bytes make, black on white.

    Args:
        data: ESC/POS, or what the profile says.
        profile: name of a printer model, ``label-zpl`` or ``label-tspl``.

    Raises:
        UserError: ``printer.profile_unknown``; ``devices.nothing_printed``.
    """
    if profile in ("label-zpl", "label-tspl"):
        return _label_pictures(data, profile.removeprefix("label-"))
    from devices.printer.profiles import load_profile
    from devices.simulators.virtual_printer import VirtualPrinter

    with VirtualPrinter(load_profile(profile)) as machine:
        machine.interpreter.feed(data)
        pictures = [slip.picture for slip in machine.slips]
        if not machine.paper.is_blank:
            pictures.append(machine.paper.picture())
    if not pictures:
        raise UserError("devices.nothing_printed")
    return pictures


def _label_pictures(data: bytes, language: str) -> list[Image.Image]:
    from devices.simulators.virtual_label_printer import VirtualLabelPrinter

    machine = VirtualLabelPrinter(language)
    try:
        machine.receive(data)
    except (ValueError, IndexError, SyntaxError) as error:
        # A command with numbers that are none: the file is no such label, or is cut off.
        raise UserError("devices.nothing_printed", hint=str(error)) from error
    if not machine.labels:
        raise UserError("devices.nothing_printed")
    return machine.labels


def _below(first: Image.Image, second: Image.Image) -> Image.Image:
    from PIL import Image

    size = (max(first.width, second.width), first.height + second.height)
    page = Image.new("L", size, 255)
    page.paste(first, (0, 0))
    page.paste(second, (0, first.height))
    return page
