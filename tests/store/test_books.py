"""The books on disk: looking up, leaving half, the key, a full disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from terminal.bootstrap import open_books, open_keys
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import GENESIS_HASH
from terminal.domain.lockout import Lockout, RunningTime
from terminal.ports.books import DayState
from terminal.store.identity import read_identity
from tests.helpers.baskets import basket, line
from tests.helpers.full_disk import disk_full_at
from tests.helpers.outlet import STAMP, Outlet, OutletClock

pytest_plugins = ["tests.helpers.outlet_fixtures"]

FULL = 2
"""SQLite's number for a commit that waits for the disk."""


def test_empty_books_answer_every_question(outlet: Outlet) -> None:
    outlet.close()
    for file in outlet.home.glob("journal.db*"):
        file.unlink()
    books = outlet.books
    assert books.head() == (0, GENESIS_HASH)
    assert books.recorded_since(0) == (0, "")
    assert books.day() == DayState()
    assert books.entry(1) is None
    assert books.entry_for_intent("x") is None
    assert books.entries(limit=5) == ()
    assert books.order("x") is None
    assert books.last_order() is None
    assert books.tenders("x") == ()
    assert books.balances() == {}
    assert books.attempt("x") is None
    assert books.attempts_of("x") == ()
    assert books.open_attempts() == ()
    assert books.current_basket() is None
    assert books.parked() == ()
    assert books.lockout("0312") == Lockout()
    assert books.print_jobs(limit=5) == ()
    assert books.print_job("x") is None
    assert books.next_print_job() is None
    assert books.copies_of("x") == 0
    assert books.preference("x") is None
    assert books.numbers_left("parcel") == 0
    assert books.read_model_differences() == []


def test_what_was_sold_is_found_again(counter: Outlet) -> None:
    order_no = counter.sell(quantity=3)
    books = counter.crash().context.books
    order = books.order(order_no)
    assert order is not None
    assert order == books.last_order()
    assert (order.total_fen, order.received_fen, order.change_fen) == (360, 360, 0)
    (tender,) = books.tenders(order_no)
    assert (tender.kind, tender.fen) == ("cash", 360)
    entry = books.entry(order.seq)
    assert entry is not None
    assert entry == books.entry_for_intent(order.intent_id)
    assert books.recorded_since(entry.seq - 1) == (entry.seq, entry.recorded_at)


def test_order_numbers_go_on_in_the_next_lease_without_a_gap(counter: Outlet) -> None:
    books = counter.books
    books._connection.execute("UPDATE ranges SET next = hi")
    last = int(counter.sell().rpartition("-")[2])
    with books.transaction() as tx:
        tx.add_range("order", last + 1, last + 10)
        tx.add_range("order", last + 1, last + 10)
    assert books.numbers_left("order") == 10
    assert int(counter.sell().rpartition("-")[2]) == last + 1


def test_a_number_taken_in_a_transaction_that_failed_is_taken_again(counter: Outlet) -> None:
    with pytest.raises(KeyboardInterrupt), counter.books.transaction() as tx:
        assert tx.next_order_number() == 1
        raise KeyboardInterrupt
    assert counter.sell().endswith("-000001")


def test_only_one_basket_lies_on_the_counter(outlet: Outlet) -> None:
    first, second = basket(line()), replace(basket(line(quantity=9)), basket_id="basket-2")
    with outlet.books.transaction() as tx:
        tx.put_basket(first)
        tx.put_basket(second)
    assert outlet.books.current_basket() == second
    with outlet.books.transaction() as tx:
        tx.park(first, "0312")
        tx.clear_basket()
    with pytest.raises(UserError) as refused, outlet.books.transaction() as tx:
        tx.unpark("basket-2")
    assert refused.value.code == "basket.not_parked"
    with outlet.books.transaction() as tx:
        assert tx.unpark("basket-1") == first
    assert outlet.books.parked() == ()


def test_lockouts_and_counts_are_kept(outlet: Outlet) -> None:
    locked = Lockout(5, 900_000, RunningTime("boot-1", 77))
    with outlet.books.transaction() as tx:
        tx.put_lockout("0312:abc", locked)
    outlet.crash()
    assert outlet.books.lockout("0312:abc") == locked


