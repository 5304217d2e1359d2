"""The platform as its operator runs it, and programs whose reader goes away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from sync.central.platform import Platform, Settings
from terminal.commands.line import main as command_line
from tests.helpers.outlet import Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def _platform(home: Path) -> Iterator[dict[str, str]]:
    """The command at work; the line it says when it listens."""
    command = [sys.executable, "-m", "terminal", "platform", "--home", str(home), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


def _ledger(url: str, token: str) -> int:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{url}/v1/admin/ledger", headers={"X-Admin": token}, timeout=10)
    return answer.status_code


def test_the_token_file_is_what_the_operator_sends(tmp_path: Path) -> None:
    with _platform(tmp_path) as says:
        token = (tmp_path / "admin.token").read_text(encoding="ascii")
        assert token == says["admin_token"]
        assert _ledger(says["url"], token) == 200
        assert _ledger(says["url"], token[:-1]) != 200


def test_a_token_file_of_an_earlier_version_still_counts(tmp_path: Path) -> None:
    (tmp_path / "admin.token").write_bytes(bytes(range(16)))
    platform = Platform(Settings(tmp_path))
    assert platform.admin_token == bytes(range(16)).hex()
    platform.database.close()


def test_a_second_platform_on_the_same_folder_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with _platform(tmp_path) as says:
        assert command_line(["platform", "--home", str(tmp_path), "--port", "0"]) == 3
        said = capsys.readouterr()
        assert "listening" not in said.out
        assert "Another platform works on this folder" in said.err
        assert _ledger(says["url"], says["admin_token"]) == 200, "the first one goes on"
    with _platform(tmp_path) as says:
        assert says["event"] == "listening", "a platform that is gone holds nothing"


def test_a_terminals_folder_is_no_place_for_a_platform(
    outlet_template: Template, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    before = sorted(path.name for path in home.iterdir())
    assert command_line(["platform", "--home", str(home), "--port", "0"]) == 1
    said = capsys.readouterr()
    assert "listening" not in said.out
    assert "[platform.terminals_folder]" in said.err
    assert str(home) in said.err
    assert sorted(path.name for path in home.iterdir()) == before


def test_platform_help_names_the_folder_of_the_platform(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        command_line(["platform", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "--home HOME folder of the platform, never a terminal's" in said


@pytest.mark.parametrize(
    "words", [("journal", "export"), ("journal", "verify"), ("doctor",), ("doctor", "--json")]
)
def test_a_reader_that_goes_away_is_a_quiet_end(
    outlet_template: Template, tmp_path: Path, words: tuple[str, ...]
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    outlet = Outlet(home)
    outlet.open_day()
    for _ in range(3):
        outlet.sell()
    outlet.close()
    command = [sys.executable, "-m", "terminal", *words, "--home", str(home)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(timeout=60), said) == (0, "")
