"""``postal-terminal demo``: the platform, virtual devices and the counter in one go.

Without a display a guided day is played offscreen and leaves pictures, slips and a summary.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.commands.demo_platform import DemoPlatform
from terminal.commands.display import has_display
from terminal.commands.options import window_size

if TYPE_CHECKING:
    from devices.simulators.virtual_printer import VirtualPrinter
    from devices.simulators.virtual_scanner import VirtualScanner

DEMO_CODE = "DEMO-2026"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``, which holds the demo's terminal and platform."""
    parser.set_defaults(home=None)
    parser.add_argument("--headless", action="store_true", help="play the guided business day")
    parser.add_argument("--out", type=Path, help="folder for pictures, slips and summary")
    parser.add_argument(
        "--size",
        type=window_size,
        default=(1366, 768),
        help="window size in pixels, WIDTHxHEIGHT",
    )
    parser.add_argument(
        "--language",
        choices=["zh_CN", "en"],
        default="",
        help="language of screens and slips; the terminal keeps it",
    )


def execute(options: argparse.Namespace) -> int:
    """Run the demo."""
    out: Path = options.out or Path(tempfile.mkdtemp(prefix="postal-terminal-demo-"))
    headless = options.headless or not has_display()
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _clear(out)
    state: Path = options.home or out
    with _surroundings(state, out) as (platform, printer, scanner):
        home = state / "terminal"
        _set_up_devices(home, printer, scanner)
        if headless:
            from terminal.commands.guided_day import play

            return play(home, platform, printer, scanner, out, options.size, options.language)
        return _by_hand(home, platform, out, options)


def _clear(out: Path) -> None:
    """Take away what an earlier day left, so that what is found afterwards is of this one."""
    for leftover in [*out.glob("screens/*.png"), *out.glob("slips/*"), out / "summary.json"]:
        leftover.unlink(missing_ok=True)


@contextmanager
def _surroundings(
    state: Path, out: Path
) -> Iterator[tuple[DemoPlatform, VirtualPrinter, VirtualScanner]]:
    """The platform, the printer and the scanner of the demo."""
    from devices.printer.profiles import load_profile
    from devices.simulators.virtual_printer import VirtualPrinter
    from devices.simulators.virtual_scanner import VirtualScanner

    out.mkdir(parents=True, exist_ok=True)
    say("starting the reference platform with demo data")
    with DemoPlatform(state / "platform") as platform:
        say(f"platform at {platform.url}")
        with (
            VirtualPrinter(load_profile("escpos-80"), out=out / "slips") as printer,
            VirtualScanner(state / "scanner") as scanner,
        ):
            say(f"virtual printer at {_address(printer)}, slips in {out / 'slips'}")
            yield platform, printer, scanner


def _set_up_devices(home: Path, printer: VirtualPrinter, scanner: VirtualScanner) -> None:
    from terminal.attached import DEVICES_FILE

    home.mkdir(parents=True, exist_ok=True)
    table = {
        "printer": {"url": _address(printer), "profile": "escpos-80"},
        "scanners": [{"name": "scanner", "port": scanner.url, "baud": 9600}],
    }
    (home / DEVICES_FILE).write_text(json.dumps(table), encoding="utf-8")


def _address(printer: VirtualPrinter) -> str:
    return f"tcp://127.0.0.1:{printer.port}"


def _by_hand(home: Path, platform: DemoPlatform, out: Path, options: argparse.Namespace) -> int:
    """Enrol if need be and open the counter for people."""
    from terminal.app.desk import Desk
    from terminal.commands.speaking_site import SpeakingSite
    from terminal.practice import make_training_desk
    from ui.run import run_face
    from ui.start import FaceOptions

    site = SpeakingSite(home, options.language)
    if not site.is_enrolled():
        site.enrol(platform.url, DEMO_CODE)
    say("clerk 0312 PIN 246810 · senior clerk 0315 PIN 135790 · branch manager 0301 PIN 112233")
    say(f"everything of this demo is in {out}")
    width, height = options.size
    window = FaceOptions(width=width, height=height, language=options.language)
    return run_face(lambda: Desk(site), window, lambda: make_training_desk(home))


def say(text: str) -> None:
    """One progress line."""
    print(f"demo: {text}", file=sys.stderr, flush=True)
