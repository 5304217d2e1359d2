"""``postal-terminal retire``: may this folder be left, and end the terminal's work in it.

An installer calls it with ``--check`` before it updates or removes anything.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.commands.output import show
from terminal.domain.errors import OutletError, UserError

if TYPE_CHECKING:
    from terminal.app.leaving import Standing

_LATER = ("leave.entries_waiting", "leave.not_tied", "leave.held", "leave.deposits_waiting")
"""What the upload settles that follows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say whether the folder may be left; change nothing (for installers)",
    )
    parser.add_argument(
        "--after-export",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="bundles of `sync export` that hold what the platform has not confirmed, or their "
        "folder; keep them until the platform has them",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def execute(options: argparse.Namespace) -> int:
    """Say whether the folder may be left; without ``--check`` end the terminal's work first.

    Returns:
        0 when nothing is here that nobody else has.

    Raises:
        UserError: ``leave.*``.
        EnvironmentFault: ``home.in_use`` while a counter is open here; ``books.*``,
            ``identity.*``, ``keystore.*``, ``database.*``.
    """
    from terminal.bootstrap import LOCK_FILE
    from terminal.store.process_lock import ProcessLock

    home: Path = options.home
    if _is_nobodys(home):
        show({"may_be_left": True, "enrolled": False}, as_json=options.json)
        return 0
    lock = ProcessLock(home / LOCK_FILE, "home.in_use")
    try:
        told = {} if options.check else _end_work(home)
        standing = _look(home, options.after_export)
        standing.require()
    finally:
        lock.release()
    show({"may_be_left": True, "enrolled": True, **told, **asdict(standing)}, as_json=options.json)
    return 0


def _look(home: Path, exported: list[Path]) -> Standing:
    from terminal.commands.leaving import look

    return look(home, exported)


def _is_nobodys(home: Path) -> bool:
    from terminal.store.books import FILE
    from terminal.store.identity import IDENTITY_FILE

    return not any((home / name).exists() for name in (IDENTITY_FILE, FILE))


def _end_work(home: Path) -> dict[str, Any]:
    """Give unused numbers back and upload; all of it may be done again after a kill.

    Raises:
        UserError: ``leave.day_open`` before the outlet is signed off; ``leave.*`` for what only
            the counter can settle.
    """
    _look(home, []).require(but=_LATER)
    given_back = _give_numbers_back(home)
    return {"numbers_given_back": given_back, "upload": _upload(home)}


def _upload(home: Path) -> str:
    """Upload once; the code of what stopped it, "" when nothing did."""
    from sync.client.agent import run_once

    try:
        return run_once(home).code
    except OutletError as error:
        return error.code


def _give_numbers_back(home: Path) -> int:
    from contextlib import closing

    from terminal.app.context import Context
    from terminal.app.ranges import NumberRanges
    from terminal.bootstrap import open_books, open_keys
    from terminal.domain.profile import Profile
    from terminal.store.credentials import ArgonCheck
    from terminal.store.identity import read_identity
    from terminal.store.reference import ReferenceReader
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader
    from terminal.store.system_clock import SystemClock

    identity, keys, clock = read_identity(home), open_keys(home), SystemClock()
    with (
        closing(open_books(home, identity, keys, clock)) as books,
        closing(ReferenceReader(home)) as catalogue,
        closing(SyncReader(home / SYNC_FILE, keys.db_key)) as sync,
    ):
        day = books.day()
        if day.outlet_open:
            raise UserError("leave.day_open", {"date": day.business_date})
        secrets = ArgonCheck(bytes.fromhex(identity.platform_key))
        profile = Profile.from_json(identity.profile)
        return NumberRanges(
            Context(books, catalogue, clock, secrets, sync, profile)
        ).give_back_all()
