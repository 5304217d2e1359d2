"""A directive: what may be answered, and what answering books. Any change to it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import directive, ledger
from terminal.domain.directive import Here, accepted, disputed, read_directive, refusal
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, seal

ID = "01a1f3c0-0000-7000-8000-000000000001"
NOW, LATER = "2026-11-21T01:00:00.000Z", "2026-12-21T01:00:00.000Z"
RECORD: dict[str, Any] = {
    "kind": "directive",
    "directive_id": ID,
    "terminal_id": "61020303-02",
    "issuer": "市局会计科",
    "reason": "12 月 3 日重复入账",
    "about_seq": 7,
    "about_hash": "ab" * 32,
    "amount_fen": 1200,
    "postings": [
        {"account": "cash:T02", "fen": -1200},
        {"account": "sales:postage", "fen": 1200},
    ],
    "issued_at": NOW,
    "expires_at": LATER,
    "signature": "cd" * 64,
}
HERE = Here("61020303-02", genuine=True, about_hash="ab" * 32, is_first=True, now=NOW)


def test_a_genuine_directive_about_our_entry_may_be_answered() -> None:
    asked = read_directive(RECORD)
    assert refusal(asked, HERE) is None
    assert (asked.amount_fen, asked.about_seq, asked.record) == (1200, 7, RECORD)
    assert (asked.issued_at, asked.expires_at) == (NOW, LATER)


@pytest.mark.parametrize(
    ("here", "code"),
    [
        (replace(HERE, genuine=False), "directive.forged"),
        (replace(HERE, terminal_id="61020303-03"), "directive.foreign"),
        (replace(HERE, about_hash="00" * 32), "directive.other_entry"),
        (replace(HERE, about_hash=""), "directive.other_entry"),
        (replace(HERE, is_first=False), "directive.repeated"),
        (replace(HERE, now=LATER), "directive.expired"),
    ],
)
def test_what_is_not_for_these_books_now_is_refused_with_its_reason(here: Here, code: str) -> None:
    assert refusal(read_directive(RECORD), here) == code


def test_a_forged_record_is_called_forged_whatever_else_is_wrong_with_it() -> None:
    all_wrong = Here("elsewhere", genuine=False, about_hash="", is_first=False, now=LATER)
    assert refusal(read_directive(RECORD), all_wrong) == "directive.forged"


def test_the_smallest_correction_of_the_first_entry_may_be_answered() -> None:
    rows: list[Any] = [{"account": "cash:T02", "fen": 1}, {"account": "rounding", "fen": -1}]
    asked = read_directive({**RECORD, "about_seq": 1, "amount_fen": 1, "postings": rows})
    assert (asked.about_seq, asked.amount_fen) == (1, 1)


def test_the_last_millisecond_before_the_end_still_counts() -> None:
    last = replace(HERE, now="2026-12-21T00:59:59.999Z")
    assert refusal(read_directive(RECORD), last) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "notice"}, "kind"),
        ({"directive_id": "1"}, "directive_id"),
        ({"terminal_id": ""}, "terminal_id"),
        ({"issuer": ""}, "issuer"),
        ({"issuer": "x" * 121}, "issuer"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": 5}, "reason"),
        ({"about_seq": 0}, "about_seq"),
        ({"about_seq": True}, "about_seq"),
        ({"about_seq": "7"}, "about_seq"),
        ({"about_hash": "AB" * 32}, "about_hash"),
        ({"amount_fen": 1199}, "amount_fen"),
        ({"amount_fen": -1200}, "amount_fen"),
        ({"postings": []}, "amount_fen"),
        ({"postings": [], "amount_fen": 0}, "amount_fen"),
        ({"postings": [{"account": "cash:T02", "fen": 1200}]}, "postings"),
        ({"postings": [{"account": "heaven", "fen": 0}]}, "postings"),
        ({"postings": 5}, "postings"),
        ({"issued_at": "yesterday"}, "issued_at"),
        ({"expires_at": ""}, "expires_at"),
        ({"signature": "cd"}, "signature"),
        ({"note": "beside"}, "unknown"),
    ],
)
def test_a_record_of_another_shape_is_no_directive(change: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as refused:
        read_directive({**RECORD, **change})
    assert (refused.value.code, refused.value.params) == ("directive.malformed", {"field": field})


@pytest.mark.parametrize("missing", sorted(RECORD))
def test_a_record_without_one_of_its_fields_is_no_directive(missing: str) -> None:
    rest = {name: value for name, value in RECORD.items() if name != missing}
    with pytest.raises(UserError) as refused:
        read_directive(rest)
    assert refused.value.params == {"field": missing}


amounts = st.integers(1, 10**9)
accounts = st.sampled_from(["cash:T02", "sales:postage", "rounding", "payments_held", "cash:V01"])


@st.composite
def directives(draw: st.DrawFn) -> dict[str, Any]:
    """Any balanced correction."""
    fens = draw(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5))
    fens.append(-sum(fens))
    rows: list[Any] = [{"account": draw(accounts), "fen": fen} for fen in fens]
    moved = sum(fen for fen in fens if fen > 0)
    if not moved:
        rows, moved = RECORD["postings"], 1200
    return {**RECORD, "directive_id": new_uuid7(), "postings": rows, "amount_fen": moved}


@given(directives(), st.text(max_size=50))
def test_accepting_books_exactly_its_postings_and_disputing_none(
    record: dict[str, Any], reason: str
) -> None:
    asked = read_directive(record)
    yes = accepted(asked, business_date="2026-11-21", clerk_id="0312")
    no = disputed(asked, reason=reason, business_date="2026-11-21", clerk_id="0312")
    assert yes.body["postings"] == record["postings"]
    assert "postings" not in no.body
    told = {name: record[name] for name in ("directive_id", "issuer", "reason", "about_seq")}
    for answer in (yes, no):
        assert {name: answer.body[name] for name in told} == told
        assert answer.body["amount_fen"] == record["amount_fen"]
        assert (answer.business_date, answer.clerk_id) == ("2026-11-21", "0312")
    assert no.body["answer"] == reason
    # One number, one entry: whichever answer comes first takes the intent.
    assert {yes.intent_id, no.intent_id} == {record["directive_id"]}
    assert {yes.kind, no.kind} == {directive.ACCEPTED, directive.DISPUTED}
    assert yes.body["directive"] == no.body["directive"] == record
    entry = seal(
        yes,
        terminal_id="61020303-02",
        epoch=1,
        seq=8,
        recorded_at=NOW,
        prev_hash=GENESIS_HASH,
        signer=lambda _digest: bytes(64),
    )
    assert sum(ledger.balances([entry]).values()) == 0
