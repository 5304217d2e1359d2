"""The commands as an engineer runs them: help, exit codes, JSON, and what tampering leaves.

What ``journal export`` writes is checked here by a second implementation of the rules, made of
nothing but ``hashlib``, ``json`` and ``cryptography``.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.wire.signing import parse_ack
from terminal.bootstrap import open_keys
from terminal.commands.line import main
from terminal.domain.journal import proof_text
from terminal.store.database import open_database
from terminal.store.identity import read_identity
from tests.helpers.central import Central
from tests.helpers.outlet import Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("run", "enrol", "platform", "demo", "sync", "journal", "doctor", "soak")
DONE, REFUSED, USAGE, ENVIRONMENT = 0, 1, 2, 3
HEADER_FIELDS = (
    "terminal_id",
    "epoch",
    "seq",
    "kind",
    "version",
    "intent_id",
    "business_date",
    "recorded_at",
    "clerk_id",
    "prev_hash",
)


def _run(*words: str | Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "terminal", *map(str, words)]
    command += ["--home", str(home)] if home else []
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def _json(*words: str | Path, home: Path, code: int = DONE) -> dict[str, Any]:
    done = _run(*words, "--json", home=home)
    assert done.returncode == code, done.stderr
    (line,) = done.stdout.splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer


@pytest.fixture(scope="module")
def sold(outlet_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few sales, closed."""
    home = outlet_template.copy_home(tmp_path_factory.mktemp("sold") / "home")
    outlet = Outlet(home)
    outlet.open_day()
    for quantity in (1, 2, 3):
        outlet.sell(quantity=quantity)
    outlet.close()
    return home


@pytest.fixture
def copied(sold: Path, tmp_path: Path) -> Path:
    return Template(sold, sold).copy_home(tmp_path / "home")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = _run(command, "--help")
    assert done.returncode == DONE, done.stderr
    assert "--home" in done.stdout
    assert "usage:" in done.stdout


def test_the_program_lists_its_commands() -> None:
    done = _run("--help")
    assert done.returncode == DONE
    assert all(re.search(rf"^\s+{command}\s", done.stdout, re.M) for command in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("fly",),
        ("journal",),
        ("journal", "burn"),
        ("soak", "--orders", "many"),
        ("soak", "--orders", "-3"),
        ("soak", "--orders", "9" * 30),
        ("soak", "--platform", "notaurl"),
        ("enrol", "--code", "X"),
        ("enrol", "--code", "X", "--platform", "notaurl"),
        ("journal", "export", "--from-seq", "0"),
        ("run", "--profile", "kiosk"),
        ("platform", "--port", "70000"),
        ("demo", "--size", "wide"),
    ],
)
def test_wrong_usage_is_exit_code_two(words: tuple[str, ...], tmp_path: Path) -> None:
    done = _run(*words)
    assert done.returncode == USAGE
    assert done.stdout == ""
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("journal", "head"), ENVIRONMENT, "keystore.missing"),
        (("journal", "verify"), ENVIRONMENT, "keystore.missing"),
        (("sync",), ENVIRONMENT, "keystore.missing"),
        (("enrol", "--platform", "http://127.0.0.1:9", "--code", "X"), ENVIRONMENT, "unreachable"),
        (("enrol", "--platform", "notaurl", "--code", "X"), USAGE, "usage.wrong"),
        (("devices", "decode", "--driver", "cas", "--hex", "xyz"), REFUSED, "devices.not_hex"),
    ],
)
def test_a_failure_is_json_where_json_was_asked_for(
    words: tuple[str, ...], code: int, error: str, tmp_path: Path
) -> None:
    told = _json(*words, home=tmp_path / "none", code=code)["error"]
    assert error in told["code"]
    assert told["message"]
    assert told["code"] not in told["message"]
    text = _run(*words, home=tmp_path / "none")
    assert (text.returncode, text.stdout) == (code, "")
    assert told["message"] in text.stderr


