"""``postal-terminal platform``: the reference platform alone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.commands.options import PORT, database_url, present_file
from terminal.domain.errors import EnvironmentFault

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

LOCK_FILE = "platform.lock"
PATIENCE_S = 2.0
"""How long to wait for a platform that is just ending."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``, which is a folder of its own: never the terminal's."""
    parser.set_defaults(home=Path.home() / ".postal-platform")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=PORT, default=8020, help="port to listen on, 0 for a free one"
    )
    parser.add_argument(
        "--db",
        metavar="URL",
        type=database_url,
        default="",
        help="database; SQLite in the home folder by default",
    )
    parser.add_argument("--demo", action="store_true", help="seed demo data and a reusable code")
    parser.add_argument(
        "--goods",
        metavar="FILE",
        type=present_file,
        help="the demo with more goods: a file of `python -m installer.catalogue_generator`",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    bring = actions.add_parser(
        "import-bundle", help="take in what was carried from a terminal without a line"
    )
    bring.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="bundles, folders or QR codes"
    )
    bring.add_argument("--to", type=Path, metavar="DIR", help="where answers go; beside the bundle")
    bring.add_argument("--qr", type=Path, metavar="DIR", help="draw the answers as QR codes, too")
    bring.add_argument(
        "--home", type=Path, default=argparse.SUPPRESS, help="folder of the platform"
    )
    bring.add_argument("--json", action="store_true", help="print JSON")


def execute(options: argparse.Namespace) -> int:
    """Serve until interrupted, or take in bundles.

    Raises:
        UserError: ``platform.terminals_folder``.
        EnvironmentFault: ``platform.database_unreachable``, ``database.newer_than_program``,
            ``platform.home_in_use``; ``platform.not_here`` for a folder that is no platform's;
            ``platform.bad_goods``, ``platform.seeded_without_goods``.
    """
    from terminal.store.home_folder import refuse_terminals_folder

    if options.action == "import-bundle":
        return _bring(options)
    refuse_terminals_folder(options.home)
    if options.db and not options.db.startswith("sqlite"):
        # Workers share one folder when their books are in one server.
        _serve(options)
        return 0
    from terminal.store.process_lock import ProcessLock

    options.home.mkdir(parents=True, exist_ok=True)
    lock = ProcessLock(options.home / LOCK_FILE, "platform.home_in_use", patience_s=PATIENCE_S)
    try:
        _serve(options)
    finally:
        lock.release()
    return 0


def _bring(options: argparse.Namespace) -> int:
    """Take in bundles beside a running platform, as one more of its workers."""
    from sqlalchemy.exc import DBAPIError

    from sync.central.courier import receive
    from sync.central.platform import Platform, Settings
    from terminal.commands.bring import bring

    if not (options.home / "platform.key").exists():
        # A new key would open nothing, and would be taken for the platform's own.
        raise EnvironmentFault("platform.not_here", {"folder": str(options.home)}, retry=False)
    try:
        platform = Platform(Settings(options.home, options.db))
    except DBAPIError as error:
        raise _unreachable(error) from error
    try:
        return bring(options, lambda data: receive(platform, data))
    finally:
        platform.database.close()


def _serve(options: argparse.Namespace) -> None:
    from sqlalchemy.exc import DBAPIError

    from sync.central.service import serve

    try:
        serve(
            options.home,
            options.host,
            options.port,
            options.db,
            demo=options.demo or options.goods is not None,
            goods=options.goods,
        )
    except DBAPIError as error:
        raise _unreachable(error) from error


def _unreachable(error: DBAPIError) -> EnvironmentFault:
    # What the database itself said, without the statement that went there.
    hint = " ".join(str(error.orig).split())
    return EnvironmentFault("platform.database_unreachable", hint=hint)
