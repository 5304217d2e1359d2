"""``doctor --support``: support gets what it needs, now or when the line is back."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests

from terminal.commands import support
from terminal.commands.line import main as command_line
from terminal.domain.vault import ATTACHED
from tests.helpers.central import Central
from tests.helpers.journal_writer import until
from tests.helpers.outlet import LiveDesk, Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def home(outlet_template: Template, tmp_path: Path) -> Path:
    """A terminal with a sale, closed."""
    home = outlet_template.copy_home(tmp_path / "home")
    outlet = Outlet(home)
    outlet.open_day()
    outlet.sell()
    outlet.close()
    (home / "logs").mkdir(exist_ok=True)
    (home / "logs" / "agent.log").write_text("what the agent wrote down\n")
    return home


def _doctor(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    command_line(["doctor", "--home", str(home), "--json", *words])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def _at_the_platform(platform: Central, reference: str) -> dict[str, bytes]:
    """The bundle as support opens it; empty while it is not there."""
    for row in platform.admin("GET", "/v1/admin/attachments")["attachments"]:
        if row["address"].upper().startswith(reference) and row["at"]:
            return _unpacked(_content(platform, row))
    return {}


def _content(platform: Central, row: dict[str, Any]) -> bytes:
    door = f"/v1/admin/attachments/{row['terminal_id']}/{row['address']}/content"
    with requests.Session() as session:
        session.trust_env = False
        headers = {"X-Admin": platform.admin_token}
        return session.get(platform.url + door, headers=headers, timeout=10).content


def _unpacked(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_bundle_reaches_support_at_once_and_is_named_in_the_journal(
    home: Path, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(home, platform)
    sent = _doctor(home, capsys, "--support")["support"]
    assert sent["received"] is True
    assert sent["reference"] in sent["text"]
    parts = _at_the_platform(platform, sent["reference"])
    assert {"findings.json", "machine.json", "line.json", "journal.json"} <= set(parts)
    assert parts["logs/agent.log"].startswith(b"what the agent wrote down")
    assert json.loads(parts["journal.json"])["kinds"]["sale.completed"][0] == 1
    assert b"61020303" not in parts["journal.json"], "counts only, no order numbers"
    outlet = Outlet(home)
    assert outlet.books.entries(limit=1)[0].kind == ATTACHED
    outlet.close()


def test_without_a_line_it_waits_sealed_and_goes_by_itself(
    home: Path, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = _doctor(home, capsys, "--support")["support"]
    assert sent["received"] is False
    assert "when the platform can be reached" in sent["text"]
    connect(home, platform)
    assert command_line(["sync", "--home", str(home), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["deposited"], report["deposits_left"]) == (1, 0)
    assert _at_the_platform(platform, sent["reference"])


def test_counter_at_work_sends_it_within_its_rounds(
    live_desk: LiveDesk, platform: Central, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sent = _doctor(tmp_path / "live", capsys, "--support")["support"]
    until(lambda: _at_the_platform(platform, sent["reference"]), "the agent has sent it")

    def named() -> bool:
        newest = live_desk.desk.ask(lambda cases: cases.context.books.entries(limit=3))
        return any(entry.kind == ATTACHED for entry in newest)

    until(named, "the counter has named it")


def test_same_bundle_again_is_one_attachment_and_words_say_where(
    home: Path, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(home, platform)
    bundle = support.make_bundle(home, [])
    assert support.make_bundle(home, []) == bundle
    first = support.send(home, bundle)
    assert support.send(home, bundle).reference == first.reference
    command_line(["doctor", "--home", str(home), "--support"])
    (line,) = (text for text in capsys.readouterr().out.splitlines() if "support" in text)
    assert "tell them this number" in line


def test_terminal_that_cannot_send_writes_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not enrolled, no keys: what can be said is said all the same."""
    file = tmp_path / "for support.zip"
    told = _doctor(tmp_path / "nobody", capsys, "--support", "--out", str(file))
    assert str(file) in told["support"]["text"]
    parts = _unpacked(file.read_bytes())
    assert json.loads(parts["line.json"])["unreadable"] == "identity.missing"
    assert "versions" in {found["name"] for found in json.loads(parts["findings.json"])}


def test_file_that_cannot_be_written_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _doctor(tmp_path / "nobody", capsys, "--support", "--out", str(tmp_path))
    assert told["error"]["code"] == "file.not_written"


def test_books_that_lack_entries_are_not_begun_anew_for_a_bundle(
    home: Path, platform: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(home, platform)
    assert command_line(["sync", "--home", str(home)]) == 0
    for part in home.glob("journal.db*"):
        part.unlink()
    sent = _doctor(home, capsys, "--support")["support"]
    assert "books.missing" in sent["text"]
    assert not (home / "journal.db").exists()