def test_a_wrong_key_is_named_and_the_file_stays_whole(counter: Outlet) -> None:
    counter.sell()
    counter.close()
    identity, keys = read_identity(counter.home), open_keys(counter.home)
    wrong = replace(keys, db_key=b"w" * 32)
    with pytest.raises(EnvironmentFault) as refused:
        open_books(counter.home, identity, wrong, counter.clock)
    assert refused.value.code == "database.wrong_key"
    assert counter.books.last_order() is not None


def test_nothing_of_a_sale_can_be_read_without_the_key(counter: Outlet) -> None:
    counter.sell()
    counter.close()
    for file in counter.home.glob("journal.db*"):
        content = file.read_bytes()
        assert b"SQLite format 3" not in content
        assert b"sale.completed" not in content


@pytest.mark.parametrize("room", [0, 4096, 9000, 20_000])
def test_a_full_disk_is_a_clean_fault_and_nothing_is_half_written(
    counter: Outlet, room: int
) -> None:
    counter.sell()
    counter.cases.ordering.add_item(STAMP, 4)
    form = counter.cases.paying.begin()
    before, head = counter.cases.ordering.view(), counter.books.head()
    log = counter.home / "journal.db-wal"
    with disk_full_at(log.stat().st_size + room), pytest.raises(EnvironmentFault) as refused:
        counter.cases.paying.tender_cash(form.form_id, "5")
    assert refused.value.code in ("database.full", "database.io_error")
    assert refused.value.retry
    assert counter.books.head() == head
    assert counter.books.current_basket() is not None
    assert counter.cases.ordering.view().lines == before.lines
    done = counter.cases.paying.tender_cash(form.form_id, "5").done
    assert done is not None
    assert done.order_no.endswith("-000002")
    counter.crash()
    assert counter.books.read_model_differences() == []


def _commits_wait_for_the_disk(outlet: Outlet) -> bool:
    connection = outlet.books._connection
    return bool(connection.execute("PRAGMA synchronous").fetchone()[0] == FULL)


def test_a_kept_basket_is_there_at_once_and_goes_to_the_disk_when_nobody_waits(
    counter: Outlet,
) -> None:
    log = counter.home / "journal.db-wal"
    counter.books.keep_basket(basket(line()))
    assert _commits_wait_for_the_disk(counter)
    counter.crash()
    assert counter.books.current_basket() == basket(line())
    counter.books.keep_basket(basket(line(quantity=2)))
    shown = log.stat().st_size
    counter.books.settle()
    assert log.stat().st_size > shown
    settled = log.stat().st_size
    counter.books.settle()
    assert log.stat().st_size == settled, "nothing was left to settle"


def test_any_commit_settles_what_was_kept_before_it(counter: Outlet) -> None:
    log = counter.home / "journal.db-wal"
    counter.books.keep_basket(basket(line()))
    with counter.books.transaction() as tx:
        tx.set_preference("theme", "dark")
    size = log.stat().st_size
    counter.books.settle()
    assert log.stat().st_size == size


def test_a_basket_the_disk_refuses_leaves_the_next_commit_waiting_for_the_disk(
    counter: Outlet,
) -> None:
    log = counter.home / "journal.db-wal"
    counter.books.keep_basket(basket(line()))
    with disk_full_at(log.stat().st_size), pytest.raises(EnvironmentFault):
        counter.books.keep_basket(basket(line(quantity=3)))
    assert _commits_wait_for_the_disk(counter)
    assert counter.books.current_basket() == basket(line())
    counter.books.keep_basket(basket(line(quantity=3)))
    assert counter.books.current_basket() == basket(line(quantity=3))


def test_books_of_a_folder_that_is_not_there_say_so(outlet: Outlet, tmp_path: Path) -> None:
    identity, keys = read_identity(outlet.home), open_keys(outlet.home)
    with pytest.raises(EnvironmentFault) as refused:
        open_books(tmp_path / "gone", identity, keys, OutletClock())
    assert refused.value.code == "database.cannot_open"


def test_checkpoints_move_the_log_and_lose_nothing(counter: Outlet) -> None:
    order_no = counter.sell()
    counter.books.checkpoint()
    counter.close()
    assert not (counter.home / "journal.db-wal").exists()
    assert counter.books.order(order_no) is not None
