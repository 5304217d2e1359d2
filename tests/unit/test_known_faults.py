"""A known fault of the system named beside a difference: by number and words, on paper and file."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from sync.wire.signing import record_is_signed
from terminal.app.entry_account import account_of
from terminal.domain.document import Document
from terminal.domain.errors import UserError
from tests.helpers.cash_ups import count
from tests.helpers.documents import words_of
from tests.helpers.inbox import Centre, deliver
from tests.helpers.outlet import Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

TITLE, TITLE_EN = (
    "抹零后屏幕合计可能差一分",
    "After rounding the total on screen may be one fen off",
)


@pytest.fixture
def centre(outlet_template: Template) -> Centre:
    return Centre(outlet_template.platform)


@pytest.fixture
def told(counter: Outlet, centre: Centre) -> dict[str, Any]:
    """A signed notice that reached the counter."""
    notice = centre.notice()
    deliver(counter, notice)
    return notice


def newest_body(counter: Outlet) -> dict[str, Any]:
    """The body of the newest entry."""
    return counter.books.entries(limit=1)[0].body


def test_a_difference_is_disputed_with_a_known_fault_alone(
    counter: Outlet, told: dict[str, Any], centre: Centre
) -> None:
    counter.sell()
    view = count(counter.cases, -1)
    assert [one.notice_id for one in view.notices] == [told["notice_id"]]
    counter.cases.cash_ups.dispute(view.form_id, "", told["notice_id"])
    (entry,) = counter.books.entries(limit=1)
    assert entry.kind == "cash_up.disputed"
    named: Any = entry.body["notice"]
    assert named["notice_id"] == told["notice_id"]
    facts = {fact.label_code: fact for fact in account_of(counter.cases.context, entry).facts}
    assert (facts["fact.notice"].value, facts["fact.notice"].value_en) == (TITLE, TITLE_EN)
    text = words_of(Document.from_json(counter.books.print_jobs(limit=1)[0].document))
    assert TITLE in text
    with zipfile.ZipFile(io.BytesIO(counter.cases.cash_ups.evidence().data)) as files:
        record = json.loads(files.read("notice.json"))
    assert record == told
    assert record_is_signed(record, centre.public_key)
    assert counter.books.balances()["suspense:T02"] == 1


def test_a_dispute_without_a_known_fault_says_nothing_of_one(counter: Outlet) -> None:
    counter.sell()
    view = count(counter.cases, -1)
    assert view.notices == ()
    counter.cases.cash_ups.dispute(view.form_id, "没有短款")
    assert "notice" not in newest_body(counter)
    with zipfile.ZipFile(io.BytesIO(counter.cases.cash_ups.evidence().data)) as files:
        assert "notice.json" not in files.namelist()


@pytest.mark.parametrize("field", ["title_zh", "text_en", "notice_id", "signature"])
def test_what_the_centre_did_not_sign_is_not_offered_and_cannot_be_named(
    counter: Outlet, centre: Centre, field: str
) -> None:
    forged = {**centre.notice(), field: "x"}
    deliver(counter, forged)
    counter.sell()
    view = count(counter.cases, -1)
    assert view.notices == ()
    head = counter.books.head()
    with pytest.raises(UserError) as refused:
        counter.cases.cash_ups.dispute(view.form_id, "没有短款", forged["notice_id"])
    assert refused.value.code == "cash_up.unknown_notice"
    assert counter.books.head() == head


def test_the_second_press_names_nothing_anew(counter: Outlet, told: dict[str, Any]) -> None:
    counter.sell()
    form = count(counter.cases, -1).form_id
    counter.cases.cash_ups.dispute(form, "没有短款")
    head = counter.books.head()
    saved = counter.cases.cash_ups.dispute(form, "", told["notice_id"])
    assert saved.saved_seq == head[0]
    assert counter.books.head() == head


def test_an_entry_whose_notice_is_not_here_any_more_names_its_number(
    counter: Outlet, told: dict[str, Any]
) -> None:
    counter.sell()
    counter.cases.cash_ups.dispute(count(counter.cases, -1).form_id, "", told["notice_id"])
    (entry,) = counter.books.entries(limit=1)
    other: Any = {**entry.body, "notice": {"notice_id": "gone", "sha256": "0" * 64}}
    facts = account_of(counter.cases.context, replace(entry, body=other)).facts
    assert [fact.value for fact in facts if fact.label_code == "fact.notice"] == ["gone"]
