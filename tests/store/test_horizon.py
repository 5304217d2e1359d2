"""Each fault of the Horizon inquiry, and that it cannot happen here; docs/horizon.md is the table.

Source: reliability.md §3.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.central.checking import check
from terminal.app.refunding import Wish
from terminal.app.tills import MoveForm
from terminal.domain import ledger
from terminal.domain.cash_up import Step
from terminal.domain.errors import BugError, EnvironmentFault, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import seal_with_text, verify_chain
from terminal.domain.money import Money
from terminal.store import journal_table
from tests.helpers.cash_ups import book_fen, count, pieces
from tests.helpers.old_disk import public_key
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, TILL, Outlet
from tests.helpers.payments import payer_code
from tests.helpers.till_race import SELLS_EVERY, races

pytest_plugins = ["tests.helpers.outlet_fixtures"]

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
    counter.sell(STAMP, 10)
    lost: dict[str, Any] = {"postings": [{"account": TILL, "fen": -500}]}
    with pytest.raises(BugError, match=r"ledger\.unbalanced"), counter.books.transaction() as tx:
        tx.append(counter.cases.context.draft("pouch.sent", new_uuid7(), CLERK, lost))
    assert counter.books.ledger.balance(TILL) == 12_00
    sent = counter.cases.tills.send(MoveForm(new_uuid7(), "T02", "V01", {5_00: 1}))
    for _ in range(2):
        # Nobody receives it: it is in neither till, and for all to see on its way.
        balances = counter.books.balances()
        assert [balances.get(name, 0) for name in (TILL, "cash:V01")] == [7_00, 0]
        assert {name: fen for name, fen in balances.items() if name.startswith("transit:")} == {
            f"transit:{sent.pouch}": 5_00
        }
        assert [one.number for one in counter.books.tills.pouches_on_the_way()] == [sent.pouch]
        counter.crash()


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
    assert counter.cases.refunding.complete(wish, SENIOR, SENIOR_PIN).already_saved
    again = Wish(
        counter.cases.refunding.begin(order).form_id, "reversal", quantities, "keyed_wrong"
    )
    with pytest.raises(UserError, match=r"refund\.already_given_back"):
        counter.cases.refunding.complete(again, SENIOR, SENIOR_PIN)
    assert counter.books.balances() == after
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


def test_horizon_15_every_line_says_what_device_it_came_from(counter: Outlet) -> None:
    """There: nobody could tell a key from a ghost."""
    counter.cases.scanning.scan("6921168509256", "serial")
    counter.cases.ordering.add_item(STAMP, 1)
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, "100")
    (sale,) = [e for e in counter.books.all_entries() if e.kind == "sale.completed"]
    lines = json.loads(json.dumps(sale.body["lines"]))
    assert [(line["source"], line["raw"]) for line in lines] == [
        ("serial", "6921168509256"),
        ("key", ""),
    ]


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


def test_horizon_remote_access_nothing_counts_that_this_terminal_did_not_sign(
    counter: Outlet,
) -> None:
    """There: support wrote into branch data, and nobody could tell."""
    counter.sell()
    connection, (sale, *_) = counter.books._connection, counter.books.entries(limit=1)
    for statement in ("UPDATE journal SET body = '{}'", "DELETE FROM journal"):
        with pytest.raises(Exception, match="append"):
            connection.execute(statement)
    stranger = Ed25519PrivateKey.generate()
    loss: dict[str, Any] = {
        "postings": [{"account": TILL, "fen": 1_000_00}, {"account": SUSPENSE, "fen": -1_000_00}]
    }
    forged, text = seal_with_text(
        counter.cases.context.draft("till.corrected", new_uuid7(), CLERK, loss),
        terminal_id=sale.terminal_id,
        epoch=sale.epoch,
        seq=sale.seq + 1,
        recorded_at=sale.recorded_at,
        prev_hash=sale.hash,
        signer=stranger.sign,
    )
    # Somebody has the machine, its disk and its key of the database, but not the terminal's hand.
    journal_table.insert(connection, forged, text)
    own_key = public_key(counter.home)
    report = verify_chain(counter.books.all_entries(), own_key)
    assert (report.bad_seq, report.reason) == (forged.seq, "bad_signature")
    assert counter.books.ledger.balance(TILL) == 1_20
    form = counter.cases.cash_ups.view().form_id
    with pytest.raises(EnvironmentFault, match=r"cash_up\.totals_differ"):
        counter.cases.cash_ups.count(form, pieces(1_20))
    batch = check(sale.terminal_id, own_key, [(forged.to_wire(), "")])
    assert batch.refusal is not None
    assert batch.refusal.code == "journal.bad_signature"


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
    counter.books._connection.execute("UPDATE orders SET total_fen = total_fen + 1")
    assert counter.books.read_model_differences() == ["orders"]
