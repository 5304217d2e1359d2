"""The page 来文 without its screen: what is shown, what may be answered, and that it is once."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from terminal.app.directives import Directives
from terminal.bootstrap import open_keys
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry
from terminal.domain.outlet_time import utc_text
from terminal.store.database import open_database
from terminal.store.sync_file import SYNC_FILE
from tests.helpers.inbox import Centre, deliver
from tests.helpers.outlet import PIN, STAMP, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def centre(outlet_template: Template) -> Centre:
    return Centre(outlet_template.platform)


@pytest.fixture
def sale(counter: Outlet) -> Entry:
    """A stamp was sold: what a correction is about."""
    counter.sell(STAMP)
    return counter.books.entries(limit=1)[0]


def _codes(counter: Outlet) -> list[tuple[str, str]]:
    return [(view.state, view.code) for view in counter.cases.directives.inbox().directives]


def _refused(counter: Outlet, directive_id: str) -> str:
    with pytest.raises(UserError) as refused:
        counter.cases.directives.accept(directive_id)
    return refused.value.code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "另一个理由"}, "directive.forged"),
        ({"amount_fen": 121}, "directive.malformed"),
        ({"signature": "00" * 64}, "directive.forged"),
        ({"signature": "no"}, "directive.malformed"),
        ({"expires_at": "2998-01-01T00:00:00.000Z"}, "directive.forged"),
        ({"note": 0.5}, "directive.malformed"),
        ({"kind": "adjustment"}, "directive.malformed"),
        ({"kind": 7}, "directive.malformed"),
    ],
)
def test_a_changed_directive_is_shown_as_refused_and_cannot_be_answered(
    counter: Outlet, centre: Centre, sale: Entry, change: dict[str, Any], code: str
) -> None:
    record = centre.directive(sale)
    before = dict(counter.books.balances())
    deliver(counter, {**record, **change})
    assert _codes(counter) == [("refused", code)]
    assert _refused(counter, record["directive_id"]) in (code, "directive.unknown")
    assert dict(counter.books.balances()) == before
    assert counter.cases.directives.waiting() == 0


def test_an_expired_directive_is_refused_as_such(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    record = centre.directive(sale, expires_at="2026-11-22T00:00:00.000Z")
    deliver(counter, record)
    assert _codes(counter) == [("refused", "directive.expired")]
    assert _refused(counter, record["directive_id"]) == "directive.expired"


def test_what_was_answered_in_time_stays_answered_after_its_end(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    soon = utc_text(datetime.now(UTC) + timedelta(days=2))
    record = centre.directive(sale, expires_at=soon)
    deliver(counter, record)
    counter.cases.directives.accept(record["directive_id"])
    counter.clock.advance(timedelta(days=3))
    assert _codes(counter) == [("accepted", "")]


def test_what_is_answered_is_judged_once_and_what_waits_at_every_look(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    cases, soon = counter.cases, utc_text(datetime.now(UTC) + timedelta(days=2))
    taken, over, waits = (centre.directive(sale, expires_at=soon) for _ in range(3))
    deliver(counter, taken, over, waits, centre.directive(sale, fen=10_000_001))
    cases.directives.accept(taken["directive_id"])
    cases.directives.dispute(over["directive_id"], "没有重复")
    before = {view.number: view for view in cases.directives.inbox().directives}
    deliver(counter, {**taken, "amount_fen": 1}, centre.directive(sale, 90, **_number_of(taken)))
    counter.clock.advance(timedelta(days=3))
    shown = cases.directives.inbox()
    again = {view.number: view for view in shown.directives}
    told = [(again[number].state, again[number].code) for number in sorted(again)]
    assert told == [
        ("accepted", ""),
        ("disputed", ""),
        ("refused", "directive.expired"),
        ("refused", "directive.too_much"),
        ("refused", "directive.malformed"),
        ("refused", "directive.repeated"),
    ]
    assert [again[number] is before[number] for number in sorted(before)] == [
        True,
        True,
        False,
        True,
    ]
    # Who never looked before sees the same.
    assert Directives(cases.context).inbox() == shown


def _number_of(record: dict[str, Any]) -> dict[str, Any]:
    return {"directive_id": record["directive_id"]}


def test_another_content_under_a_known_number_is_refused_and_the_first_one_counts(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    record = centre.directive(sale)
    number = record["directive_id"]
    deliver(counter, record, centre.directive(sale, fen=90, directive_id=number), record)
    assert _codes(counter) == [("waiting", ""), ("refused", "directive.repeated")]
    shown = counter.cases.directives.inbox().directives[0]
    assert shown.arrived_at == "2026-11-21T01:00:05.000Z"
    counter.cases.directives.accept(number)
    assert counter.books.entries(limit=1)[0].body["amount_fen"] == 120
    assert _codes(counter) == [("refused", "directive.repeated"), ("accepted", "")]


def test_a_forged_one_cannot_take_the_number_of_a_genuine_one(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    record = centre.directive(sale)
    deliver(counter, {**record, "reason": "冒名"}, record)
    assert sorted(_codes(counter)) == [("refused", "directive.forged"), ("waiting", "")]
    counter.cases.directives.accept(record["directive_id"])
    assert counter.books.entries(limit=1)[0].body["reason"] == "重复入账，予以冲销"


def test_directives_of_other_terminals_and_about_other_entries_are_refused(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    deliver(
        counter,
        centre.directive(sale, terminal_id="61020303-99"),
        centre.directive(sale, about_seq=1),
        centre.directive(sale, about_seq=999),
    )
    assert sorted(code for _, code in _codes(counter)) == [
        "directive.foreign",
        "directive.other_entry",
        "directive.other_entry",
    ]


def test_a_second_answer_of_any_kind_says_when_the_first_was_saved(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    record = centre.directive(sale)
    deliver(counter, record)
    counter.cases.directives.dispute(record["directive_id"], "没有重复")
    head = counter.books.head()
    for again in (counter.cases.directives.accept, counter.cases.directives.dispute):
        with pytest.raises(UserError) as pressed:
            again(record["directive_id"])
        assert pressed.value.code == "directive.answered"
        assert pressed.value.params["seq"] == head[0]
    assert counter.books.head() == head


def test_nobody_signed_on_or_a_locked_screen_answers_nothing(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    record = centre.directive(sale)
    deliver(counter, record)
    counter.cases.session.lock()
    assert _refused(counter, record["directive_id"]) == "session.locked"
    counter.cases.session.unlock(PIN)
    counter.cases.session.sign_off()
    assert _refused(counter, record["directive_id"]) == "session.not_signed_on"
    assert _codes(counter) == [("waiting", "")]


def test_words_to_the_centre_have_a_length(counter: Outlet, centre: Centre, sale: Entry) -> None:
    record = centre.directive(sale)
    deliver(counter, record)
    with pytest.raises(UserError) as refused:
        counter.cases.directives.dispute(record["directive_id"], "长" * 201)
    assert (refused.value.code, refused.value.params) == (
        "directive.answer_too_long",
        {"most": 200},
    )
    counter.cases.directives.dispute(record["directive_id"], "长" * 200)


def test_an_answer_survives_the_end_of_the_process_and_is_given_once(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    record = centre.directive(sale)
    number, before = record["directive_id"], counter.books.head()
    deliver(counter, record)
    # Inside the commit: the entry is stamped there.
    counter.clock.dies_at_next_reading = True
    with suppress(SystemExit):
        counter.cases.directives.accept(number)
    counter.clock.dies_at_next_reading = False
    counter.crash()
    assert counter.books.head() == before
    counter.cases.session.unlock(PIN)
    counter.cases.directives.accept(number)
    counter.crash()
    counter.cases.session.unlock(PIN)
    assert _refused(counter, number) == "directive.answered"
    assert counter.books.head()[0] == before[0] + 1
    assert counter.books.read_model_differences() == []


def test_forged_tasks_and_notices_are_not_shown_and_genuine_ones_are(
    counter: Outlet, centre: Centre, sale: Entry
) -> None:
    task, notice = centre.task(sale), centre.notice()
    deliver(
        counter,
        {**task, "about_seq": 1},
        {**notice, "text_zh": "请把差额补上"},
        {**task, "signature": 5},
        {**notice, "note": 0.5},
    )
    assert counter.cases.directives.inbox().tasks == ()
    assert counter.cases.directives.notices() == ()
    deliver(counter, task, notice)
    (shown,) = counter.cases.directives.inbox().tasks
    assert (shown.task.code, shown.about) == ("journal.unknown_kind", sale)
    (told,) = counter.cases.directives.notices()
    assert (told.issuer, told.issued_at) == ("演示省公司", "2026-11-21T01:00:00.000Z")


@pytest.mark.parametrize("statement", ["DELETE FROM inbox", "UPDATE inbox SET record = '{}'"])
def test_what_the_centre_said_is_neither_deleted_nor_changed(
    counter: Outlet, centre: Centre, sale: Entry, statement: str
) -> None:
    deliver(counter, centre.directive(sale))
    book = open_database(counter.home / SYNC_FILE, open_keys(counter.home).db_key)
    with pytest.raises(Exception, match="what the centre said is never"):
        book.execute(statement)
    book.close()
    assert _codes(counter) == [("waiting", "")]
