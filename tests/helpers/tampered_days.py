"""Exported days that were tampered with in every way a forger has, and a quick way to judge."""

from __future__ import annotations

import copy
import gzip
import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.scenarios import make_scenarios

FOLDER = make_scenarios.FOLDER / "days"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
DAYS = sorted(EXPECTED)
STOCKED = ["19_numbered_cards"]
"""Days on which stamps and numbered papers move."""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def bytes_of(name: str) -> bytes:
    """A day as it was exported."""
    return gzip.decompress((FOLDER / f"{name}.jsonl.gz").read_bytes())


def lines_of(name: str) -> list[str]:
    """Its lines."""
    return bytes_of(name).decode("utf-8").splitlines()


def verified(verifier: ModuleType, lines: list[str], name: str) -> Any:
    """The report on a whole export, read from its first line to its last."""
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


def _edit_stock_with_the_own_key(lines: list[str], chances: random.Random) -> list[str]:
    """Somebody who has the terminal's own key rewrites where stamps and numbers went."""
    entries = [json.loads(line) for line in lines]
    at = chances.choice([place for place, one in enumerate(entries) if "stock" in one["body"]])
    _change_somewhere(entries[at]["body"]["stock"], chances)
    return _lines(make_scenarios.sealed_anew(entries, at))


TAMPERINGS: tuple[Tampering, ...] = (
    _edit_a_character, _edit_a_value, _drop, _swap, _repeat, _chain_anew,
    _edit_stock_with_the_own_key,
)  # fmt: skip


def _lines(entries: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in entries]


def _says(line: str) -> Any:
    """What a line says; one that is no JSON says itself."""
    try:
        return json.loads(line)
    except ValueError:
        return line


def _same(lines: list[str], others: list[str]) -> bool:
    """Whether two exports say the same; another way to write a character changes nothing."""
    return len(lines) == len(others) and all(
        one == other or _says(one) == _says(other) for one, other in zip(lines, others, strict=True)
    )


def tampered(chances: random.Random, count: int) -> Iterator[tuple[str, str, list[str]]]:
    """Journals that say something else than they did; day, way and lines."""
    original = {name: lines_of(name) for name in DAYS}
    while count:
        tamper = chances.choice(TAMPERINGS)
        name = chances.choice(STOCKED if tamper is _edit_stock_with_the_own_key else DAYS)
        lines = tamper(copy.copy(original[name]), chances)
        if not _same(lines, original[name]):
            count -= 1
            yield name, tamper.__name__, lines


class Readings:
    """Every day as the verifier stood before each line: a changed one is read from there on.

    It reads line by line and forgets no fault, so what follows the first fault changes nothing.
    """

    def __init__(self, verifier: ModuleType) -> None:
        self._verifier = verifier
        self._lines: Mapping[str, list[str]] = {name: lines_of(name) for name in DAYS}
        self._before = {name: self._read(lines) for name, lines in self._lines.items()}

    def passes(self, name: str, lines: list[str]) -> bool:
        """Whether the verifier finds nothing wrong with a day that was changed."""
        pairs = zip(lines, self._lines[name], strict=False)
        same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
        report = _copied(self._before[name][same])
        for line in lines[same:]:
            self._verifier.verify([line], report)
            if report.findings:
                return False
        platform = make_scenarios.PLATFORM.public_key()
        self._verifier.check_ack(EXPECTED[name]["ack"], platform, report)
        return not report.findings

    def _read(self, lines: list[str]) -> list[Any]:
        report = self._verifier.Report(KEY.public_key(), False)
        readings = [_copied(report)]
        for line in lines:
            self._verifier.verify([line], report)
            readings.append(_copied(report))
        assert report.findings == []
        return readings


def _copied(report: Any) -> Any:
    held = ("hashes", "first_seals", "intents", "accounts", "numbers", "findings")
    return replace(report, **{name: copy.copy(getattr(report, name)) for name in held})
