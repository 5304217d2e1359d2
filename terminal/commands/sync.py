"""``postal-terminal sync``: upload and download without opening the counter."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from terminal.commands.output import show


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``."""
    parser.add_argument("--watch", action="store_true", help="keep on until interrupted")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def execute(options: argparse.Namespace) -> int:
    """Sync once, or for ever with ``--watch``; 1 when something is left or stands in the way."""
    from sync.client.agent import run_forever, run_once
    from terminal.bootstrap import take_over_recovery

    if options.watch:
        run_forever(options.home, on_event=lambda event: show(dict(event), as_json=True))
        return 0
    report = run_once(options.home)
    if report.recovering and take_over_recovery(options.home):
        # The books of an old disk are up to date again: the rest can go.
        report = run_once(options.home)
    show(asdict(report), as_json=options.json)
    return 1 if report.pending or report.code else 0
