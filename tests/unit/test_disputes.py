"""After a dispute: which count was disputed, which stands, and evidence that stays at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from terminal.domain.cash_up import still_disputed
from terminal.domain.document import Document
from terminal.domain.errors import UserError
from tests.helpers.cash_ups import closed, count
from tests.helpers.documents import words_of
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_journal.py"
SUSPENSE, OVER_SHORT = "suspense:T02", "over_short:T02"


def held(outlet: Outlet, account: str) -> int:
    """What an account holds."""
    return outlet.books.ledger.balance(account)


@pytest.fixture
def disputed(counter: Outlet) -> Outlet:
    """Seventy fen short, disputed; then one more sale."""
    counter.sell(STAMP, 5)
    counter.cases.cash_ups.dispute(count(counter.cases, -70).form_id, "没有短款")
    counter.sell(STAMP, 1)
    return counter


def verified_and_closed(outlet: Outlet, form: str) -> Any:
    """Vouched for and closed; what the closing report says."""
    cash_ups = outlet.cases.cash_ups
    cash_ups.close(cash_ups.verify(form, SENIOR, SENIOR_PIN).form_id)
    return outlet.books.entries(limit=1)[0].body


def test_what_is_short_beyond_the_dispute_is_taken_over_and_both_counts_are_told(
    disputed: Outlet,
) -> None:
    view = count(disputed.cases, -20)
    assert view.outcome is not None
    assert (view.outcome.disposition, view.outcome.difference_text) == ("short", "0.90")
    assert view.dispute is not None
    assert (view.dispute.amount_text, view.dispute.frozen_text) == ("0.70", "0.70")
    first, second = (e.seq for e in disputed.books.all_entries() if e.kind == "cash_up.counted")
    assert (view.dispute.count_seq, view.outcome.seq) == (first, second)
    booked = disputed.cases.cash_ups.book(view.form_id)
    assert (held(disputed, SUSPENSE), held(disputed, OVER_SHORT)) == (70, 20)
    body = verified_and_closed(disputed, booked.form_id)
    dispute = next(e for e in disputed.books.all_entries() if e.kind == "cash_up.disputed")
    assert (body["disposition"], body["counted_seq"]) == ("short", second)
    assert body["dispute_before"] == {"seq": dispute.seq, "counted_seq": first, "fen": 70}
    slip = words_of(Document.from_json(disputed.books.print_jobs(limit=1)[0].document))
    assert f"有异议的清点 #{first}|￥0.70" in slip
    assert f"以此次清点为准|#{second}" in slip
    assert "有异议 已冻结" not in slip
    assert disputed.books.read_model_differences() == []


def test_the_same_difference_again_is_the_disputed_one_and_nothing_is_taken_over(
    disputed: Outlet,
) -> None:
    view = count(disputed.cases)
    assert view.outcome is not None
    assert (view.outcome.disposition, view.outcome.difference_text) == ("disputed", "0.70")
    booked = disputed.cases.cash_ups.book(view.form_id)
    assert (held(disputed, SUSPENSE), held(disputed, OVER_SHORT)) == (70, 0)
    assert verified_and_closed(disputed, booked.form_id)["disposition"] == "disputed"


@pytest.mark.parametrize(("found", "frozen", "over"), [(70, 0, 0), (40, 30, 0), (100, 0, -30)])
def test_what_a_later_count_finds_again_is_not_disputed_any_more(
    disputed: Outlet, found: int, frozen: int, over: int
) -> None:
    view = count(disputed.cases, found)
    booked = disputed.cases.cash_ups.book(view.form_id)
    assert (held(disputed, SUSPENSE), held(disputed, OVER_SHORT)) == (frozen, over)
    body = verified_and_closed(disputed, booked.form_id)
    assert body["dispute_before"]["fen"] == frozen
    assert disputed.books.read_model_differences() == []


@pytest.mark.parametrize(
    ("was", "lies", "stays"), [(70, 90, 70), (70, 30, 30), (70, 0, 0), (70, -5, 0), (-70, -20, -20)]
)
def test_a_dispute_never_holds_more_than_suspense_does(was: int, lies: int, stays: int) -> None:
    assert still_disputed(was, lies) == stays


def test_evidence_is_at_hand_after_the_closing_and_the_verifier_opens_it(
    disputed: Outlet, tmp_path: Path
) -> None:
    before = disputed.cases.cash_ups.evidence()
    view = disputed.cases.cash_ups.book(count(disputed.cases).form_id)
    verified_and_closed(disputed, view.form_id)
    closed(disputed.cases)
    disputed.cases.session.sign_off()
    disputed.cases.session.sign_on(CLERK, PIN)
    after = disputed.cases.cash_ups.evidence()
    assert (after.name, after.data) == (before.name, before.data)
    file = tmp_path / after.name
    file.write_bytes(after.data)
    words = [sys.executable, str(VERIFIER), str(file), "--json"]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (run.returncode, json.loads(run.stdout)["sound"]) == (0, True), run.stdout


def test_its_slip_is_printed_again_marked_and_journaled_after_the_closing(
    disputed: Outlet,
) -> None:
    view = disputed.cases.cash_ups.book(count(disputed.cases).form_id)
    verified_and_closed(disputed, view.form_id)
    disputed.cases.cash_ups.print_dispute()
    disputed.cases.cash_ups.print_dispute()
    entry = disputed.books.entries(limit=1)[0]
    dispute = next(e for e in disputed.books.all_entries() if e.kind == "cash_up.disputed")
    assert (entry.kind, entry.body["slip"], entry.body["copy"]) == ("slip.reprinted", "dispute", 2)
    assert entry.body["original_seq"] == dispute.seq
    slip = words_of(Document.from_json(disputed.books.print_jobs(limit=1)[0].document))
    assert "补打" in slip
    assert "没有短款" in slip


def test_a_till_that_nobody_disputed_has_no_evidence(counter: Outlet) -> None:
    assert counter.cases.cash_ups.view().dispute is None
    with pytest.raises(UserError, match=r"cash_up\.not_disputed"):
        counter.cases.cash_ups.print_dispute()
