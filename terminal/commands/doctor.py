"""``postal-terminal doctor``: is this machine fit, in plain words, and what to do."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.commands.output import (
    counted,
    explain,
    explain_code,
    explain_hold,
    explain_printer,
    show,
    unexpected,
    while_read,
)
from terminal.domain.errors import EnvironmentFault, OutletError

if TYPE_CHECKING:
    from terminal.store.sync_reader import SyncReader

ROOM_MB = 500
LIVE_FLUSH_MS = 0.02
FONTS = (
    "PostalSans-Regular.otf",
    "PostalSans-Bold.otf",
    "PostalSansFurther-Regular.otf",
    "PostalSansFurther-Bold.otf",
    "PostalSans-Rare.otf",
    "PostalMono-Regular.otf",
    "PostalMono-Bold.otf",
)
_REVOKED = "terminal.revoked"
RENEW_IN_TIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``level`` is ok, warn or bad."""

    name: str
    level: str
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--support", action="store_true", help="send support what they need, without personal data"
    )
    parser.add_argument(
        "--out", type=Path, help="with --support: write the bundle to this file, send nothing"
    )


def execute(options: argparse.Namespace) -> int:
    """Look at everything; 1 when something is bad."""
    findings = [_looked(name, look, options.home) for name, look in LOOKS]
    told: dict[str, Any] = {"findings": [asdict(finding) for finding in findings]}
    if options.support:
        told["support"] = _for_support(options, told["findings"])
    if options.json:
        show(told, as_json=True)
    else:
        with while_read():
            for finding in findings:
                print(f"{finding.level.upper():4}  {finding.name}: {finding.text}")
            if options.support:
                said = told["support"]
                print(f"{'SENT' if said['received'] else 'KEPT'}  support: {said['text']}")
    return 1 if any(finding.level == "bad" for finding in findings) else 0


