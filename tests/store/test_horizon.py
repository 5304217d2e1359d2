"""Each fault of the Horizon inquiry, and that it cannot happen here; docs/horizon.md is the table.

Source: reliability.md §3.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from terminal.app.refunding import Wish
from terminal.domain import ledger
from terminal.domain.cash_up import Step
from terminal.domain.errors import BugError, EnvironmentFault, OutletError, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry, verify_entry
from terminal.domain.money import Money
from tests.helpers.cash_ups import book_fen, count, pieces
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, TILL, Outlet
from tests.helpers.payments import payer_code
from tests.helpers.till_race import SELLS_EVERY, races

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SCENARIOS = Path(__file__).parents[1] / "scenarios"
PEN, SUSPENSE = "P0011", "suspense:T02"
RACES = 1_000


def test_horizon_01_a_discrepancy_is_an_entry_whatever_is_cancelled_or_cut(
    counter: Outlet,
) -> None:
    """There: Cancel in the roll-over zeroed the discrepancy on one side only."""
    counter.sell(STAMP, 5)
    count(counter.cases, -1_00)
    leaves = (
        lambda: counter.cases.cash_ups.view(),
        lambda: counter.crash(),
        lambda: counter.cases.cash_ups.recount(),
    )
    for leave in leaves:
        leave()
        assert counter.books.ledger.balance(SUSPENSE) == 1_00
        assert ledger.balances(counter.books.all_entries())[SUSPENSE] == 1_00
        outcome = counter.cases.cash_ups.view().outcome
        assert outcome is not None
        assert outcome.difference_text == "1.00"


def test_horizon_02_a_transfer_lost_on_one_side_shows_as_in_transit(counter: Outlet) -> None:
    """There: one side of a transfer was lost. Here both sides are one entry that must balance."""
    lost: dict[str, Any] = {"postings": [{"account": TILL, "fen": -500}]}
    with pytest.raises(BugError, match=r"ledger\.unbalanced"), counter.books.transaction() as tx:
        tx.append(counter.cases.context.draft("pouch.sent", new_uuid7(), CLERK, lost))
    assert counter.books.ledger.balance(TILL) == 0


def test_horizon_04_two_hundred_presses_of_one_form_are_one_entry(counter: Outlet) -> None:
    """There: Enter on a frozen screen booked the same remittance again and again."""
    counter.sell()
    form = counter.cases.cash_ups.view().form_id
    typed = pieces(book_fen(counter.cases))
    for _ in range(200):
        counter.cases.cash_ups.count(form, typed)
    counted = [e for e in counter.books.all_entries() if e.kind == "cash_up.counted"]
    assert len(counted) == 1


def test_horizon_08_recovery_asks_nobody_what_happened_to_money(counter: Outlet) -> None:
    """There: a clerk answered questions about an interrupted session."""
    counter.cases.ordering.add_item(STAMP, 5)
    form = counter.cases.paying.begin()
    counter.cases.codes.arm(form.form_id, payer_code("paid"))
    counter.crash()
    counter.cases.session.unlock(PIN)
    orders = counter.cases.codes.resume()
    assert [order.step.action for order in orders] == ["query"]
    assert counter.cases.cash_ups.view().step is Step.RESOLVE
    with pytest.raises(UserError, match=r"payment\.attempt_open"):
        counter.cases.paying.abandon(form.form_id)


def test_horizon_09_a_reversal_nets_every_account_to_zero(counter: Outlet) -> None:
    """There: a plus instead of a minus turned a reversal into a second charge."""
    before = counter.books.balances()
    order = counter.sell(PEN, 3)
    form = counter.cases.refunding.begin(order)
    quantities = {line.line_id: line.left for line in form.lines}
    wish = Wish(form.form_id, "reversal", quantities, "keyed_wrong")
    counter.cases.refunding.complete(wish, SENIOR, SENIOR_PIN)
    after = counter.books.balances()
    assert {name: fen for name, fen in after.items() if fen != before.get(name, 0)} == {}
    again = Wish(new_uuid7(), "reversal", quantities, "keyed_wrong")
    with pytest.raises(OutletError):
        counter.cases.refunding.complete(again, SENIOR, SENIOR_PIN)
    view = count(counter.cases)
    assert view.outcome is not None
    assert view.outcome.disposition == "even"
    assert [line.code for line in view.outcome.lines] == ["float", "cash_in", "refund"]


def test_horizon_10_a_total_with_a_branch_missing_is_refused(counter: Outlet) -> None:
    """There: a whole node of the tree was missing and the smaller total was shown."""
    counter.sell()
    counter.sell()
    form = counter.cases.cash_ups.view().form_id
    counter.books._connection.execute("DELETE FROM postings WHERE kind = 'sale.completed'")
    with pytest.raises(EnvironmentFault, match=r"cash_up\.totals_differ") as refused:
        counter.cases.cash_ups.count(form, pieces(0))
    assert refused.value.params["journal_fen"] != refused.value.params["other_fen"]


def test_horizon_12_what_a_replaced_counter_still_holds_is_counted_exactly(
    counter: Outlet,
) -> None:
    """There: entries were lost when a disconnected counter was swapped."""
    before = counter.cases.queue.summary().waiting
    for _ in range(7):
        counter.sell()
    waiting = [row for row in counter.cases.queue.rows(50) if row.state == "waiting"]
    assert counter.cases.queue.summary().waiting == before + 7 == len(waiting)
    assert [row.seq for row in waiting[:7]] == list(range(waiting[0].seq, waiting[0].seq - 7, -1))


def test_horizon_15_every_line_says_what_device_it_came_from(counter: Outlet) -> None:
    """There: nobody could tell a key from a ghost."""
    counter.cases.scanning.scan("6921168509256", "serial")
    counter.cases.ordering.add_item(STAMP, 1)
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, "100")
    (sale,) = [e for e in counter.books.all_entries() if e.kind == "sale.completed"]
    lines = json.loads(json.dumps(sale.body["lines"]))
    assert [line["raw"] for line in lines][:1] == ["6921168509256"]
    assert all(line["source"] for line in lines)


def test_horizon_18_one_till_has_one_clerk_and_one_program(counter: Outlet, tmp_path: Path) -> None:
    """There: one user rolled over on one counter and moved money on another."""
    with pytest.raises(UserError, match=r"session\.clerk_still_on"):
        counter.cases.session.sign_on(SENIOR, SENIOR_PIN)
    counter.close()
    assert races(counter.home, RACES, tmp_path) == [1] * RACES
    sold = [e.body["order_no"] for e in counter.books.all_entries() if e.kind == "sale.completed"]
    assert len(sold) == RACES // SELLS_EVERY
    assert len(set(sold)) == len(sold)
    assert counter.books.read_model_differences() == []


def test_two_programs_that_do_not_share_a_lock_are_seen_both_at_the_till(
    counter: Outlet, tmp_path: Path
) -> None:
    """Negative control of the races."""
    counter.close()
    assert 2 in races(counter.home, 5, tmp_path, guarded=False)


def test_horizon_derby_a_charge_keeps_its_number_over_every_retry(counter: Outlet) -> None:
    """There: a timeout made a duplicate with a new number, and only one reached the bank."""
    counter.cases.ordering.add_item(STAMP, 5)
    form = counter.cases.paying.begin()
    number = counter.cases.codes.arm(form.form_id, payer_code("paid")).attempt.out_trade_no
    for _ in range(5):
        counter.crash()
        counter.cases.session.unlock(PIN)
        assert [one.attempt.out_trade_no for one in counter.cases.codes.resume()] == [number]
    intended = [e for e in counter.books.all_entries() if e.kind == "payment.intended"]
    assert len(intended) == 1


def test_horizon_22_journals_of_the_past_still_come_to_the_same_totals() -> None:
    """There: fixes brought faults back."""
    expected = json.loads((SCENARIOS / "expected.json").read_text("utf-8"))
    lines = (SCENARIOS / "sound.jsonl").read_text("utf-8").splitlines()
    entries = [Entry.from_wire(json.loads(line)) for line in lines]
    assert ledger.balances(entries) == expected["accounts_fen"]
    assert entries[-1].hash == expected["head_hash"]


def test_horizon_remote_access_nothing_counts_that_this_terminal_did_not_sign(
    counter: Outlet,
) -> None:
    """There: support wrote into branch data, and nobody could tell."""
    counter.sell()
    entry = counter.books.entries(limit=1)[0]
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(EnvironmentFault, match=r"journal\.bad_signature"):
        verify_entry(entry, stranger)
    for statement in ("UPDATE journal SET body = '{}'", "DELETE FROM journal"):
        with pytest.raises(Exception, match="append"):
            counter.books._connection.execute(statement)


def test_horizon_shortfall_may_be_disputed_and_nobody_has_to_make_it_good(
    counter: Outlet,
) -> None:
    """There: a shortfall had to be made good or settled; there was no neutral place."""
    counter.sell(STAMP, 5)
    form = count(counter.cases, -70).form_id
    view = counter.cases.cash_ups.dispute(form, "没有短款")
    done = counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
    counter.cases.cash_ups.close(done.form_id)
    assert counter.books.ledger.balance(SUSPENSE) == 70
    assert counter.books.ledger.balance("over_short:T02") == 0


def test_horizon_seals_sound_signatures_do_not_excuse_wrong_sums(counter: Outlet) -> None:
    """There: checksums were intact and vouched for wrong data."""
    counter.sell(STAMP, 2)
    wrong: dict[str, Any] = {
        "postings": [{"account": TILL, "fen": 1}, {"account": "sales:postage", "fen": -2}]
    }
    with pytest.raises(BugError, match=r"ledger\.unbalanced"), counter.books.transaction() as tx:
        tx.append(counter.cases.context.draft("sale.completed", new_uuid7(), CLERK, wrong))
    assert counter.books.read_model_differences() == []
    assert Money(counter.books.ledger.balance(TILL)).text == "2.40"
