"""The stand-alone verifier, run as its own process, on good and bad journals and on a real one."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from terminal.domain.journal import Entry
from terminal.domain.proof import proof_text
from terminal.store.identity import read_identity
from terminal.store.keystore import key_store
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.central import Central
from tests.helpers.outlet import Template, connect
from tests.helpers.soak_run import SoakRun, random_seed
from tests.scenarios import make_scenarios

pytest_plugins = ["tests.helpers.outlet_fixtures"]

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_journal.py"
SCENARIOS = make_scenarios.FOLDER
EXPECTED: dict[str, Any] = json.loads((SCENARIOS / "expected.json").read_text("utf-8"))
KEY = ("--key", str(EXPECTED["terminal_key"]))
DAMAGES = 12


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    # -I: neither this folder nor the environment may lend it a module of ours.
    command = [sys.executable, "-I", str(VERIFIER), *map(str, words)]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)


def _report(*words: str | Path) -> dict[str, Any]:
    done = _run(*words, "--json")
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if report["sound"] else 1), done.stderr
    assert report["sound"] == (report["findings"] == [])
    return report


def _export(name: str) -> Path:
    return SCENARIOS / f"{name}.jsonl"


@pytest.mark.parametrize("name", sorted(EXPECTED["exports"]))
def test_every_scenario_gets_its_verdict(name: str) -> None:
    report = _report(_export(name), *KEY)
    found = [[finding["code"], finding["seq"]] for finding in report["findings"]]
    assert found == EXPECTED["exports"][name]


def test_a_slip_of_training_is_told_not_to_be_a_receipt() -> None:
    slip = f"PT1*TRAINING*7*{'A' * 52}*{'A' * 103}"
    (finding,) = _report(_export("sound"), *KEY, "--receipt", slip)["findings"]
    assert (finding["code"], finding["seq"]) == ("receipt_of_training", 7)


@pytest.mark.parametrize("number", range(len(EXPECTED["proofs"])))
def test_receipts_and_acknowledgements_get_their_verdict(number: int, tmp_path: Path) -> None:
    case = EXPECTED["proofs"][number]
    words: list[str | Path] = [_export(case["export"]), *KEY]
    if "receipt" in case:
        words += ["--receipt", case["receipt"]]
    else:
        ack = tmp_path / "ack.json"
        ack.write_text(json.dumps(case["ack"]), encoding="utf-8")
        words += ["--ack", ack, "--platform-key", EXPECTED["platform_key"]]
    report = _report(*words)
    assert [finding["code"] for finding in report["findings"]] == case["findings"]


def test_scenarios_are_what_their_script_writes(tmp_path: Path) -> None:
    make_scenarios.make(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in SCENARIOS.glob("*.json*")}
    assert made == kept
    assert set(made) == {f"{name}.jsonl" for name in EXPECTED["exports"]} | {"expected.json"}


def test_report_of_a_sound_journal_names_head_and_sums() -> None:
    report = _report(_export("sound"), *KEY)
    assert report["head_hash"] == EXPECTED["head_hash"]
    assert report["accounts_fen"] == EXPECTED["accounts_fen"]
    assert (report["entries"], report["first_seq"], report["last_seq"]) == (8, 1, 8)


def test_words_say_what_is_wrong_and_where() -> None:
    sound, edited = _run(_export("sound"), *KEY), _run(_export("edited_body"), *KEY)
    assert sound.stdout.splitlines()[-1].startswith("SOUND: 8 entries from 1 up to 8")
    assert "cash:T02                  1062.10" in sound.stdout
    wrong = "WRONG  line 4, entry 4: the content was changed after it was sealed (bad_hash)"
    assert edited.stdout.splitlines()[0] == wrong
    assert "NOT SOUND" in edited.stdout


def test_part_of_a_journal_is_sound_only_when_a_part_was_asked_for() -> None:
    name = "first_entries_missing"
    assert not _report(_export(name), *KEY)["sound"]
    assert _report(_export(name), *KEY, "--partial")["first_seq"] == 3


@pytest.mark.parametrize(
    "words",
    [
        (_export("sound"),),
        (_export("gone"), *KEY),
        (_export("sound"), "--key", "00ff"),
        (_export("sound"), *KEY, "--ack", _export("sound")),
        (_export("sound"), *KEY, "--certificate", _export("sound")),
    ],
    ids=["no key", "no file", "short key", "ack without platform key", "no certificate"],
)
def test_what_cannot_be_checked_is_neither_sound_nor_unsound(words: tuple[Any, ...]) -> None:
    done = _run(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "could not be checked" in done.stderr


def test_an_empty_export_proves_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert [finding["code"] for finding in _report(empty, *KEY)["findings"]] == ["empty"]


def _damaged(books: bytes, chances: random.Random) -> bytes:
    """The books with one random character inside a line changed to another one."""
    while True:
        at = chances.randrange(len(books))
        letter = chances.choice(b"0123456789abcdef")
        if books[at] not in (letter, *b"\n "):
            return books[:at] + bytes([letter]) + books[at + 1 :]


def test_real_journal_is_proven_and_no_changed_character_passes(
    outlet_template: Template, platform: Central, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "selling")
    connect(home, platform)
    run = SoakRun(home, platform.url)
    run.finish(12, seed=random_seed())
    run.command("sync")
    export, pem, ack = tmp_path / "books.jsonl", tmp_path / "terminal.pem", tmp_path / "ack.json"
    run.command("journal", "export", "--jsonl", "--out", str(export))
    identity = ("--identity", home / "identity.json")
    entries = run.exported()
    ack.write_text(json.dumps(_acknowledged(home, entries[-1])), encoding="utf-8")
    receipt = proof_text(Entry.from_wire(entries[-1]))
    report = _report(export, *identity, "--ack", ack, "--receipt", receipt)
    assert report["findings"] == []
    assert report["head_hash"] == entries[-1]["hash"]
    assert report["entries"] == len(entries) > 12
    assert sum(report["accounts_fen"].values()) == 0
    pem.write_text(read_identity(home).certificate, encoding="ascii")
    assert _report(export, "--certificate", pem)["sound"]

    assert not _report(export, *KEY)["sound"]
    books, chances = export.read_bytes(), random.Random(random_seed())
    damaged = tmp_path / "damaged.jsonl"
    for _ in range(DAMAGES):
        damaged.write_bytes(_damaged(books, chances))
        assert _run(damaged, *identity).returncode == 1, damaged.read_text("utf-8", "replace")
    damaged.write_bytes(b"".join(books.splitlines(keepends=True)[:-1]))
    codes = [finding["code"] for finding in _report(damaged, *identity, "--ack", ack)["findings"]]
    assert codes == ["ack_beyond_end"]


def _acknowledged(home: Path, head: dict[str, Any]) -> dict[str, Any]:
    """The platform's receipt for the last entry, as the terminal keeps it."""
    reader = SyncReader(home / SYNC_FILE, key_store(home).load().db_key)
    try:
        receipt = reader.receipt_for(head["epoch"], head["seq"])
    finally:
        reader.close()
    assert receipt is not None
    return receipt
