"""``postal-terminal enrol``: make this machine a terminal."""

from __future__ import annotations

import argparse
from pathlib import Path

from terminal.commands.options import platform_url
from terminal.commands.output import show


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``."""
    parser.add_argument(
        "--platform",
        required=True,
        metavar="URL",
        type=platform_url,
        help="address of the platform, https://NAME or http://NAME:PORT",
    )
    parser.add_argument(
        "--code", required=True, help="one-time code; capitals, blanks and hyphens do not matter"
    )
    parser.add_argument("--json", action="store_true", help="print the identity as JSON")


def execute(options: argparse.Namespace) -> int:
    """Enrol and load the first data.

    Raises:
        OutletError: ``enrolment.*``; ``home.in_use`` and ``leave.*`` over a folder that holds what
            nobody else has.
    """
    from terminal.bootstrap import HomeSite
    from terminal.store.identity import read_identity

    site = HomeSite(options.home)
    if site.is_enrolled():
        _require_left(options.home)
    site.enrol(options.platform, options.code)
    identity = read_identity(options.home)
    show(
        {
            "terminal_id": identity.terminal_id,
            "outlet": identity.outlet,
            "terminal_no": identity.terminal_no,
            "platform": identity.platform_url,
        },
        as_json=options.json,
    )
    return 0


def _require_left(home: Path) -> None:
    """Before anybody thinks of emptying the folder: what of it does nobody else have?"""
    from terminal.bootstrap import LOCK_FILE
    from terminal.commands.leaving import require_left
    from terminal.store.process_lock import ProcessLock

    # While a counter is at work on it, what it has under way is no reason to call anybody.
    lock = ProcessLock(home / LOCK_FILE, "home.in_use", patience_s=0)
    try:
        require_left(home)
    finally:
        lock.release()