def test_a_platform_without_its_database_says_so(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/postal"
    done = _run("platform", "--port", "0", "--db", nowhere, home=tmp_path)
    assert (done.returncode, done.stdout) == (ENVIRONMENT, "")
    assert "platform.database_unreachable" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bug_of_ours_is_exit_code_four_and_shows_where(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("terminal.commands.journal.execute", lambda _options: 1 // 0)
    assert main(["journal", "head", "--home", str(copied), "--json"]) == 4
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["code"] == "bug.unexpected"
    assert "ZeroDivisionError" in said.err


def test_a_counter_without_a_display_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for words in ((), ("--profile", "counter"), ("--profile=counter",)):
        done = _run("run", *words, home=tmp_path)
        assert done.returncode == ENVIRONMENT
        assert "no display" in done.stderr
        assert "demo --headless" in done.stderr
        assert "xvfb-run" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    monkeypatch.setenv("DISPLAY", ":4711")
    assert _run("run", home=tmp_path).returncode == ENVIRONMENT


@pytest.mark.parametrize(
    "words", [("journal", "verify"), ("journal", "head"), ("journal", "export"), ("sync",)]
)
def test_a_folder_that_is_not_enrolled_is_the_environments_fault(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = _run(*words, home=tmp_path)
    assert done.returncode == ENVIRONMENT
    assert re.search(r"\[[a-z_]+\.[a-z_]+\]|[a-z_]+\.[a-z_]+", done.stderr)
    assert "Traceback" not in done.stderr


def test_enrolment_by_command(platform: Central, tmp_path: Path) -> None:
    code = platform.code(terminal_no=9)
    home = tmp_path / "new"
    words = ("enrol", "--platform", platform.url, "--code")
    wrong = _run(*words, "NO-SUCH-CODE", home=home)
    assert (wrong.returncode, "enrolment.code_unknown" in wrong.stderr) == (REFUSED, True)
    answer = _json(*words, code, home=home)
    assert (answer["outlet"], answer["terminal_no"]) == ("61020303", 9)
    assert _json("journal", "head", home=home)["head_seq"] == 1
    other = _run(*words, code, home=tmp_path / "other")
    assert (other.returncode, "enrolment.code_used" in other.stderr) == (REFUSED, True)
    late = platform.code(terminal_no=10, ttl_s=-1)
    expired = _run(*words, late, home=tmp_path / "late")
    assert (expired.returncode, "enrolment.code_expired" in expired.stderr) == (REFUSED, True)


def test_a_platform_that_is_not_there_is_the_environments_fault(tmp_path: Path) -> None:
    done = _run("enrol", "--platform", "http://127.0.0.1:9", "--code", "X", home=tmp_path / "new")
    assert done.returncode == ENVIRONMENT
    assert "Traceback" not in done.stderr


def test_verify_says_sound_and_where_the_journal_ends(sold: Path) -> None:
    report = _json("journal", "verify", home=sold)
    assert report["sound"] is True
    assert report["entries"] == report["head_seq"] == 6
    head = _json("journal", "head", home=sold)
    identity = read_identity(sold)
    platform_key = bytes.fromhex(identity.platform_key)
    receipt = parse_ack(head.pop("ack"), platform_key)
    assert (receipt.terminal_id, receipt.seq) == (identity.terminal_id, 1)
    assert re.fullmatch("[0-9a-f]{64}", head.pop("public_key"))
    assert head == {
        "head_seq": 6,
        "head_hash": report["head_hash"],
        "confirmed_seq": 1,
    }
    assert "sound: true" in _run("journal", "verify", home=sold).stdout


def _tamper(home: Path, *statements: str) -> None:
    """Somebody with the key of the database drops the guards and changes history."""
    with closing(open_database(home / "journal.db", open_keys(home).db_key)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason", "bad_seq"),
    [
        ("UPDATE journal SET body = replace(body, '120', '119') WHERE seq = 4", "bad_hash", 4),
        ("UPDATE journal SET clerk_id = '0315' WHERE seq = 4", "bad_hash", 4),
        (
            "UPDATE journal SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE seq = 5",
            "bad_hash",
            5,
        ),
        (
            "UPDATE journal SET signature = (SELECT signature FROM journal WHERE seq = 3) "
            "WHERE seq = 4",
            "bad_signature",
            4,
        ),
        ("DELETE FROM journal WHERE seq = 4", "gap", 5),
        ("UPDATE journal SET prev_hash = printf('%064d', 0) WHERE seq = 5", "broken_link", 5),
    ],
)
def test_verify_finds_changed_history(
    copied: Path, statement: str, reason: str, bad_seq: int
) -> None:
    _tamper(copied, statement)
    report = _json("journal", "verify", home=copied, code=REFUSED)
    assert (report["sound"], report["reason"], report["bad_seq"]) == (False, reason, bad_seq)


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE balances SET fen = fen - 100 WHERE account = 'cash:T02'", "balances"),
        ("DELETE FROM orders WHERE order_no LIKE '%2'", "orders"),
        ("UPDATE order_tenders SET fen = 1", "order_tenders"),
        ("UPDATE day SET clerk_id = '0315'", "day"),
    ],
)
def test_verify_finds_totals_that_are_not_what_the_journal_says(
    copied: Path, statement: str, table: str
) -> None:
    _tamper(copied, statement)
    report = _json("journal", "verify", home=copied, code=REFUSED)
    assert (report["sound"], report["reason"]) == (False, None)
    assert report["read_models_differ"] == [table]


@pytest.mark.parametrize("sound_share", [0.02, 0.5])
def test_verify_of_a_damaged_file_is_the_environments_fault(
    copied: Path, sound_share: float
) -> None:
    path = copied / "journal.db"
    content = bytearray(path.read_bytes())
    sound = int(len(content) * sound_share) // 4096 * 4096
    content[sound:] = b"\0" * (len(content) - sound)
    path.write_bytes(content)
    done = _run("journal", "verify", home=copied)
    assert done.returncode == ENVIRONMENT
    assert "Traceback" not in done.stderr


def test_the_export_is_verified_by_somebody_elses_program(sold: Path, tmp_path: Path) -> None:
    out = tmp_path / "journal.jsonl"
    assert _run("journal", "export", "--jsonl", "--out", out, home=sold).returncode == DONE
    plain = _run("journal", "export", home=sold).stdout
    assert out.read_text() == plain == _run("journal", "export", "--jsonl", home=sold).stdout
    fields = {"body", "hash", "signature", *HEADER_FIELDS}
    assert all(set(json.loads(text)) == fields for text in plain.splitlines())
    key = _public_key(sold)
    assert _second_opinion(out.read_text(encoding="utf-8").splitlines(), key) == 6


def test_the_export_has_one_form_and_its_help_one_name_for_it() -> None:
    text = _run("journal", "export", "--help").stdout
    assert "--jsonl" in text
    assert not re.search(r"--json\b", text)
    for action in ("verify", "head", "verify-receipt"):
        assert re.search(r"--json\b", _run("journal", action, "--help").stdout)


def test_the_second_opinion_refuses_a_changed_line(sold: Path) -> None:
    lines = _run("journal", "export", home=sold).stdout.splitlines()
    key = _public_key(sold)
    for changed in (
        [line.replace('"0312"', '"0315"') for line in lines],
        [*lines[:3], *lines[4:]],
        [*lines, lines[-1]],
    ):
        with pytest.raises((AssertionError, InvalidSignature)):
            _second_opinion(changed, key)


def test_an_export_may_begin_later(sold: Path) -> None:
    lines = _run("journal", "export", "--from-seq", "5", home=sold).stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [5, 6]


def _public_key(home: Path) -> Ed25519PublicKey:
    identity = json.loads((home / "identity.json").read_text())
    key = x509.load_pem_x509_certificate(identity["certificate"].encode()).public_key()
    assert isinstance(key, Ed25519PublicKey)
    return key


def _second_opinion(lines: list[str], key: Ed25519PublicKey) -> int:
    """Check an exported journal without a line of the product; how many entries there are.

    For ASCII keys RFC 8785 is what ``json.dumps`` writes sorted and without blanks.
    """
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        entry = json.loads(line)
        claimed, signature = entry.pop("hash"), entry.pop("signature")
        canonical = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode("utf-8")).digest()
        assert digest.hex() == claimed
        assert (entry["seq"], entry["prev_hash"]) == (number, previous)
        assert sum(posting["fen"] for posting in entry["body"].get("postings", ())) == 0
        key.verify(bytes.fromhex(signature), digest)
        previous = claimed
    return len(lines)


def test_a_genuine_receipt_is_told_from_a_forged_one(sold: Path) -> None:
    outlet = Outlet(sold)
    order = outlet.books.last_order()
    assert order is not None
    entry = outlet.books.entry(order.seq)
    outlet.close()
    assert entry is not None
    proof = proof_text(entry)
    genuine = _json("journal", "verify-receipt", proof, home=sold)
    assert (genuine["genuine"], genuine["seq"], genuine["hash"]) == (True, entry.seq, entry.hash)
    assert (genuine["order_no"], genuine["total_fen"]) == (order.order_no, order.total_fen)
    swapped = "B" if proof[-1] != "B" else "C"
    forged = proof[:-20] + swapped + proof[-19:]
    for text in (forged, "PT1*NONSENSE", "https://example.invalid"):
        answer = _json("journal", "verify-receipt", text, home=sold, code=REFUSED)
        assert answer["genuine"] is False
        assert str(answer["reason"]).startswith("proof.")
    parts = proof.split("*")
    for place, lie in ((1, "99999999-01-AAAAAAAA"), (2, str(entry.seq + 1)), (2, "999999")):
        text = "*".join([*parts[:place], lie, *parts[place + 1 :]])
        answer = _json("journal", "verify-receipt", text, home=sold, code=REFUSED)
        assert answer["reason"] in ("proof.other_terminal", "proof.other_entry")
    key = _json("journal", "head", home=sold)["public_key"]
    alone = _json("journal", "verify-receipt", proof, "--key", str(key), home=sold)
    assert (alone["compared_with_books"], "seq" in alone) == (False, False)
    other_key = "11" * 32
    stranger = _json(
        "journal", "verify-receipt", proof, "--key", other_key, home=sold, code=REFUSED
    )
    assert stranger["genuine"] is False


def test_sync_by_command_uploads_all_and_says_so(copied: Path, platform: Central) -> None:
    connect(copied, platform)
    report = _json("sync", home=copied)
    assert (report["uploaded"], report["pending"], report["code"]) == (5, 0, "")
    assert _json("journal", "head", home=copied)["confirmed_seq"] == 6
    assert _json("sync", home=copied)["uploaded"] == 0


def test_sync_without_a_platform_leaves_the_queue_and_says_so(copied: Path) -> None:
    report = _json("sync", home=copied, code=REFUSED)
    assert report["pending"] == 5
    assert report["code"]
