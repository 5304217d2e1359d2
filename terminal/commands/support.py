"""A bundle for support: what doctor found and what the programs wrote down, without a person in it.

It goes to the platform as a sealed attachment, so that nobody has to carry a stick or read codes
over the telephone. Entries are counted, never copied: their bodies stay where they are.
"""

from __future__ import annotations

import io
import json
import platform as machine
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.commands.output import explain, explain_code
from terminal.domain.errors import EnvironmentFault, OutletError

if TYPE_CHECKING:
    from terminal.ports.vault import Safe

KIND = "support"
LOG_BYTES = 1_000_000
"""Of each log only the end goes along."""

_WRITTEN_AT = (2000, 1, 1, 0, 0, 0)
_BUSY = frozenset({"home.in_use", "agent.already_running"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a bundle.

    Args:
        reference: what support looks it up by.
        size: sealed bytes.
        received: whether the platform signed that it has it.
        text: the same in words.
    """

    reference: str
    size: int
    received: bool
    text: str


def make_bundle(home: Path, findings: Sequence[Mapping[str, Any]]) -> bytes:
    """Pack everything support needs first; a part that cannot be read says why.

    Args:
        home: the terminal's folder.
        findings: of ``doctor``.

    Returns:
        A zip file; the same state gives the same bytes.
    """
    parts: dict[str, bytes] = {
        "findings.json": _json(list(findings)),
        "machine.json": _json(_about()),
        "line.json": _json(_or_why(_line, home)),
        "journal.json": _json(_or_why(_journal, home)),
    }
    for log in sorted((home / "logs").glob("*.log*")):
        parts[f"logs/{log.name}"] = log.read_bytes()[-LOG_BYTES:]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name, content in parts.items():
            # A fixed time: the same bundle twice is kept once.
            info = zipfile.ZipInfo(name, _WRITTEN_AT)
            bundle.writestr(info, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def send(home: Path, bundle: bytes) -> Sent:
    """Keep the bundle as an attachment and bring it to the platform, now or when the line is back.

    Args:
        home: an enrolled terminal's folder; a counter may be at work on it.
        bundle: from ``make_bundle``.

    Raises:
        UserError: ``attachment.too_large``.
        EnvironmentFault: ``identity.*``, ``keystore.*``, ``vault.no_key``, ``file.not_written``.
    """
    from sync.client.safe import open_safe
    from terminal.bootstrap import open_keys
    from terminal.domain.identifiers import new_uuid7
    from terminal.store.identity import read_identity
    from terminal.store.system_clock import SystemClock

    identity, keys = read_identity(home), open_keys(home)
    safe = open_safe(home, identity, keys)
    kept = safe.attachments.put(
        bundle,
        kind=KIND,
        name=f"support-{identity.terminal_id}.zip",
        intent_id=new_uuid7(),
        kept_at=SystemClock().now_utc(),
    )
    trouble = _name_and_upload(home)
    received = _is_received(safe, kept.address)
    reference = kept.address[:12].upper()
    if received:
        text = f"support has it as {reference}; tell them this number"
    else:
        why = f" ({trouble})" if trouble else ""
        text = (
            f"kept here sealed as {reference} and sent by itself when the platform can be reached"
            f"{why}; tell support this number"
        )
    return Sent(reference, kept.size, received, text)


def _name_and_upload(home: Path) -> str:
    """Do what a counter at work does by itself; "" or what stands in the way, in words."""
    from sync.client.agent import run_once
    from terminal.bootstrap import name_attachments

    try:
        name_attachments(home)
        report = run_once(home)
    except OutletError as error:
        # The programs at work name it and send it within the minute.
        return "" if error.code in _BUSY else explain(error)
    return explain_code(report.code) if report.code else ""


def _is_received(safe: Safe, address: str) -> bool:
    return safe.receipts.receipt("attachments", address) is not None


def _about() -> dict[str, Any]:
    from importlib.metadata import distributions

    versions = {found.metadata["Name"]: found.version for found in distributions()}
    return {
        "python": sys.version,
        "system": machine.platform(),
        "processor": machine.machine(),
        "packages": dict(sorted(versions.items())),
    }


def _line(home: Path) -> dict[str, Any]:
    """The identity's public part, the state of the line, and what waits for a person."""
    from terminal.bootstrap import open_keys
    from terminal.store.identity import read_identity
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader

    identity = read_identity(home)
    with closing(SyncReader(home / SYNC_FILE, open_keys(home).db_key)) as reader:
        return {
            "terminal_id": identity.terminal_id,
            "platform_url": identity.platform_url,
            "server_epoch": identity.server_epoch,
            "confirmed": asdict(reader.confirmed_head()),
            "line": asdict(reader.line_state()),
            "parked": [asdict(item) for item in reader.parked()],
        }


def _journal(home: Path) -> dict[str, Any]:
    """How much is in the journal and of which kind; nothing of what it says."""
    from terminal.commands.journal import open_journal

    with open_journal(home) as connection:
        counted = connection.execute(
            "SELECT kind, count(*), max(seq), max(recorded_at) FROM journal GROUP BY kind"
        ).fetchall()
        head = connection.execute(
            "SELECT epoch, seq, hash, recorded_at FROM journal ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    return {
        "kinds": {kind: list(rest) for kind, *rest in counted},
        "head": list(head or ()),
    }


def _or_why(read: Any, home: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = read(home)
    except OutletError as error:
        return {"unreadable": error.code, "hint": error.hint}
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()


def write(file: Path, bundle: bytes) -> Sent:
    """Write the bundle to a file, for a terminal that cannot send it.

    Args:
        file: where to.
        bundle: from ``make_bundle``.

    Raises:
        EnvironmentFault: ``file.not_written``.
    """
    try:
        file.write_bytes(bundle)
    except OSError as error:
        hint = f"({error.strerror})"
        raise EnvironmentFault("file.not_written", {"file": file.name}, hint=hint) from error
    return Sent("", len(bundle), received=False, text=f"written to {file}; give it to support")
