"""The commands as an engineer runs them: help, exit codes, JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from terminal.commands.line import main
from tests.helpers.central import Central
from tests.helpers.commands import (
    DONE,
    ENVIRONMENT,
    REFUSED,
    USAGE,
    json_command,
    run_command,
)
from tests.helpers.outlet import connect

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.sold_fixtures"]

COMMANDS = ("run", "enrol", "platform", "demo", "sync", "journal", "mirror", "doctor", "soak")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = run_command(command, "--help")
    assert done.returncode == DONE, done.stderr
    assert "--home" in done.stdout
    assert "usage:" in done.stdout


def test_the_program_lists_its_commands() -> None:
    done = run_command("--help")
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
    done = run_command(*words)
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
    told = json_command(*words, home=tmp_path / "none", code=code)["error"]
    assert error in told["code"]
    assert told["message"]
    assert told["code"] not in told["message"]
    text = run_command(*words, home=tmp_path / "none")
    assert (text.returncode, text.stdout) == (code, "")
    assert told["message"] in text.stderr


def test_a_platform_without_its_database_says_so(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/postal"
    done = run_command("platform", "--port", "0", "--db", nowhere, home=tmp_path)
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
        done = run_command("run", *words, home=tmp_path)
        assert done.returncode == ENVIRONMENT
        assert "no display" in done.stderr
        assert "demo --headless" in done.stderr
        assert "xvfb-run" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    monkeypatch.setenv("DISPLAY", ":4711")
    assert run_command("run", home=tmp_path).returncode == ENVIRONMENT


@pytest.mark.parametrize(
    "words", [("journal", "verify"), ("journal", "head"), ("journal", "export"), ("sync",)]
)
def test_a_folder_that_is_not_enrolled_is_the_environments_fault(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = run_command(*words, home=tmp_path)
    assert done.returncode == ENVIRONMENT
    assert re.search(r"\[[a-z_]+\.[a-z_]+\]|[a-z_]+\.[a-z_]+", done.stderr)
    assert "Traceback" not in done.stderr


def test_enrolment_by_command(platform: Central, tmp_path: Path) -> None:
    code = platform.code(terminal_no=9)
    home = tmp_path / "new"
    words = ("enrol", "--platform", platform.url, "--code")
    wrong = run_command(*words, "NO-SUCH-CODE", home=home)
    assert (wrong.returncode, "enrolment.code_unknown" in wrong.stderr) == (REFUSED, True)
    answer = json_command(*words, code, home=home)
    assert (answer["outlet"], answer["terminal_no"]) == ("61020303", 9)
    assert json_command("journal", "head", home=home)["head_seq"] == 1
    other = run_command(*words, code, home=tmp_path / "other")
    assert (other.returncode, "enrolment.code_used" in other.stderr) == (REFUSED, True)
    late = platform.expired_code(terminal_no=10)
    expired = run_command(*words, late, home=tmp_path / "late")
    assert (expired.returncode, "enrolment.code_expired" in expired.stderr) == (REFUSED, True)


def test_a_platform_that_is_not_there_is_the_environments_fault(tmp_path: Path) -> None:
    done = run_command(
        "enrol", "--platform", "http://127.0.0.1:9", "--code", "X", home=tmp_path / "new"
    )
    assert done.returncode == ENVIRONMENT
    assert "Traceback" not in done.stderr


def test_sync_by_command_uploads_all_and_says_so(copied: Path, platform: Central) -> None:
    connect(copied, platform)
    report = json_command("sync", home=copied)
    assert (report["uploaded"], report["pending"], report["code"]) == (5, 0, "")
    assert json_command("journal", "head", home=copied)["confirmed_seq"] == 6
    assert json_command("sync", home=copied)["uploaded"] == 0


def test_sync_without_a_platform_leaves_the_queue_and_says_so(copied: Path) -> None:
    report = json_command("sync", home=copied, code=REFUSED)
    assert report["pending"] == 5
    assert report["code"]
