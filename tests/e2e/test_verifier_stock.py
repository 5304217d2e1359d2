"""The stand-alone verifier follows stamps and numbered papers, whoever signed the journal.

Every edit below is sealed anew with the terminal's own key, so that hash, links and signature fit:
what gives it away is only where pieces and numbers come from and go to.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from terminal.app.pouches import WrongForm
from terminal.app.tills import MoveForm
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import Bundle
from tests.helpers.old_disk import public_key
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Outlet
from tests.helpers.soak_run import random_seed
from tests.helpers.tampered_days import KEY, STOCKED, lines_of
from tests.scenarios.make_scenarios import sealed_anew
from tests.unit.test_tills import fund, issue

pytest_plugins = ["tests.helpers.verifier_fixtures", "tests.helpers.outlet_fixtures"]

(DAY,) = STOCKED
SHORT, LONG = 120, 10_000
Entry = dict[str, Any]


def _entries(name: str) -> list[Entry]:
    return [json.loads(line) for line in lines_of(name)]


def codes(verifier: ModuleType, entries: list[Entry], *, partial: bool = False) -> set[str]:
    """What the verifier finds in a journal."""
    report = verifier.Report(KEY.public_key(), partial)
    verifier.verify(map(json.dumps, entries), report)
    return {finding.code for finding in report.findings}


def moving(entries: list[Entry], kind: str = "") -> list[int]:
    """Places of the entries that move stock."""
    return [
        place
        for place, entry in enumerate(entries)
        if entry["body"].get("stock") and kind in ("", entry["kind"])
    ]


def _other_count(rows: list[Entry], chances: random.Random) -> None:
    row = chances.choice(rows)
    row["pieces"] += chances.choice([-1, 1, 7])


def _other_numbers_on_one_side(rows: list[Entry], chances: random.Random) -> None:
    row, by = chances.choice(rows), chances.choice([-3, 1, 500])
    row["lo"] += by
    row["hi"] += by


def _numbers_nobody_holds(rows: list[Entry], chances: random.Random) -> None:
    by = chances.choice([5_000, 90_000])
    for row in rows:
        if not row["place"].startswith("transit:"):
            row["lo"] += by
            row["hi"] += by


def _a_row_less(rows: list[Entry], chances: random.Random) -> None:
    del rows[chances.randrange(len(rows))]


def _another_item_on_one_side(rows: list[Entry], chances: random.Random) -> None:
    chances.choice(rows)["item"] = "P0001"


def _no_such_place(rows: list[Entry], chances: random.Random) -> None:
    chances.choice(rows)["place"] = chances.choice(["drawer", "till:", "sold:T02", ""])


def _another_form(rows: list[Entry], chances: random.Random) -> None:
    row = chances.choice(rows)
    change: tuple[str, Any] = chances.choice(
        [("pieces", 0), ("pieces", "1"), ("lo", 0), ("hi", True), ("note", "x"), ("item", "")]
    )
    row[change[0]] = change[1]


EDITS: tuple[Callable[[list[Entry], random.Random], None], ...] = (
    _other_count,
    _other_numbers_on_one_side,
    _numbers_nobody_holds,
    _a_row_less,
    _another_item_on_one_side,
    _no_such_place,
    _another_form,
)
STOCK_CODES = {"bad_stock", "stock_unbalanced", "number_twice", "number_not_there"}


def undetected(verifier: ModuleType, count: int) -> list[str]:
    """Edits that pass for sound, of as many as asked for."""
    seed = random_seed()
    chances, passed = random.Random(seed), []
    for _ in range(count):
        entries, edit = _entries(DAY), chances.choice(EDITS)
        # Numbers that somebody else does not hold are believed when the centre issues them.
        kinds = ["sale.completed", "refund.completed"] if edit is _numbers_nobody_holds else [""]
        at = chances.choice(moving(entries, chances.choice(kinds)))
        edit(entries[at]["body"]["stock"], chances)
        found = codes(verifier, sealed_anew(entries, at))
        if not found & STOCK_CODES:
            passed.append(f"{edit.__name__} of entry {at + 1}, seed {seed}: {found}")
    return passed


def test_no_edit_of_stock_passes_though_the_own_key_signed_it(verifier: ModuleType) -> None:
    assert codes(verifier, _entries(DAY)) == set()
    assert undetected(verifier, SHORT) == []


@pytest.mark.soak
def test_none_of_ten_thousand_edits_of_stock_passes(verifier: ModuleType) -> None:
    assert undetected(verifier, LONG) == []


def test_a_verifier_that_does_not_follow_stock_lets_them_all_pass(
    verifier: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: nothing else in the verifier looks at stock."""
    monkeypatch.setattr(verifier, "check_stock", lambda _entry, _report: None)
    assert len(undetected(verifier, SHORT // 6)) == SHORT // 6


def sold_number(entries: list[Entry], place: int) -> int:
    """The number a sale took out of the till."""
    return int(entries[place]["body"]["stock"][0]["lo"])


def test_a_number_sold_twice_is_found(verifier: ModuleType) -> None:
    entries = _entries(DAY)
    early, late = moving(entries, "sale.completed")[3], moving(entries, "sale.completed")[-1]
    number = sold_number(entries, early)
    for row in entries[late]["body"]["stock"]:
        row["lo"] = row["hi"] = number
    assert codes(verifier, sealed_anew(entries, late)) == {"number_not_there"}


def test_a_range_issued_twice_by_the_centre_is_found(verifier: ModuleType) -> None:
    entries = _entries(DAY)
    first, second = moving(entries, "till.funded")[:2]
    for row, other in zip(
        entries[second]["body"]["stock"], entries[first]["body"]["stock"], strict=True
    ):
        row["lo"] = other["lo"] + 5
        row["hi"] = row["lo"] + abs(row["pieces"]) - 1
    assert "number_twice" in codes(verifier, sealed_anew(entries, second))


def test_a_number_given_back_may_be_issued_again(verifier: ModuleType) -> None:
    """The day gives 1031 to 1040 back and gets 1031 to 1035 once more."""
    entries = _entries(DAY)
    funded = [entries[place]["body"] for place in moving(entries, "till.funded")]
    assert [body["inward"] for body in funded] == [True, True, False, False, True]
    assert codes(verifier, entries) == set()


def test_unnumbered_stamps_only_have_to_balance(verifier: ModuleType) -> None:
    entries = _entries(DAY)
    at = moving(entries)[0]
    rows = [
        {"place": "source:centre", "item": "P0001", "pieces": -500},
        {"place": "till:V01", "item": "P0001", "pieces": 500},
    ]
    entries[at]["body"]["stock"] += rows
    assert codes(verifier, sealed_anew(entries, at)) == set()
    rows[1]["pieces"] = 499
    assert codes(verifier, sealed_anew(entries, at)) >= {"stock_unbalanced"}


def test_a_part_of_a_journal_does_not_miss_what_came_before_it(verifier: ModuleType) -> None:
    entries = _entries(DAY)
    later = entries[moving(entries, "sale.completed")[2] :]
    assert codes(verifier, later, partial=True) == set()
    again = moving(later, "sale.completed")[-1]
    for row in later[again]["body"]["stock"]:
        row["lo"] = row["hi"] = sold_number(later, 0)
    assert "number_twice" in codes(verifier, sealed_anew(later, again), partial=True)


def test_what_an_old_disk_sold_anew_is_told_twice_and_no_fault(verifier: ModuleType) -> None:
    entries = _entries(DAY)
    early, late = moving(entries, "sale.completed")[3], moving(entries, "sale.completed")[-1]
    body = entries[late]["body"]
    for row in body["stock"]:
        row["lo"] = row["hi"] = sold_number(entries, early)
    body["resent_of"] = {"epoch": 1, "seq": early + 1, "hash": "0" * 64}
    assert not codes(verifier, sealed_anew(entries, late)) & {
        "number_twice",
        "number_not_there",
    }


def test_counts_that_find_other_numbers_than_the_books_are_sound(
    counter: Outlet, verifier: ModuleType
) -> None:
    """What a count finds is a fact, and the verifier follows it: missing, too many, back again."""
    card = "P0032"
    fund(counter, 0, Bundle(card, 100, 1001))
    issue(counter, {}, Bundle(card, 40, 1001))
    cash_ups = counter.cases.cash_ups
    for numbers in ("1001-1009 1011-1042", "1001-1041"):
        form = cash_ups.recount().form_id if cash_ups.view().counts else cash_ups.view().form_id
        view = cash_ups.count(form, {}, {card: numbers})
    cash_ups.book(view.form_id)
    assert counter.books.stock.ranges("suspense:T02", card) == ()
    assert counter.books.read_model_differences() == []
    counter.sell(card, 41)
    sent = counter.cases.tills.send(
        MoveForm(new_uuid7(), "V01", "T02", {}, (Bundle(card, 10, 1051),)), SENIOR, SENIOR_PIN
    )
    wrong = WrongForm(new_uuid7(), sent.pouch, {}, {card: "1051-1058 1061"})
    counter.cases.pouches.receive_wrong(wrong, SENIOR, SENIOR_PIN)
    entries = [entry.to_wire() for entry in counter.books.all_entries()]
    report = verifier.Report(Ed25519PublicKey.from_public_bytes(public_key(counter.home)), False)
    verifier.verify(map(json.dumps, entries), report)
    assert [(one.code, str(one)) for one in report.findings] == []
