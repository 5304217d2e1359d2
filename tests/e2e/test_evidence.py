"""The evidence of a dispute, opened by the verifier that has none of our code."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sync.client.agent import run_once
from terminal.domain.errors import UserError
from tests.helpers.cash_ups import count
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_journal.py"


def verify(file: Path) -> subprocess.CompletedProcess[str]:
    """Run the stand-alone verifier."""
    words = [sys.executable, str(VERIFIER), str(file), "--json"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.fixture
def evidence(counter: Outlet, tmp_path: Path) -> Path:
    """The file of a disputed cash-up."""
    counter.sell(STAMP, 5)
    with pytest.raises(UserError, match=r"cash_up\.not_disputed"):
        counter.cases.cash_ups.evidence()
    counter.cases.cash_ups.dispute(count(counter.cases, -70).form_id, "没有短款")
    made = counter.cases.cash_ups.evidence()
    assert made.data == counter.cases.cash_ups.evidence().data
    file = tmp_path / made.name
    file.write_bytes(made.data)
    return file


def test_the_verifier_opens_the_evidence_of_a_dispute_and_finds_it_sound(
    counter: Outlet, evidence: Path
) -> None:
    run = verify(evidence)
    told = json.loads(run.stdout)
    assert (run.returncode, told["sound"]) == (0, True), run.stderr
    assert told["last_seq"] == counter.books.head()[0]
    assert told["accounts_fen"]["suspense:T02"] == 70
    with zipfile.ZipFile(evidence) as files:
        assert {"journal.jsonl", "identity.json", "proofs.txt", "README.txt"} <= set(
            files.namelist()
        )
        assert "没有短款" in files.read("dispute.json").decode()


def test_one_changed_fen_in_the_evidence_is_found(evidence: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(evidence) as files, zipfile.ZipFile(forged, "w") as other:
        for name in files.namelist():
            text = files.read(name).decode()
            if name == "journal.jsonl":
                text = text.replace('"counted_fen":530', '"counted_fen":600')
            other.writestr(name, text)
    run = verify(forged)
    assert run.returncode == 1
    assert "bad_hash" in run.stdout


def test_a_file_that_is_no_evidence_is_not_called_sound(tmp_path: Path) -> None:
    file = tmp_path / "evidence.zip"
    file.write_bytes(b"not a zip")
    assert verify(file).returncode == 2


def test_evidence_taken_after_the_closing_has_the_platforms_word_for_the_dispute(
    counter: Outlet, outlet_template: Template, tmp_path: Path
) -> None:
    cash_ups = counter.cases.cash_ups
    with outlet_template.running_platform(tmp_path / "platform") as central:
        connect(counter.home, central)
        counter.sell(STAMP, 5)
        view = cash_ups.dispute(count(counter.cases, -70).form_id, "没有短款")
        disputed = counter.books.head()[0]
        run_once(counter.home)
        cash_ups.close(cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).form_id)
        counter.sell(STAMP, 1)
        run_once(counter.home)
    made = cash_ups.evidence()
    file = tmp_path / made.name
    file.write_bytes(made.data)
    run = verify(file)
    assert (run.returncode, json.loads(run.stdout)["sound"]) == (0, True), run.stdout
    with zipfile.ZipFile(file) as files:
        assert json.loads(files.read("ack.json"))["seq"] == made.last_seq >= disputed
    assert made.last_seq < counter.books.head()[0]