def _for_support(options: argparse.Namespace, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """The bundle on its way, or in a file."""
    from terminal.commands import support

    bundle = support.make_bundle(options.home, findings)
    out = options.out
    return asdict(support.write(out, bundle) if out else support.send(options.home, bundle))


def _looked(name: str, look: Callable[[Path], Finding], home: Path) -> Finding:
    """One look; what the system refuses it is a finding and hides none of the others."""
    try:
        return look(home)
    except OSError as error:
        hint = f"({error.strerror})"
        return Finding(name, "bad", explain(EnvironmentFault("home.not_writable", hint=hint)))
    except OutletError as error:
        return Finding(name, "bad", explain(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours must not hide what is found else
        traceback.print_exc()
        return Finding(name, "bad", explain(unexpected(error)))


def _versions(_home: Path) -> Finding:
    from importlib.metadata import version

    parts = [f"Python {sys.version.split()[0]}"]
    parts += [f"{name} {version(name)}" for name in ("PySide6-Essentials", "sqlcipher3")]
    broken = version("PySide6-Essentials") == "6.12.0" and sys.version_info < (3, 12)
    return Finding("versions", "bad" if broken else "ok", ", ".join(parts))


def _space(home: Path) -> Finding:
    place = home if home.exists() else home.parent
    free = shutil.disk_usage(place if place.exists() else Path.home()).free // 2**20
    enough = free >= ROOM_MB
    text = f"{free} MB free" + ("" if enough else f"; make room, at least {ROOM_MB} MB")
    return Finding("disk space", "ok" if enough else "bad", text)


def _flush(home: Path) -> Finding:
    """A disk that answers a flush in no time keeps nothing at a power cut."""
    import os

    if not home.exists():
        return Finding("disk flush", "warn", "not measured: the folder does not exist yet")
    probe = home / ".flush-probe"
    times = []
    with probe.open("wb") as file:
        for _ in range(50):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    probe.unlink()
    median = sorted(times)[len(times) // 2]
    lies = median < LIVE_FLUSH_MS
    text = f"{median:.2f} ms a flush" + (
        "; too fast to be true: test with a power cut" if lies else ""
    )
    return Finding("disk flush", "warn" if lies else "ok", text)


def _enrolment(home: Path) -> Finding:
    from terminal.store.identity import read_identity

    try:
        identity = read_identity(home)
    except OutletError as error:
        if error.code == "identity.missing":
            return Finding("enrolment", "warn", "not enrolled yet")
        return Finding("enrolment", "bad", explain(error))
    return Finding("enrolment", "ok", f"{identity.terminal_id} at {identity.platform_url}")


def _certificate(home: Path) -> Finding:
    """How long the platform vouches for this terminal's key."""
    from cryptography import x509

    from terminal.store.identity import read_identity

    try:
        identity = read_identity(home)
    except OutletError as error:
        none = error.code == "identity.missing"
        why = "none before enrolment" if none else "not known while identity.json is damaged"
        return Finding("certificate", "warn", why)
    try:
        certificate = x509.load_pem_x509_certificate(identity.certificate.encode())
    except ValueError as error:
        fault = EnvironmentFault("identity.damaged", retry=False, hint=str(error))
        return Finding("certificate", "bad", explain(fault))
    end, now = certificate.not_valid_after_utc, datetime.now(UTC)
    if end > now:
        soon = end - now < RENEW_IN_TIME
        ask = "; ask the platform's operator for a new enrolment code in time" if soon else ""
        return Finding("certificate", "warn" if soon else "ok", f"valid until {end:%Y-%m-%d}{ask}")
    return Finding(
        "certificate",
        "bad",
        f"ran out on {end:%Y-%m-%d}. The books are safe: entries stay signed by this terminal's "
        "own key. Close the day, let everything upload, then enrol a fresh folder with a new code "
        "from the platform's operator; keep this folder",
    )


def _line(home: Path) -> Finding:
    """What stands between these books and the platform."""
    from terminal.bootstrap import open_keys
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader

    if not (home / SYNC_FILE).exists():
        return Finding("platform", "warn", "never spoken to")
    try:
        with closing(SyncReader(home / SYNC_FILE, open_keys(home).db_key)) as reader:
            return _line_finding(reader, _waiting(home, reader.confirmed_head().seq))
    except OutletError as error:
        return Finding("platform", "bad", explain(error))


def _line_finding(reader: SyncReader, waiting: str) -> Finding:
    state = reader.line_state()
    parked = [
        (item.lane, item.code, item.item) for item in reader.parked() if item.lane != "mirror"
    ]
    if state.held or state.last_error == _REVOKED:
        parked.append(("journal", state.last_error, ""))
    held = [(code, item) for lane, code, item in parked if lane == "journal"]
    if held:
        # What was withdrawn comes first: until that is settled nothing else can be.
        code, item = next((one for one in held if one[0] == _REVOKED), held[0])
        return Finding("platform", "bad", f"the queue is held. {explain_hold(code, item)}{waiting}")
    if parked:
        _, code, item = parked[0]
        return Finding("platform", "warn", f"{explain_hold(code, item)}{waiting}")
    if state.last_error:
        return Finding("platform", "warn", f"{explain_code(state.last_error)}{waiting}")
    contact = f"last answer {state.last_contact}" if state.last_contact else "no answer yet"
    return Finding("platform", "ok", f"{contact}{waiting}")


def _waiting(home: Path, confirmed: int) -> str:
    from terminal.commands.journal import open_journal
    from terminal.store.books import FILE
    from terminal.store.reading import SqlReading
    from terminal.store.whole_file import require_whole

    try:
        with open_journal(home) as connection:
            connection.execute("BEGIN")
            require_whole(connection, FILE)
            waiting = SqlReading(connection).head()[0] - confirmed
    except OutletError:
        return ""  # the look at the journal says what is wrong with it
    if waiting < 0:
        return f"; {counted(-waiting, 'entry is', 'entries are')} there and not here"
    many = counted(waiting, "entry waits", "entries wait")
    return f"; {many} here, signed and safe" if waiting else "; nothing waits"


def _books(home: Path) -> Finding:
    from terminal.commands.journal import lacking, open_journal
    from terminal.store.books import FILE
    from terminal.store.identity import IDENTITY_FILE
    from terminal.store.whole_file import require_whole

    if not (home / IDENTITY_FILE).exists() and not (home / FILE).exists():
        return Finding("journal", "warn", "no journal before enrolment")
    try:
        with open_journal(home) as connection:
            connection.execute("BEGIN")
            require_whole(connection, FILE)
            life = _life(connection)
        behind = lacking(home)
    except OutletError as error:
        if error.code == "books.not_begun":
            return Finding("journal", "warn", explain(error))
        said = error.code.startswith(("books.", "database."))
        keep = "" if said else ". Keep the folder, call support"
        return Finding("journal", "bad", f"{explain(error)}{keep}")
    return Finding("journal", "bad" if behind else "ok", behind or f"whole{life}")


def _life(connection: Any) -> str:
    """Which life of the disk this is, when it is not the first."""
    from terminal.domain.epoch import RECOVERED
    from terminal.store.journal_table import select

    tail = "WHERE kind = ? ORDER BY seq DESC LIMIT 1"
    for entry in select(connection, tail, (RECOVERED,)):
        return (
            f"; epoch {entry.epoch} since entry {entry.seq}: this disk was an old copy and got "
            f"{counted(entry.body['recovered'], 'entry', 'entries')} back from the platform"
        )
    return ""


def _mirror(home: Path) -> Finding:
    """Whether there is a second copy of the journal, and how far it goes."""
    from terminal.commands.mirror import mirror_state

    try:
        state = mirror_state(home)
    except OutletError as error:
        if error.code == "mirror.not_set_up":
            text = "none set up; what the platform does not have yet is on this disk alone"
            return Finding("mirror", "warn", text)
        return Finding("mirror", "warn", explain(error))
    if state["code"]:
        return Finding("mirror", "warn", str(state["text"]))
    text = f"entry {state['seq']} of {state['head']} at {state['place']}"
    if state["own_disk"]:
        return Finding("mirror", "warn", f"{text}, which is this disk: use another one")
    return Finding("mirror", "ok", text)


def _printer(home: Path) -> Finding:
    from terminal.attached import device_table

    try:
        entry = device_table(home).get("printer") or {}
        if not entry.get("url"):
            return Finding("printer", "warn", "none set up")
        from devices.printer.driver import connect_printer
        from devices.printer.profiles import load_profile
        from devices.transport.link import make_link

        printer = connect_printer(
            make_link(entry["url"]), load_profile(entry.get("profile", "escpos-80")), "doctor"
        )
        status = printer.status()
        printer.close()
    except OutletError as error:
        damaged = error.code == "devices.file_damaged"
        return Finding("printer", "bad" if damaged else "warn", explain(error))
    if status.code:
        return Finding("printer", "warn", explain_printer(status.code, str(entry["url"])))
    return Finding("printer", "ok", f"ready at {entry['url']}")


def _devices(home: Path) -> Finding:
    """Whether what else is named is there; a counter at work is not disturbed."""
    from terminal.attached import addresses, device_table

    try:
        places = addresses(device_table(home))
    except OutletError as error:
        return Finding("devices", "bad", explain(error))
    ports = {name: at for name, at in places.items() if name != "printer" and at.startswith("/")}
    gone = [f"{name} at {at}" for name, at in ports.items() if not Path(at).exists()]
    if gone:
        return Finding("devices", "warn", f"not plugged in: {', '.join(gone)}; sales go on")
    there = ", ".join(sorted(places)) or "none named"
    return Finding("devices", "ok", f"{there}; `devices test` asks each how it is")


def _fonts(_home: Path) -> Finding:
    fonts = Path(__file__).parents[2] / "assets" / "fonts"
    missing = [name for name in FONTS if not (fonts / name).is_file()]
    said = f"missing: {', '.join(missing)}; reinstall" if missing else f"all {len(FONTS)} there"
    return Finding("fonts", "bad" if missing else "ok", said)


LOOKS: tuple[tuple[str, Callable[[Path], Finding]], ...] = (
    ("versions", _versions),
    ("disk space", _space),
    ("disk flush", _flush),
    ("fonts", _fonts),
    ("enrolment", _enrolment),
    ("certificate", _certificate),
    ("journal", _books),
    ("platform", _line),
    ("mirror", _mirror),
    ("printer", _printer),
    ("devices", _devices),
)
