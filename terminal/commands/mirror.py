"""``postal-terminal mirror``: the second copy of the journal, kept, checked and put back."""

from __future__ import annotations

import argparse
import secrets
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.commands.options import PORT
from terminal.commands.output import explain, explain_hold, show
from terminal.domain.errors import EnvironmentFault, OutletError

if TYPE_CHECKING:
    from sync.client.mirror_check import CopyReport, MirrorReader
    from sync.client.mirror_place import MirrorPlace
    from terminal.store.identity import Identity
    from terminal.store.keystore import Keys

_READY = "PRAGMA user_version"
TOKEN_FILE = "mirror.token"  # noqa: S105 - a file's name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="where the copy is and how far it goes")
    check = actions.add_parser("check", help="read the whole copy: chain, signatures, digests")
    restore = actions.add_parser("restore", help="make the journal again from the copy")
    restore.add_argument(
        "--partial", action="store_true", help="of a damaged copy, restore the part that is whole"
    )
    for action in (check, restore):
        action.add_argument(
            "--from",
            dest="source",
            type=Path,
            metavar="DIR",
            help="folder of the copy; the one of devices.json when missing",
        )
    for action in (status, check, restore):
        action.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, help="terminal's folder"
        )
        action.add_argument("--json", action="store_true", help="print JSON")
    serve = actions.add_parser("serve", help="keep the copies of the outlet's other machines")
    serve.add_argument("--dir", type=Path, required=True, help="folder that takes the copies")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=PORT, default=8022, help="port, 0 for a free one")


def execute(options: argparse.Namespace) -> int:
    """Run the action."""
    actions = {"status": _status, "check": _check, "restore": _restore, "serve": _serve}
    return actions[options.action](options)


class Copy:
    """A terminal's copy and what is needed to read it.

    Args:
        home: the terminal's folder.
        source: folder of the copy; None for the place in ``devices.json``.

    Raises:
        EnvironmentFault: ``mirror.not_set_up``, ``mirror.misconfigured``, ``identity.*``,
            ``keystore.*``.
    """

    def __init__(self, home: Path, source: Path | None = None) -> None:
        from sync.client.mirror_lane import place_of
        from terminal.bootstrap import open_keys
        from terminal.store.identity import read_identity
        from terminal.store.mirror_settings import MirrorSettings, mirror_settings

        settings = MirrorSettings(folder=source.absolute()) if source else mirror_settings(home)
        if settings is None:
            raise EnvironmentFault("mirror.not_set_up", retry=False)
        self.identity: Identity = read_identity(home)
        self.keys: Keys = open_keys(home)
        self.place: MirrorPlace = place_of(settings, self.identity.terminal_id, home)

    def reader(self) -> MirrorReader:
        """Reads it."""
        from sync.client.mirror_check import MirrorReader
        from sync.client.mirror_records import LineSeal
        from sync.client.signing import public_hex

        seal = LineSeal(self.keys.db_key, self.identity.terminal_id)
        return MirrorReader(self.place, seal, bytes.fromhex(public_hex(self.keys.seed)))


def _status(options: argparse.Namespace) -> int:
    told = mirror_state(options.home)
    show(told, as_json=options.json)
    return 1 if told["code"] else 0


def mirror_state(home: Path) -> dict[str, Any]:
    """How the copy is, as its index and the agent say; nothing of it is read through.

    Args:
        home: the terminal's folder.

    Returns:
        ``place``, ``seq`` (last entry of the copy), ``head`` (of the journal), ``behind``, ``at``
        (when the copy was last brought up to date), ``own_disk``, ``mended``, ``aside``, and
        ``code`` with ``text`` of what is in the way.

    Raises:
        EnvironmentFault: as ``Copy``.
    """
    from sync.client.mirror_records import INDEX, MirrorIndex

    copy = Copy(home)
    told: dict[str, Any] = {"place": copy.place.name, "seq": 0, "code": "", "text": ""}
    try:
        data = copy.place.read(INDEX)
        told["seq"] = MirrorIndex.parse(data).seq if data else 0
        told["own_disk"] = not copy.place.distant()
    except OutletError as error:
        told |= {"code": error.code, "text": explain(error)}
    told |= _as_the_agent_says(home, copy, told)
    told["head"] = _head(home)
    told["behind"] = max(0, told["head"] - told["seq"])
    return told


