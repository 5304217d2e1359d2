"""``postal-terminal enrol``: make this machine a terminal."""

from __future__ import annotations

import argparse

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
        OutletError: ``enrolment.*``; ``leave.*`` over a folder that holds what nobody else has.
    """
    from terminal.bootstrap import HomeSite
    from terminal.commands.leaving import require_left
    from terminal.store.identity import read_identity

    site = HomeSite(options.home)
    if site.is_enrolled():
        # Before anybody thinks of emptying the folder: what of it does nobody else have?
        require_left(options.home)
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
