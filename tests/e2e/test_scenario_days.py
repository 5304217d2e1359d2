"""Whole days in a small language: expected bytes, replayed by the product, and tampered with.

A fix that changes what an old journal means is seen here: every day of the past is sealed again by
today's program, byte for byte, and its read models have the totals that were noted beside it.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sync.central.checking import check
from terminal.domain import ledger
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry, EntryDraft
from terminal.domain.lockout import RunningTime
from terminal.domain.report import Control, make_report
from terminal.store.books import Seal, SqlBooks
from tests.helpers.soak_run import random_seed
from tests.helpers.tampered_days import (
    DAYS,
    EXPECTED,
    FOLDER,
    KEY,
    TAMPERINGS,
    Readings,
    bytes_of,
    lines_of,
    tampered,
    verified,
)
from tests.scenarios import make_scenarios

pytest_plugins = ["tests.helpers.verifier_fixtures"]

LEAST_DAYS, LEAST_STEPS = 16, 60
WHOLE_EDITS, EDITS = 60, 10_000
PUBLIC = KEY.public_key().public_bytes_raw()


def _entries(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines_of(name)]


def test_there_are_enough_days_and_each_is_long_enough() -> None:
    assert len(DAYS) >= LEAST_DAYS
    assert {
        name: one["steps"] for name, one in EXPECTED.items() if one["steps"] < LEAST_STEPS
    } == {}
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(DAYS)


def test_the_kept_bytes_are_what_the_scripts_become(tmp_path: Path) -> None:
    make_scenarios.make_days(FOLDER, tmp_path)
    assert json.loads((tmp_path / "expected.json").read_text("utf-8")) == EXPECTED
    for name in DAYS:
        made = gzip.decompress((tmp_path / f"{name}.jsonl.gz").read_bytes())
        assert made == bytes_of(name), name


@pytest.mark.parametrize("name", DAYS)
def test_the_verifier_finds_each_day_sound_with_the_sums_noted_beside_it(
    verifier: ModuleType, name: str
) -> None:
    report = verified(verifier, lines_of(name), name)
    assert report.findings == []
    assert {account: fen for account, fen in report.accounts.items() if fen} == EXPECTED[name][
        "accounts_fen"
    ]


class Replay:
    """The clock and the signer of a day that is lived again; the signer fails where it did."""

    def __init__(self, name: str) -> None:
        self._times = iter([entry["recorded_at"] for entry in _entries(name)])
        self._failures = list(EXPECTED[name]["refused"])
        self._seq = 1
        self._again = ""

    def now_utc(self) -> str:
        at, self._again = self._again or next(self._times), ""
        self._at = at
        return at

    def local_date(self) -> str:
        return self._at[:10]

    def running(self) -> RunningTime:
        return RunningTime("boot", 0)

    def sign(self, digest: bytes) -> bytes:
        if self._seq in self._failures:
            self._failures.remove(self._seq)
            self._again = self._at
            raise EnvironmentFault("keystore.damaged")
        self._seq += 1
        return KEY.sign(digest)


@pytest.mark.parametrize("name", DAYS)
def test_horizon_22_each_day_of_the_past_lived_again_is_the_same_bytes_and_the_same_totals(
    name: str, tmp_path: Path
) -> None:
    replay, expected = Replay(name), EXPECTED[name]
    books = SqlBooks(
        tmp_path,
        bytes(32),
        Seal(make_scenarios.TERMINAL, 1, replay.sign),
        replay,
        synchronous="OFF",
    )
    failures = 0
    for entry in _entries(name):
        while True:
            try:
                with books.transaction() as tx:
                    if entry["epoch"] != tx._seal.epoch:
                        tx._seal = Seal(make_scenarios.TERMINAL, entry["epoch"], replay.sign)
                    tx.append(_draft(entry))
                break
            except EnvironmentFault:
                failures += 1
    sealed = [
        json.dumps(one.to_wire(), ensure_ascii=False, sort_keys=True) for one in books.all_entries()
    ]
    assert "".join(f"{line}\n" for line in sealed).encode("utf-8") == bytes_of(name)
    assert failures == len(expected["refused"])
    assert {n: fen for n, fen in books.balances().items() if fen} == expected["accounts_fen"]
    assert books.read_model_differences() == []
    assert len(books.reports.days()) == len({entry["business_date"] for entry in _entries(name)})
    books.close()


def _draft(entry: dict[str, Any]) -> EntryDraft:
    names = ("kind", "intent_id", "business_date", "clerk_id", "body", "version")
    return EntryDraft(**{name: entry[name] for name in names})


@pytest.mark.parametrize("name", DAYS)
def test_the_platform_reads_the_same_sums_out_of_each_day(name: str) -> None:
    batch = check(make_scenarios.TERMINAL, PUBLIC, [(entry, "") for entry in _entries(name)])
    assert batch.refusal is None
    sums: dict[str, int] = {}
    for one in batch.entries:
        for account, fen in one.lines:
            sums[account] = sums.get(account, 0) + fen
    assert {account: fen for account, fen in sums.items() if fen} == EXPECTED[name]["accounts_fen"]
    unknown = [
        note for one in batch.entries for note in one.notes if note[0] == "journal.unknown_kind"
    ]
    assert unknown == []
    assert len(batch.entries) == EXPECTED[name]["entries"]


@pytest.mark.parametrize("name", DAYS)
def test_each_day_is_reported_by_tax_as_its_goods_were_whatever_accounts_it_used(name: str) -> None:
    entries = [Entry.from_wire(entry) for entry in _entries(name)]
    sums = ledger.balances(entries)
    postings = tuple(row for entry in entries for row in ledger.from_body(entry.body))
    control = Control(len(entries), postings, sums, sums)
    told = {"P0001": "exempt", "M0001": "exempt", "G0001": "taxable"}
    report = make_report(entries[0].business_date, entries, control, {}, told.__getitem__)
    assert report.mismatches == ()
    assert {row.key: row.fen for row in report.tables["tax"] if row.fen} == EXPECTED[name][
        "by_tax_fen"
    ]


@pytest.fixture(scope="module")
def readings(verifier: ModuleType) -> Readings:
    return Readings(verifier)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_none_of_ten_thousand_journals_that_were_tampered_with_passes(
    readings: Readings,
) -> None:
    seed, tried = random_seed(), Counter[str]()
    for name, way, lines in tampered(random.Random(seed), EDITS):
        tried[way] += 1
        assert not readings.passes(name, lines), f"{way} of {name}, seed {seed}"
    assert tried.total() == EDITS
    assert set(tried) == {tamper.__name__ for tamper in TAMPERINGS}
    assert min(tried.values()) > EDITS // 10


def test_reading_on_from_where_a_day_was_changed_finds_what_reading_all_of_it_finds(
    verifier: ModuleType, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the whole verifier and with one that is half blind, so that both verdicts come up."""
    verdicts = set()
    for blind in (False, True):
        if blind:
            monkeypatch.setattr(verifier, "signed", lambda _key, _signature, _digest: True)
        for name, _way, lines in tampered(random.Random(random_seed()), WHOLE_EDITS):
            sound = not verified(verifier, lines, name).findings
            assert readings.passes(name, lines) == sound
            verdicts.add((blind, sound))
    assert (False, True) not in verdicts


def test_a_verifier_that_checks_no_signature_lets_forgers_pass(
    verifier: ModuleType, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what is detected above is detected by what is checked."""
    monkeypatch.setattr(verifier, "signed", lambda _key, _signature, _digest: True)
    # The platform's signed head alone would give most of them away.
    monkeypatch.setattr(verifier, "check_ack", lambda _ack, _key, _report: None)
    forged = tampered(random.Random(random_seed()), WHOLE_EDITS)
    assert any(readings.passes(name, lines) for name, _way, lines in forged)
