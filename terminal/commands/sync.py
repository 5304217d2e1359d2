"""``postal-terminal sync``: upload and download without opening the counter, or by hand."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.commands.output import show
from terminal.domain.errors import UserError

if TYPE_CHECKING:
    from sync.client.outgoing import Outgoing, Packed
    from sync.client.taken import Taken


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``, and what is done by hand."""
    parser.add_argument("--watch", action="store_true", help="keep on until interrupted")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    export = actions.add_parser(
        "export", help="write what the platform does not have yet, sealed, to a stick or as codes"
    )
    export.add_argument(
        "--to",
        type=Path,
        metavar="DIR_OR_FILE",
        help="folder on the stick, or one file that ends in .ptc",
    )
    export.add_argument("--qr", type=Path, metavar="DIR", help="draw QR codes into this folder")
    import_ = actions.add_parser(
        "import", help="take answers of the platform; pass on what other terminals wrote"
    )
    import_.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="bundles, folders, pictures of QR codes, or a .txt of scanned ones",
    )
    for action in (export, import_):
        action.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, help="folder of the terminal"
        )
        action.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON"
        )


def execute(options: argparse.Namespace) -> int:
    """Sync once, for ever with ``--watch``, or by hand.

    Returns:
        1 when something is left, refused or stands in the way.
    """
    if options.action == "export":
        return _export(options)
    if options.action == "import":
        return _import(options)
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


def _export(options: argparse.Namespace) -> int:
    """Write what waits. The books are only read: a counter may be open meanwhile.

    Raises:
        UserError: ``courier.no_target``, ``courier.nothing_waits``, ``courier.needs_folder``,
            ``courier.no_vault_key``.
        PlatformRejection: ``courier.too_large_for_qr``.
        EnvironmentFault: ``courier.no_space``, ``courier.no_folder``, ``file.not_written``.
    """
    from sync.client.courier import outgoing_beside_a_counter
    from terminal.bootstrap import open_keys

    if not (options.to or options.qr):
        raise UserError("courier.no_target")
    outgoing = outgoing_beside_a_counter(options.home, open_keys(options.home))
    told = {}
    if options.qr:
        told["codes"] = _draw(outgoing, options.qr)
    if options.to:
        told |= asdict(_write(outgoing, options.to))
    if not any(told.values()):
        raise UserError("courier.nothing_waits")
    show(told, as_json=options.json)
    return 0


def _write(outgoing: Outgoing, to: Path) -> Packed:
    from sync.wire.courier import SUFFIX

    if to.suffix == SUFFIX and not to.is_dir():
        return outgoing.to_file(to)
    return outgoing.to_folder(to)


def _draw(outgoing: Outgoing, folder: Path) -> list[str]:
    from terminal.commands.carried import draw_codes

    data = outgoing.single()
    return draw_codes(data, folder, "bundle") if data else []


def _import(options: argparse.Namespace) -> int:
    """Take what was brought; first our own entries go up when there is a line.

    Raises:
        EnvironmentFault: ``agent.already_running`` while the counter is open, which has a page of
            its own for this.
        UserError, PlatformRejection: see ``read_files``.
    """
    from terminal.commands.carried import read_files, show_taken

    files = read_files(options.files)
    taken = _take(options.home, files)
    return show_taken([asdict(item) for item in taken], as_json=options.json)


def _take(home: Path, files: list[tuple[str, bytes | Path]]) -> list[Taken]:
    from sync.client.lock import agent_lock
    from sync.client.session import Session
    from terminal.bootstrap import open_keys

    keys = open_keys(home)
    lock = agent_lock(home)
    try:
        with closing(Session(home, keys)) as session:
            # Whoever brings something to the platform speaks under a token of today.
            report = session.uploader.run(probe=True)
            taken = session.courier.take(files)
            session.keep_state(report)
            return taken
    finally:
        lock.release()
