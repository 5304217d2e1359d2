"""Two counters and one pouch: it is taken once, and the platform sees both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync.central import schema
from terminal.app.tills import MoveForm
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import pouch_of
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.helpers.two_counters import Counter, Town, make_two, town


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Town]:
    """Counter 2 with drawer and vault, and counter 3 with its drawer."""
    make_two(tmp_path / "made")
    with town(tmp_path / "made", tmp_path / "town") as at:
        context = at.counters[1].outlet.cases.context
        bound = {**context.profile.settings, "tills": [{"till_id": "T03", "kind": "clerk"}]}
        context.profile = replace(context.profile, till_id="T03", terminal_no=3, settings=bound)
        for counter in at.counters:
            counter.outlet.open_day()
        yield at


def _code(counter: Counter, number: str) -> str:
    """What stands on the pouch's slip."""
    row = counter.outlet.books.tills.pouch(number)
    assert row is not None
    entry = counter.outlet.books.entry(row.sent_seq)
    assert entry is not None
    return pouch_of(entry.body).code()


def _refused(counter: Counter, code: str) -> str:
    with pytest.raises(UserError) as refused:
        counter.outlet.cases.tills.receive(new_uuid7(), code)
    return refused.value.code


def test_a_pouch_scanned_at_two_counters_is_taken_by_one_and_once(two: Town) -> None:
    sender, receiver = two.counters
    tills = sender.outlet.cases.tills
    fund = MoveForm(new_uuid7(), "V01", "bank", {10_000: 10}, inward=True)
    tills.fund(fund, SENIOR, SENIOR_PIN)
    sent = tills.send(MoveForm(new_uuid7(), "V01", "T03", {10_000: 4}), SENIOR, SENIOR_PIN)
    code = _code(sender, sent.pouch)
    assert _refused(sender, code) == "pouch.other_till"
    assert _refused(receiver, sent.pouch) == "pouch.unknown"
    assert receiver.outlet.cases.tills.receive(new_uuid7(), code).amount_text == "400.00"
    assert _refused(receiver, code) == "pouch.already_received"
    tills.open_drawer(new_uuid7(), "change", SENIOR, SENIOR_PIN)
    tills.check(new_uuid7(), "V01", {10_000: 6}, SENIOR, SENIOR_PIN)
    for counter in two.counters:
        counter.upload()
    postings = schema.postings
    sums = select(postings.c.account, func.sum(postings.c.fen)).group_by(postings.c.account)
    accounts, tasks = two.platform.database.transaction(
        lambda connection: (
            {row[0]: int(row[1]) for row in connection.execute(sums)},
            list(connection.execute(select(schema.tasks.c.code))),
        )
    )
    assert accounts == {
        "funding:bank": -100_000,
        "cash:V01": 60_000,
        f"transit:{sent.pouch}": 0,
        "cash:T03": 40_000,
    }
    assert tasks == []
