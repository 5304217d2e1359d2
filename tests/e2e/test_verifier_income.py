"""The stand-alone verifier looks whether income is where the lines of a sale belong.

Edits are sealed anew with the terminal's own key, so that only the accounts give them away. Sales
from before tax-free postage had accounts of its own stay sound.
"""

from __future__ import annotations

import json
import random
from types import ModuleType
from typing import Any

import pytest

from tests.helpers.soak_run import random_seed
from tests.helpers.tampered_days import DAYS, KEY, lines_of
from tests.scenarios.make_scenarios import sealed_anew

pytest_plugins = ["tests.helpers.verifier_fixtures"]

DAY, EDITS = "18_tax_free_postage", 150
Entry = dict[str, Any]


def entries_of(day: str) -> list[Entry]:
    return [json.loads(line) for line in lines_of(day)]


def codes(verifier: ModuleType, entries: list[Entry]) -> set[str]:
    """What the verifier finds in a journal."""
    report = verifier.Report(KEY.public_key(), False)
    verifier.verify(map(json.dumps, entries), report)
    return {finding.code for finding in report.findings}


def income(body: Entry) -> list[Entry]:
    """The rows of a sale that are income."""
    return [row for row in body["postings"] if row["account"].startswith(("sales:", "postage:"))]


def mixed(entries: list[Entry]) -> list[int]:
    """Places of the sales with income in both families."""
    return [
        place
        for place, entry in enumerate(entries)
        if entry["kind"] == "sale.completed"
        and len({row["account"].partition(":")[0] for row in income(entry["body"])}) == 2
    ]


def _to_the_other_family(body: Entry, chances: random.Random) -> None:
    row = chances.choice(income(body))
    kind, _, business = row["account"].partition(":")
    row["account"] = f"{'sales' if kind == 'postage' else 'postage'}:{business}"


def _to_another_business(body: Entry, chances: random.Random) -> None:
    row = chances.choice(income(body))
    row["account"] = f"{row['account'].partition(':')[0]}:produce"


def _from_one_account_to_another(body: Entry, chances: random.Random) -> None:
    one, other = chances.sample(income(body), 2)
    by = chances.choice([1, 10, 100])
    one["fen"] -= by
    other["fen"] += by


def _a_line_taxed_otherwise(body: Entry, chances: random.Random) -> None:
    line = chances.choice(body["lines"])
    line["tax"] = "taxable" if line["tax"] == "exempt" else "exempt"


def _a_line_that_cost_otherwise(body: Entry, chances: random.Random) -> None:
    chances.choice(body["lines"])["amount_fen"] += chances.choice([-1, 1, 500])


def _lines_of_another_form(body: Entry, chances: random.Random) -> None:
    body["lines"] = chances.choice([{"a": 1}, ["line"], [{}], [{"amount_fen": "1"}], "line", 7])


WAYS = (
    _to_the_other_family,
    _to_another_business,
    _from_one_account_to_another,
    _a_line_taxed_otherwise,
    _a_line_that_cost_otherwise,
    _lines_of_another_form,
)


def undetected(verifier: ModuleType, count: int) -> list[str]:
    """Edits that pass for sound, of as many as asked for."""
    seed = random_seed()
    chances, passed = random.Random(seed), []
    for _ in range(count):
        entries, way = entries_of(DAY), chances.choice(WAYS)
        at = chances.choice(mixed(entries))
        way(entries[at]["body"], chances)
        if codes(verifier, sealed_anew(entries, at)) != {"income_differs"}:
            passed.append(f"{way.__name__} of entry {at + 1}, seed {seed}")
    return passed


def test_no_income_in_another_account_than_its_line_passes(verifier: ModuleType) -> None:
    assert codes(verifier, entries_of(DAY)) == set()
    assert undetected(verifier, EDITS) == []


def test_a_verifier_that_does_not_look_at_income_lets_them_all_pass(
    verifier: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: nothing else in the verifier compares lines with accounts."""
    monkeypatch.setattr(verifier, "check_income", lambda _entry, _report: None)
    assert len(undetected(verifier, EDITS // 5)) == EDITS // 5


def test_journals_of_before_have_all_of_it_in_one_family_and_stay_sound(
    verifier: ModuleType,
) -> None:
    of_before = [day for day in DAYS if day < DAY]
    assert len(of_before) == 17
    for day in of_before:
        entries = entries_of(day)
        sold = [entry["body"] for entry in entries if entry["kind"] == "sale.completed"]
        accounts = {row["account"] for body in sold for row in income(body)}
        assert accounts
        assert not any(account.startswith("postage:") for account in accounts)
        assert codes(verifier, entries) == set()


def test_one_sale_is_of_one_kind_or_the_other(verifier: ModuleType) -> None:
    """Half of the tax-free lines here and half there is neither."""
    entries = entries_of(DAY)
    at = mixed(entries)[0]
    row = next(row for row in income(entries[at]["body"]) if row["account"].startswith("postage:"))
    half = row["fen"] // 2
    row["fen"] -= half
    business = row["account"].partition(":")[2]
    entries[at]["body"]["postings"].append({"account": f"sales:{business}", "fen": half})
    assert codes(verifier, sealed_anew(entries, at)) == {"income_differs"}
