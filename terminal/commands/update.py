"""``postal-terminal update``: a newer program, proved, tried on a copy, left when it fails.

Never during a sale: it asks for the folder the counter works in, and refuses while something is in
it that nobody else has.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.commands.output import show
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.release import PROGRAM_STATE

if TYPE_CHECKING:
    from sync.updates.slots import Slots
    from sync.updates.trusted import Publisher
    from terminal.domain.release import Release

PROGRAM = Path("/var/lib/postal-terminal/program")
ROOT_FILE = "root.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in (
        ("status", "which program is in use, and which would be started after it failed"),
        ("check", "ask the publisher for a newer program; fetch nothing but its name"),
        ("take", "fetch the newer program, prove it, try it on a copy of the folder, use it"),
        ("back", "start the program before again; the folder stays as it is"),
        ("rehearse", "open a copy of a folder once, as the counter does (called by `take`)"),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, help="terminal's folder"
        )
        action.add_argument("--json", action="store_true", help="print JSON")
        if name in {"check", "take"}:
            action.add_argument(
                "--from",
                dest="shop",
                required=True,
                metavar="ADDRESS",
                help="https://… of the publisher, or the folder of a stick with the same files",
            )
        if name == "take":
            action.add_argument(
                "--at-once", action="store_true", help="do not wait for this terminal's turn"
            )
            action.add_argument(
                "--after-export",
                nargs="+",
                type=Path,
                default=[],
                metavar="FILE",
                help="bundles of `sync export` that hold what the platform has not confirmed",
            )


def execute(options: argparse.Namespace) -> int:
    """Run one action.

    Raises:
        UserError: ``update.nothing_newer``, ``update.not_yet``, ``update.failed_before``,
            ``update.nothing_before``, ``update.no_root``; ``leave.*``.
        PlatformRejection: ``update.*``, what the publisher's files are refused for.
        EnvironmentFault: ``update.unreachable``, ``update.no_room``, ``update.rehearsal_failed``;
            ``home.in_use`` while a counter is open.
    """
    told = {
        "status": _status,
        "check": _check,
        "take": _take,
        "back": _back,
        "rehearse": _rehearse,
    }[options.action](options)
    show(told, as_json=options.json)
    return 0


def program_folder() -> Path:
    """The folder of programs beside the package's own."""
    return Path(os.environ.get("POSTAL_TERMINAL_PROGRAM", PROGRAM))


def confirm_program() -> None:
    """The counter is open: the program in use has shown that it works."""
    if (program_folder() / PROGRAM_STATE).exists():
        _slots().confirm()


def _status(_options: argparse.Namespace) -> dict[str, Any]:
    slots = _slots()
    state = slots.state
    return {
        "version": slots.version,
        "slot": state.active or "package",
        "confirmed": state.confirmed,
        "starts_left": state.starts_left,
        "before": slots.version_of(state.previous),
        "failed": state.failed,
    }


def _check(options: argparse.Namespace) -> dict[str, Any]:
    release = _publisher(options.shop).newest()
    return {
        "version": _slots().version,
        "newest": release.version,
        "newer": release.is_newer_than(_slots().version),
        "turn": release.is_for(_terminal_id(options.home)),
    }


def _take(options: argparse.Namespace) -> dict[str, Any]:
    from sync.updates.rehearsal import rehearse
    from terminal.bootstrap import LOCK_FILE
    from terminal.commands.leaving import look
    from terminal.store.process_lock import ProcessLock

    slots, publisher = _slots(), _publisher(options.shop)
    release = publisher.newest()
    _require_wanted(slots, release, options)
    # From here on no counter can be opened: there is no sale the program could change under.
    lock = ProcessLock(options.home / LOCK_FILE, "home.in_use")
    try:
        if _terminal_id(options.home):
            look(options.home, options.after_export).require()
        slot = slots.lay_down(release, publisher.archive(release))
        heads = rehearse(slots.folder(slot), options.home)
        before = slots.version
        slots.put_in_use(slot)
    finally:
        lock.release()
    return {"version": release.version, "before": before, **heads}


def _require_wanted(slots: Slots, release: Release, options: argparse.Namespace) -> None:
    said = {"version": release.version, "here": slots.version}
    if not slots.state.confirmed:
        raise UserError("update.not_confirmed", {"here": slots.version})
    if not release.is_newer_than(slots.version):
        raise UserError("update.nothing_newer", said)
    if release.version == slots.state.failed:
        raise UserError("update.failed_before", said)
    if not (options.at_once or release.is_for(_terminal_id(options.home))):
        raise UserError("update.not_yet", {**said, "percent": release.percent})


def _back(_options: argparse.Namespace) -> dict[str, Any]:
    return {"version": _slots().go_back()}


def _rehearse(options: argparse.Namespace) -> dict[str, Any]:
    """Open a copy once; whatever this program brings up to date in it is brought up to date."""
    from terminal.bootstrap import HomeSite

    equipment = HomeSite(options.home).open()
    try:
        head_seq, head_hash = equipment.books.head()
        return {"head_seq": head_seq, "head_hash": head_hash}
    finally:
        equipment.books.close()
        equipment.release()


def _slots() -> Slots:
    from sync.updates.slots import Slots

    return Slots(program_folder(), _packaged_version())


def _packaged_version() -> str:
    """The version the package brought; a checkout says what it is installed as."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return (_package() / "version").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        # A checkout has no package around it.
        pass
    try:
        return version("postal-terminal")
    except PackageNotFoundError:
        # A checkout that nobody installed has no version.
        return ""


def _package() -> Path:
    """The folder the package brought, of which the environment is a part."""
    return Path(sys.prefix).parent


def _publisher(address: str) -> Publisher:
    from sync.updates.trusted import Publisher, Shop

    folder = program_folder()
    places = [folder / ROOT_FILE, _package() / ROOT_FILE]
    root = next((place.read_bytes() for place in places if place.is_file()), None)
    if root is None:
        raise UserError("update.no_root", {"file": str(places[0])})
    try:
        return Publisher(Shop(address), folder / "trusted", root, folder / "arrivals")
    except OSError as error:
        raise EnvironmentFault("update.no_room", hint=str(error)) from error


def _terminal_id(home: Path) -> str:
    """Whose turn it may be; "" for a machine that is no terminal yet."""
    from terminal.store.identity import IDENTITY_FILE, read_identity

    return read_identity(home).terminal_id if (home / IDENTITY_FILE).exists() else ""
