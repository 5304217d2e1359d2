"""The queue page and the truth about the last sale."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sync.client.agent import run_once
from terminal.app.queue import HoldView
from terminal.bootstrap import open_keys
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.outlet import STAMP, Outlet, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def uploaded(counter: Outlet, platform: Central) -> Outlet:
    """Two sales with the platform, one after it."""
    connect(counter.home, platform)
    counter.sell()
    counter.sell(quantity=2)
    assert run_once(counter.home).code == ""
    counter.sell(quantity=3)
    return counter


def test_offline_everything_waits_and_grows_old(counter: Outlet) -> None:
    counter.sell()
    head, _ = counter.books.head()
    counter.clock.advance(timedelta(minutes=7))
    summary = counter.cases.queue.summary()
    # Only the enrolment itself was uploaded before the line went away.
    assert (summary.waiting, summary.confirmed_seq, summary.head_seq) == (head - 1, 1, head)
    assert summary.oldest_minutes >= 7
    last = counter.cases.queue.last_transaction()
    assert (last.verdict_code, last.total_text) == ("last.saved_waiting", "1.20")
    assert last.tenders == (("tender.cash", "1.20"),)
    assert last.print_state == "queued"
    assert last.params["at"] == ""


def test_a_clock_set_back_makes_nothing_older_than_new(counter: Outlet) -> None:
    counter.clock.set_wall(timedelta(days=-3))
    assert counter.cases.queue.summary().oldest_minutes >= 0


def test_before_the_first_sale_there_is_no_last_one(counter: Outlet) -> None:
    assert counter.cases.queue.last_transaction().verdict_code == "last.none"


def test_an_open_payment_is_the_first_thing_said(counter: Outlet) -> None:
    counter.sell()
    counter.cases.ordering.add_item(STAMP, 5)
    counter.cases.codes.arm(counter.cases.paying.begin().form_id, "134512345678901200")
    last = counter.cases.queue.last_transaction()
    assert (last.verdict_code, last.params) == ("last.payment_unknown", {"amount": "6.00"})


def test_confirmed_entries_show_the_platforms_receipt(uploaded: Outlet) -> None:
    queue = uploaded.cases.queue
    summary = queue.summary()
    assert summary.waiting == 1
    assert summary.confirmed_seq == summary.head_seq - 1
    newest, *older = queue.rows()
    assert (newest.state, newest.receipt_at_text, newest.amount_text) == ("waiting", "", "3.60")
    assert {row.state for row in older} == {"confirmed"}
    assert all(row.receipt_at_text for row in older)
    detail = queue.detail(older[0].seq)
    assert detail is not None
    assert json.loads(detail.entry_json)["seq"] == older[0].seq
    assert json.loads(detail.receipt_json)["seq"] >= older[0].seq
    waiting = queue.detail(newest.seq)
    assert waiting is not None
    assert waiting.receipt_json == ""
    assert queue.detail(10_000) is None


def test_the_last_sale_is_confirmed_when_the_platform_has_it(uploaded: Outlet) -> None:
    assert uploaded.cases.queue.last_transaction().verdict_code == "last.saved_waiting"
    assert run_once(uploaded.home).pending == 0
    last = uploaded.cases.queue.last_transaction()
    assert last.verdict_code == "last.saved_confirmed"
    assert last.params["at"]
    summary = uploaded.cases.queue.summary()
    assert (summary.waiting, summary.oldest_minutes) == (0, 0)


def test_pages_of_the_queue_join_without_gap(counter: Outlet) -> None:
    for _ in range(5):
        counter.sell()
    whole = [row.seq for row in counter.cases.queue.rows()]
    first = counter.cases.queue.rows(limit=3)
    second = counter.cases.queue.rows(limit=500, before_seq=first[-1].seq)
    assert [row.seq for row in (*first, *second)] == whole
    assert counter.cases.queue.rows()[-1].amount_text == ""


def test_a_journal_behind_its_receipts_counts_nothing_as_waiting(uploaded: Outlet) -> None:
    """An old disk came back: the platform has more than we do."""
    run_once(uploaded.home)
    uploaded.close()
    for file in uploaded.home.glob("journal.db*"):
        file.unlink()
    summary = uploaded.open().queue.summary()
    assert (summary.waiting, summary.confirmed_seq, summary.head_seq) == (0, 0, 0)


def park(outlet: Outlet, lane: str, code: str, item: str) -> None:
    """What the agent writes when the platform asks for a person."""
    keys = open_keys(outlet.home)
    store = SyncStore(outlet.home / SYNC_FILE, keys.db_key)
    store.park(ParkedItem(lane, code, item, {}, "2026-01-05T02:00:00.000Z"))
    store.close()


def test_a_parked_entry_says_why_and_is_waiting_again_when_it_is_solved(
    uploaded: Outlet, platform: Central
) -> None:
    queue = uploaded.cases.queue
    newest = queue.rows(limit=1)[0]
    park(uploaded, "journal", "journal.malformed", str(newest.seq))
    row, below = queue.rows(limit=2)
    assert (row.state, row.reason_code) == ("parked", "journal.malformed")
    assert (below.state, below.reason_code) == ("confirmed", "")
    detail = queue.detail(newest.seq)
    assert detail is not None
    assert (detail.row.state, detail.receipt) == ("parked", None)
    assert run_once(uploaded.home).code == ""
    assert queue.rows(limit=1)[0].state == "confirmed"
    assert queue.holds() == ()


def test_what_holds_a_lane_is_told_once_for_each_reason(counter: Outlet) -> None:
    for clerk in ("0312", "0315"):
        park(counter, "clerks", "clerk.bad_signature", clerk)
    park(counter, "journal", "terminal.revoked", "")
    assert counter.cases.queue.holds() == (
        HoldView("clerks", "clerk.bad_signature", "0312", 2),
        HoldView("journal", "terminal.revoked", "", 1),
    )
    assert {row.state for row in counter.cases.queue.rows()} <= {"waiting", "confirmed"}


def test_a_receipt_is_checked_when_it_is_shown(uploaded: Outlet) -> None:
    detail = uploaded.cases.queue.detail(1)
    assert detail is not None
    assert detail.receipt is not None
    assert detail.receipt.genuine
    assert detail.receipt.hash_short == json.loads(detail.receipt_json)["hash"][:8].upper()
    store = SyncStore(uploaded.home / SYNC_FILE, open_keys(uploaded.home).db_key)
    head_seq, head_hash = uploaded.books.head()
    store.store_ack({**json.loads(detail.receipt_json), "seq": head_seq, "hash": head_hash})
    store.close()
    forged = uploaded.cases.queue.detail(head_seq)
    assert forged is not None
    assert forged.receipt is not None
    assert not forged.receipt.genuine
