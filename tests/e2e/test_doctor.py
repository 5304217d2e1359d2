"""The doctor: says what is wrong with a terminal, what is safe and what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sync.client.agent import run_once
from sync.client.renewal import open_sync_store
from sync.client.timestamps import utc_now
from terminal.bootstrap import open_keys
from terminal.commands import doctor
from terminal.commands.line import main as command_line
from terminal.commands.output import explain
from terminal.domain.errors import EnvironmentFault
from terminal.store.identity import read_identity, write_identity
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.outlet import Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ROOT = Path(__file__).resolve().parents[2]


def _doctor(home: Path, *, code: int) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "terminal", "doctor", "--json", "--home", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}


@pytest.fixture
def home(outlet_template: Template, tmp_path: Path) -> Path:
    """A terminal with a sale, closed."""
    home = outlet_template.copy_home(tmp_path / "home")
    outlet = Outlet(home)
    outlet.open_day()
    outlet.sell()
    outlet.close()
    return home


def _certify(home: Path, days_left: float) -> None:
    """Another certificate for the same terminal, which ends at another time."""
    identity = read_identity(home)
    key = Ed25519PrivateKey.from_private_bytes(open_keys(home).seed)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, identity.terminal_id)])
    end = datetime.now(UTC) + timedelta(days=days_left)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(end - timedelta(days=90))
        .not_valid_after(end)
        .sign(key, None)
    )
    pem = certificate.public_bytes(Encoding.PEM).decode()
    write_identity(home, replace(identity, certificate=pem))


def test_a_sound_terminal_is_well_and_an_empty_folder_is_not_yet(
    home: Path, tmp_path: Path
) -> None:
    well = _doctor(home, code=0)
    for name in ("journal", "enrolment", "certificate"):
        assert well[name]["level"] == "ok", name
    assert "entries wait here" in well["platform"]["text"]
    new = _doctor(tmp_path / "empty", code=0)
    for name in ("journal", "enrolment", "certificate", "platform"):
        assert new[name]["level"] == "warn", name


def test_a_damaged_journal_is_bad_and_does_not_hide_the_rest(home: Path) -> None:
    (home / "journal.db").write_bytes(b"\1" * 8192)
    found = _doctor(home, code=1)
    assert found["journal"]["level"] == "bad"
    assert found["platform"]["level"] != "bad"


@pytest.mark.parametrize(("days_left", "level"), [(-1, "bad"), (3, "warn"), (60, "ok")])
def test_a_certificate_that_ran_out_is_bad_and_one_that_soon_will_is_told(
    home: Path, days_left: float, level: str
) -> None:
    _certify(home, days_left)
    found = _doctor(home, code=1 if level == "bad" else 0)["certificate"]
    assert found["level"] == level
    if level == "bad":
        assert "books are safe" in found["text"]
    assert ("new" in found["text"]) is (level != "ok")


def test_a_certificate_that_is_none_is_a_damaged_identity(home: Path) -> None:
    write_identity(home, replace(read_identity(home), certificate="-----"))
    assert "identity.damaged" in _doctor(home, code=1)["certificate"]["text"]


def test_a_damaged_identity_hides_neither_the_journal_nor_what_stands_in_it(home: Path) -> None:
    (home / "identity.json").write_text("{", encoding="utf-8")
    found = _doctor(home, code=1)
    assert "[identity.damaged]" in found["enrolment"]["text"]
    assert (found["journal"]["level"], found["journal"]["text"]) == ("ok", "whole")
    assert "before enrolment" not in found["certificate"]["text"]
    (home / "journal.db").write_bytes(b"")
    gone = _doctor(home, code=1)["journal"]
    assert gone["level"] == "bad"
    assert "[books." in gone["text"]


def test_a_withdrawn_terminal_is_bad_and_its_entries_are_safe(
    home: Path, platform: Central
) -> None:
    connect(home, platform)
    platform.faults(revoked=[read_identity(home).terminal_id])
    assert run_once(home).code == "terminal.revoked"
    found = _doctor(home, code=1)["platform"]
    assert found["level"] == "bad"
    for words in ("shut out", "safe here", "administrator", "3 entries wait", "terminal.revoked"):
        assert words in found["text"]
    platform.faults()
    run_once(home)
    assert _doctor(home, code=0)["platform"]["level"] == "ok"


@pytest.mark.parametrize(
    "code", ["journal.fork", "journal.ahead_of_us", "journal.bad_receipt", "journal.of_the_future"]
)
def test_a_held_queue_is_bad(home: Path, code: str) -> None:
    store = SyncStore(home / SYNC_FILE, open_keys(home).db_key)
    store.park(ParkedItem("journal", code, "3", {}, "2026-11-21T08:00:00.000Z"))
    store.put_state({"held": "1", "last_error": "platform.unreachable"})
    store.close()
    found = _doctor(home, code=1)["platform"]
    assert (found["level"], code in found["text"]) == ("bad", True)
    assert "entries wait here" in found["text"]


def test_what_waits_for_a_person_beside_the_queue_and_a_dead_line_are_only_told(
    home: Path,
) -> None:
    store = SyncStore(home / SYNC_FILE, open_keys(home).db_key)
    store.put_state({"last_error": "platform.unreachable"})
    assert "platform.unreachable" in _doctor(home, code=0)["platform"]["text"]
    store.park(ParkedItem("clerks", "clerk.bad_signature", "0312", {}, ""))
    store.close()
    found = _doctor(home, code=0)["platform"]
    assert (found["level"], "record of clerk 0312" in found["text"]) == ("warn", True)


def test_a_damaged_file_of_receipts_is_told_and_so_is_the_one_made_anew(home: Path) -> None:
    file = home / SYNC_FILE
    file.write_bytes(b"\x5a" * file.stat().st_size)
    damaged = _doctor(home, code=0)["platform"]
    assert damaged["level"] == "warn"
    assert "sync.damaged" in damaged["text"]
    open_sync_store(home, open_keys(home).db_key, utc_now).close()
    renewed = _doctor(home, code=0)["platform"]
    assert renewed["level"] == "warn"
    assert f"{SYNC_FILE}.damaged-1" in renewed["text"]


def test_a_file_in_place_of_the_folder_is_told_in_words_and_hides_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    found = _doctor(file, code=1)
    assert len(found) == 11
    assert found["disk flush"]["level"] == "bad"
    assert "[home.not_writable]" in found["disk flush"]["text"]
    assert found["fonts"]["level"] == "ok"
    assert not any("Errno" in finding["text"] for finding in found.values())


def test_a_folder_nobody_may_write_is_told_and_the_rest_still_looked_at(
    home: Path,
) -> None:
    """An administrator may write anywhere, only not over a folder."""
    (home / ".flush-probe").mkdir()
    found = _doctor(home, code=1)
    assert found["disk flush"]["level"] == "bad"
    assert "[home.not_writable]" in found["disk flush"]["text"]
    assert found["journal"]["level"] == "ok"


@pytest.mark.parametrize(
    "table",
    [
        {"printer": "tcp://127.0.0.1:9"},
        {"printer": {"url": 9100}},
        {"scanners": {"port": "/dev/ttyUSB0"}},
        {"scanners": ["/dev/ttyUSB0"]},
        {"scanners": [{"name": "scanner"}]},
        {"scale": "cas"},
    ],
)
def test_device_settings_of_a_wrong_shape_are_told_and_hide_nothing(
    home: Path, table: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "devices.json").write_text(json.dumps(table), encoding="utf-8")
    assert command_line(["doctor", "--json", "--home", str(home)]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    found = {finding["name"]: finding for finding in findings}
    assert "[devices.file_damaged]" in found["printer"]["text"]
    assert next(iter(table)) in found["printer"]["text"]
    assert found["journal"]["text"] == "whole"


def test_a_look_that_fails_unexpectedly_is_told_and_hides_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_home: Path) -> doctor.Finding:
        raise KeyError("moon")

    looks = (("moon", broken), *doctor.LOOKS)
    monkeypatch.setattr(doctor, "LOOKS", looks)
    assert command_line(["doctor", "--json", "--home", str(home)]) == 1
    said = capsys.readouterr()
    found = {finding["name"]: finding for finding in json.loads(said.out)["findings"]}
    assert len(found) == len(looks)
    assert "[bug.unexpected]" in found["moon"]["text"]
    assert "Traceback" in said.err


def test_a_printer_that_is_not_there_is_told_in_words_with_what_to_do(home: Path) -> None:
    table = {"printer": {"url": "tcp://127.0.0.1:9", "profile": "escpos-80"}}
    (home / "devices.json").write_text(json.dumps(table), encoding="utf-8")
    found = _doctor(home, code=0)["printer"]
    assert found["level"] == "warn"
    for words in ("cannot be reached", "Check power", "tcp://127.0.0.1:9", "[printer.unreachable]"):
        assert words in found["text"]


def test_a_folder_that_is_not_enrolled_is_told_in_one_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line(["journal", "verify", "--home", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert said.rstrip().endswith("delete nothing. [keystore.missing]")
    with pytest.raises(EnvironmentFault) as refused:
        read_identity(tmp_path)
    assert explain(refused.value).endswith("delete nothing. [identity.missing]")
