"""A newer program is taken by command: proved, tried on a copy, in use, and left again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from installer.publish import make_archive
from installer.setup.steps import ROOT
from terminal.bootstrap import LOCK_FILE
from terminal.commands.line import main
from terminal.commands.update import ROOT_FILE, confirm_program
from terminal.store.process_lock import ProcessLock
from tests.helpers.central import Central
from tests.helpers.outlet import Outlet, Template, connect
from tests.updates.conftest import Trade
from tests.updates.test_slots import LAUNCHER

pytest_plugins = ["tests.helpers.outlet_fixtures"]

BAD = """
import json, pathlib, sys
words = sys.argv[1:]
if "rehearse" in words:
    home = pathlib.Path(words[words.index("--home") + 1])
    {deed}
print(json.dumps({{"head_seq": 1, "head_hash": "x"}}))
"""


@pytest.fixture(scope="module")
def this_program(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """This very program, packed as an update."""
    archive = tmp_path_factory.mktemp("packed") / "program.tar.gz"
    make_archive(ROOT, archive)
    return archive.read_bytes()


@pytest.fixture
def machine(trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that trusts the publisher; its folder of programs."""
    program = tmp_path / "program"
    program.mkdir()
    (program / ROOT_FILE).write_bytes(trade.first_root)
    monkeypatch.setenv("POSTAL_TERMINAL_PROGRAM", str(program))
    return program


@pytest.fixture(scope="module")
def confirmed(
    outlet_template: Template, gateway: Central, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A terminal without anything that waits; the platform knows one of them, tests get copies."""
    from sync.client.agent import run_once

    folder = tmp_path_factory.mktemp("confirmed") / "home"
    outlet_template.copy_home(folder)
    connect(folder, gateway)
    assert run_once(folder).pending == 0
    return folder


@pytest.fixture
def home(confirmed: Path, machine: Path, tmp_path: Path) -> Path:
    """A copy of that terminal on a machine that trusts the publisher."""
    assert machine.is_dir()
    return Path(shutil.copytree(confirmed, tmp_path / "home", symlinks=True))


def _said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["update", *map(str, words), "--json"])
    seen = capsys.readouterr()
    said: dict[str, Any] = json.loads(seen.out or seen.err)
    return code, said.get("error", said)


def _stub(tmp_path: Path, deed: str) -> bytes:
    """A program that does something to the copy it is given."""
    source = tmp_path / "stub.py"
    source.write_text(BAD.format(deed=deed), encoding="utf-8")
    archive = tmp_path / "stub.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(source, "app/terminal/__main__.py")
        source.write_text("", encoding="utf-8")
        tar.add(source, "app/terminal/__init__.py")
    return archive.read_bytes()


def _books(home: Path) -> dict[str, str]:
    """What lies in the folder, without the lock."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file() and path.name != LOCK_FILE and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_newer_program_is_taken_started_and_confirmed(
    trade: Trade,
    machine: Path,
    home: Path,
    this_program: bytes,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trade.offer("7.0.0", program=this_program)
    before = _books(home)
    words = ("--home", home, "--from", trade.shop.folder)
    code, said = _said(capsys, "check", *words)
    assert code == 0, said
    assert (said["newest"], said["newer"], said["turn"]) == ("7.0.0", True, True)
    code, said = _said(capsys, "take", *words)
    assert (code, said["version"]) == (0, "7.0.0"), said
    assert said["head_seq"] > 0
    assert _books(home) == before
    assert not list(home.parent.glob(".rehearsal-*"))
    _, said = _said(capsys, "status", "--home", home)
    assert (said["version"], said["confirmed"], said["starts_left"]) == ("7.0.0", False, 3)
    answer = _launch("journal", "verify", "--json", "--home", str(home))
    assert json.loads(answer.stdout)["sound"], answer.stderr
    assert _said(capsys, "take", *words)[1]["code"] == "update.not_confirmed"
    confirm_program()
    assert _said(capsys, "status", "--home", home)[1]["confirmed"]
    assert _said(capsys, "take", *words)[1]["code"] == "update.nothing_newer"
    assert machine.joinpath("a", "app", "terminal").is_dir()


def _launch(*words: str) -> subprocess.CompletedProcess[str]:
    """The installed launcher, as ``/usr/bin/postal-terminal`` is started."""
    return subprocess.run(
        [sys.executable, str(LAUNCHER), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("raise SystemExit(5)", "update.rehearsal_failed"),
        ("pass", "update.rehearsal_failed"),
        ("(home / 'journal.db').write_bytes(b'changed' * 999)", "update.no_way_back"),
    ],
)
def test_a_program_that_fails_its_rehearsal_is_not_used(
    trade: Trade,
    home: Path,
    tmp_path: Path,
    deed: str,
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trade.offer("7.0.0", program=_stub(tmp_path, deed))
    before = _books(home)
    result, said = _said(capsys, "take", "--home", home, "--from", trade.shop.folder)
    assert (result, said["code"]) == (3, code)
    assert _books(home) == before
    assert not list(home.parent.glob(".rehearsal-*"))
    _, said = _said(capsys, "status", "--home", home)
    assert (said["slot"], said["confirmed"]) == ("package", True)


def test_nothing_is_taken_while_a_counter_is_open(
    trade: Trade, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trade.offer("7.0.0")
    lock = ProcessLock(home / LOCK_FILE, "home.in_use")
    try:
        code, said = _said(capsys, "take", "--home", home, "--from", trade.shop.folder)
    finally:
        lock.release()
    assert (code, said["code"]) == (3, "home.in_use")


def test_nothing_is_taken_while_an_entry_waits(
    trade: Trade, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trade.offer("7.0.0")
    outlet = Outlet(home)
    outlet.open_day()
    outlet.close()
    code, said = _said(capsys, "take", "--home", home, "--from", trade.shop.folder)
    assert (code, said["code"]) == (1, "leave.entries_waiting")
    assert _said(capsys, "status", "--home", home)[1]["slot"] == "package"


def test_a_terminal_waits_for_its_turn(
    trade: Trade, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trade.offer("7.0.0", percent=0, program=_stub(tmp_path, "raise SystemExit(5)"))
    words = ("take", "--home", home, "--from", trade.shop.folder)
    code, said = _said(capsys, *words)
    assert (code, said["code"]) == (1, "update.not_yet")
    # By order of the centre it goes on, and comes as far as the rehearsal.
    assert _said(capsys, *words, "--at-once")[1]["code"] == "update.rehearsal_failed"
    trade.shop.stage(100)
    assert _said(capsys, *words)[1]["code"] == "update.rehearsal_failed"


def test_a_machine_without_a_root_of_trust_takes_nothing(
    trade: Trade, machine: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine / ROOT_FILE).unlink()
    code, said = _said(capsys, "check", "--home", home, "--from", trade.shop.folder)
    assert (code, said["code"]) == (1, "update.no_root")