def _as_the_agent_says(home: Path, copy: Copy, told: dict[str, Any]) -> dict[str, Any]:
    from sync.client.mirror_lane import LANE
    from terminal.store.awaited_file import AwaitedFile
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader

    with closing(SyncReader(home / SYNC_FILE, copy.keys.db_key)) as sync:
        parked = [item for item in sync.parked() if item.lane == LANE]
    with closing(AwaitedFile(home / SYNC_FILE, copy.keys.db_key, ready=_READY)) as file:
        rows = dict(file.rows("SELECT key, value FROM state WHERE key LIKE 'mirror.%'"))
    kept = {name: rows.get(f"mirror.{name}", "") for name in ("at", "mended", "aside")}
    if parked and not told["code"]:
        return kept | {
            "code": parked[0].code,
            "text": explain_hold(parked[0].code, parked[0].item),
        }
    return kept


def _head(home: Path) -> int:
    """Number of the journal's last entry, 0 without a journal."""
    from sync.client.journal_reader import JournalReader
    from terminal.bootstrap import open_keys
    from terminal.store.books import FILE

    with closing(JournalReader(home / FILE, open_keys(home).db_key)) as journal:
        return journal.head().seq


def _check(options: argparse.Namespace) -> int:
    copy = Copy(options.home, options.source)
    report = copy.reader().check()
    head = _head(options.home)
    show(
        {
            **_told(copy, report),
            "journal_head": head,
            "behind": max(0, head - report.head.seq),
            "same_as_journal": _agrees(options.home, report),
        },
        as_json=options.json,
    )
    return 0 if report.sound and _agrees(options.home, report) is not False else 1


def _told(copy: Copy, report: CopyReport) -> dict[str, Any]:
    return {
        "place": copy.place.name,
        "sound": report.sound,
        "head_seq": report.head.seq,
        "head_hash": report.head.hash,
        "epoch": report.head.epoch,
        "index_seq": report.index_seq,
        "faults": list(report.faults),
    }


def _agrees(home: Path, report: CopyReport) -> bool | None:
    """Whether the journal has the copy's last entry as it is there; None without a journal."""
    from sync.client.journal_reader import JournalReader
    from terminal.bootstrap import open_keys
    from terminal.store.books import FILE

    with closing(JournalReader(home / FILE, open_keys(home).db_key)) as journal:
        if not journal.head().seq:
            return None
        return journal.hash_at(report.head.seq) == report.head.hash


def _restore(options: argparse.Namespace) -> int:
    from terminal.commands.mirror_restore import restore

    copy = Copy(options.home, options.source)
    done = restore(options.home, copy.identity, copy.reader(), partial=options.partial)
    show(done, as_json=options.json)
    return 0 if done["complete"] else 1


def _serve(options: argparse.Namespace) -> int:
    """Serve until interrupted; the token is made at the first start and stays."""
    import json
    import socket

    import uvicorn

    from sync.client.mirror_server import mirror_app
    from terminal.store.atomic_file import write_atomically

    options.dir.mkdir(parents=True, exist_ok=True)
    file = options.dir / TOKEN_FILE
    if not file.exists():
        write_atomically(file, secrets.token_urlsafe(24).encode() + b"\n", mode=0o600)
    token = file.read_text(encoding="ascii").strip()
    listener = socket.create_server((options.host, options.port), backlog=64)
    url = f"http://{options.host}:{listener.getsockname()[1]}"
    print(json.dumps({"event": "listening", "url": url, "token": token}), flush=True)
    config = uvicorn.Config(
        mirror_app(options.dir, token),
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0
