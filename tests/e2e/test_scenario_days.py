"""Whole days in a small language: expected bytes, replayed by the product, and tampered with.

A fix that changes what an old journal means is seen here: every day of the past is sealed again by
today's program, byte for byte, and its read models have the totals that were noted beside it.
"""

from __future__ import annotations

import copy
import gzip
import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.central.checking import check
from terminal.domain import ledger
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry, EntryDraft
from terminal.domain.lockout import RunningTime
from terminal.domain.report import Control, make_report
from terminal.store.books import Seal, SqlBooks
from tests.helpers.soak_run import random_seed
from tests.scenarios import make_scenarios

FOLDER = make_scenarios.FOLDER / "days"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
DAYS = sorted(EXPECTED)
LEAST_DAYS, LEAST_STEPS = 16, 60
SHORT_EDITS, EDITS = 150, 10_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def _bytes(name: str) -> bytes:
    return gzip.decompress((FOLDER / f"{name}.jsonl.gz").read_bytes())


def _entries(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _bytes(name).decode("utf-8").splitlines()]


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    """The stand-alone verifier, inside this process because it is asked very often."""
    path = Path(__file__).parents[2] / "docs" / "verify_journal.py"
    spec = importlib.util.spec_from_file_location("standalone_verifier", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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
        assert made == _bytes(name), name


@pytest.mark.parametrize("name", DAYS)
def test_the_verifier_finds_each_day_sound_with_the_sums_noted_beside_it(
    verifier: ModuleType, name: str
) -> None:
    report = _verified(verifier, _bytes(name).decode("utf-8").splitlines(), name)
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
def test_each_day_lived_again_is_the_same_bytes_and_the_same_totals(
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
    assert "".join(f"{line}\n" for line in sealed).encode("utf-8") == _bytes(name)
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


def _verified(verifier: ModuleType, lines: list[str], name: str) -> Any:
    report = verifier.Report(KEY.public_key(), False)
    verifier.verify(lines, report)
    verifier.check_ack(EXPECTED[name]["ack"], make_scenarios.PLATFORM.public_key(), report)
    return report


Tampering = Callable[[list[str], random.Random], list[str]]


def _edit_a_character(lines: list[str], chances: random.Random) -> list[str]:
    """One character of one line is another one, or is gone."""
    at = chances.randrange(len(lines))
    line, place = lines[at], chances.randrange(len(lines[at]))
    letter = chances.choice('0123456789abcdef"{}:,x')
    changed = line[:place] + chances.choice(["", letter]) + line[place + 1 :]
    return [*lines[:at], changed, *lines[at + 1 :]]


def _edit_a_value(lines: list[str], chances: random.Random) -> list[str]:
    """An amount, name or number of one entry is another one; hash and links made to fit."""
    entries = [json.loads(line) for line in lines]
    at = chances.randrange(len(entries))
    _change_somewhere(entries[at], chances)
    if chances.random() < 0.5:
        make_scenarios._rehashed(entries, max(at, 1))
    return _lines(entries)


def _change_somewhere(value: Any, chances: random.Random) -> None:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = chances.choice(keys)
    held = value[key]
    if isinstance(held, dict | list) and held:
        _change_somewhere(held, chances)
    elif isinstance(held, bool):
        value[key] = not held
    elif isinstance(held, int):
        value[key] = held + chances.choice([-100, -1, 1, 100])
    elif isinstance(held, str):
        value[key] = held[:-1] + ("1" if held[-1:] != "1" else "2")
    else:
        value[key] = 1


def _drop(lines: list[str], chances: random.Random) -> list[str]:
    """One to three lines are gone, the last ones too."""
    at, count = chances.randrange(len(lines)), chances.randint(1, 3)
    return lines[:at] + lines[at + count :]


def _swap(lines: list[str], chances: random.Random) -> list[str]:
    """Two lines change places."""
    one, other = chances.sample(range(len(lines)), 2)
    swapped = list(lines)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    return swapped


def _repeat(lines: list[str], chances: random.Random) -> list[str]:
    """One line twice, anywhere."""
    again = lines[chances.randrange(len(lines))]
    at = chances.randrange(len(lines) + 1)
    return [*lines[:at], again, *lines[at:]]


def _chain_anew(lines: list[str], chances: random.Random) -> list[str]:
    """Entries dropped or edited, then numbered, linked and signed anew with another key."""
    entries = [json.loads(line) for line in lines]
    at = chances.randrange(1, len(entries))
    del entries[at : at + chances.randint(0, 2)]
    if at < len(entries):
        _change_somewhere(entries[at]["body"], chances)
    key = chances.choice([make_scenarios.STRANGER, make_scenarios.PLATFORM])
    for place in range(at, len(entries)):
        entry = {**entries[place], "seq": place + 1, "prev_hash": entries[place - 1]["hash"]}
        entries[place] = make_scenarios._seal(entry, key)
    if at == len(entries):
        entries.pop()
    return _lines(entries)


TAMPERINGS: tuple[Tampering, ...] = (
    _edit_a_character, _edit_a_value, _drop, _swap, _repeat, _chain_anew
)  # fmt: skip


def _lines(entries: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in entries]


def _read(lines: list[str]) -> list[Any]:
    """What the lines say; a line that is no JSON says itself."""
    found: list[Any] = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append(line)
    return found


def _tampered(chances: random.Random, count: int) -> Iterator[tuple[str, str, list[str]]]:
    """Journals that say something else than they did; day, way and lines."""
    original = {name: _bytes(name).decode("utf-8").splitlines() for name in DAYS}
    while count:
        name, tamper = chances.choice(DAYS), chances.choice(TAMPERINGS)
        lines = tamper(copy.copy(original[name]), chances)
        # A character that is another way to write the same is no change of the journal.
        if lines == original[name] or _read(lines) == _read(original[name]):
            continue
        count -= 1
        yield name, tamper.__name__, lines


def _undetected(verifier: ModuleType, count: int) -> tuple[dict[str, int], list[str]]:
    """How often each way was tried, and what passed for sound."""
    seed = random_seed()
    tried: dict[str, int] = {}
    passed = []
    for name, way, lines in _tampered(random.Random(seed), count):
        tried[way] = tried.get(way, 0) + 1
        if not _verified(verifier, lines, name).findings:
            passed.append(f"{way} of {name}, seed {seed}")
    return tried, passed


def test_no_journal_that_was_tampered_with_passes(verifier: ModuleType) -> None:
    tried, passed = _undetected(verifier, SHORT_EDITS)
    assert passed == []
    assert set(tried) == {tamper.__name__ for tamper in TAMPERINGS}


@pytest.mark.soak
def test_none_of_ten_thousand_journals_that_were_tampered_with_passes(
    verifier: ModuleType,
) -> None:
    tried, passed = _undetected(verifier, EDITS)
    assert passed == []
    print(tried)


def test_a_verifier_that_checks_no_signature_lets_forgers_pass(
    verifier: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what is detected above is detected by what is checked."""
    monkeypatch.setattr(verifier, "signed", lambda _key, _signature, _digest: True)
    # The platform's signed head alone would give most of them away.
    monkeypatch.setattr(verifier, "check_ack", lambda _ack, _key, _report: None)
    _tried, passed = _undetected(verifier, SHORT_EDITS // 4)
    assert passed != []
