"""``postal-terminal platform``: the reference platform alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from terminal.commands.options import PORT, database_url
from terminal.domain.errors import EnvironmentFault

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


def execute(options: argparse.Namespace) -> int:
    """Serve until interrupted.

    Raises:
        EnvironmentFault: ``platform.database_unreachable``, ``database.newer_than_program``,
            ``platform.home_in_use``.
    """
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


def _serve(options: argparse.Namespace) -> None:
    from sqlalchemy.exc import DBAPIError

    from sync.central.service import serve

    try:
        serve(options.home, options.host, options.port, options.db, demo=options.demo)
    except DBAPIError as error:
        # What the database itself said, without the statement that went there.
        hint = " ".join(str(error.orig).split())
        raise EnvironmentFault("platform.database_unreachable", hint=hint) from error
