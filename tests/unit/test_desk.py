"""The desk as a whole: one running counter, connected to the real platform."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

from terminal.app.usecases import UseCases
from terminal.bootstrap import LOCK_FILE, open_keys
from terminal.domain.attempt import Answer
from terminal.domain.errors import OutletError
from terminal.store.books import SqlBooks
from terminal.store.database import open_database
from terminal.store.process_lock import ProcessLock
from tests.helpers.central import Central
from tests.helpers.full_disk import disk_full_at
from tests.helpers.outlet import DEADLINE_S, STAMP, LiveDesk, Outlet, Template
from tests.helpers.payments import payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]
PAYER_CODE = payer_code("paid")


def test_a_cash_sale_at_a_live_desk_reaches_the_platform(live_desk: LiveDesk) -> None:
    live_desk.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 5))
    form = live_desk.desk.ask(lambda cases: cases.paying.begin())
    view = live_desk.desk.ask(lambda cases: cases.paying.tender_cash(form.form_id, "10"))
    assert view.done is not None
    seq = view.done.entry_seq
    live_desk.await_event("sync", lambda event: event.data["confirmed_seq"] >= seq)


def test_a_payer_code_completes_the_sale_by_itself(live_desk: LiveDesk) -> None:
    live_desk.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 3))
    form = live_desk.desk.ask(lambda cases: cases.paying.begin())
    live_desk.desk.charges.pay_by_code(form.form_id, PAYER_CODE)
    sold = live_desk.await_event("sold").data["view"]
    assert sold.done.total_text == "3.60"
    assert sold.done.drawer is False


def _log_size(home: Path) -> int:
    return (home / "journal.db-wal").stat().st_size


def _emptied_log(cases: UseCases) -> bool:
    """Whether the log starts from nothing: what a sale writes is then all it holds."""
    books = cases.context.books
    assert isinstance(books, SqlBooks)
    busy, *_ = books._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _payment_sizes(till: Outlet) -> tuple[int, int]:
    """What a code payment writes up to its outcome, and its sale after that, in bytes."""
    till.cases.ordering.add_item(STAMP, 3)
    assert _emptied_log(till.cases)
    form = till.cases.paying.begin()
    order = till.cases.codes.arm(form.form_id, PAYER_CODE)
    paid = Answer("ok", "paid", order.attempt.amount_fen, "", "")
    till.cases.codes.record(order.attempt.out_trade_no, "charge", paid)
    paid_at = _log_size(till.home)
    assert till.cases.paying.finish(form.form_id).done is not None
    return paid_at, _log_size(till.home) - paid_at


def test_a_paid_sale_the_full_disk_refuses_is_told_and_booked_once_when_there_is_room(
    live_desk: LiveDesk, platform: Central, counter: Outlet
) -> None:
    payment, sale = _payment_sizes(counter)
    desk = live_desk.desk
    platform.begin_books()
    desk.ask(lambda cases: cases.ordering.add_item(STAMP, 3))
    form = desk.ask(lambda cases: cases.paying.begin())
    deadline = time.monotonic() + DEADLINE_S
    while not desk.ask(_emptied_log):
        assert time.monotonic() < deadline, "the agent never stops reading"
    with disk_full_at(payment + sale // 2):
        desk.charges.pay_by_code(form.form_id, PAYER_CODE)
        told = live_desk.await_event("unbooked").data
        shown = desk.ask(lambda cases: cases.paying.view())
    assert told == {"basket_id": form.basket_id, "code": told["code"]}
    assert told["code"] in ("database.full", "database.io_error")
    assert (shown.remaining_text, shown.done) == ("0.00", None)
    sold = live_desk.await_event("sold").data["view"]
    assert sold.basket_id == form.basket_id
    live_desk.await_event("unbooked", lambda event: event.data["code"] == "")
    assert desk.ask(lambda cases: cases.context.books.balances())["channel:wechat"] == 360
    assert platform.books()["gateway"]["charges"] == 1
    assert [event.kind for event in live_desk.events].count("sold") == 1


def test_a_counter_sells_offline(counter: Outlet) -> None:
    assert counter.sell() == "61020303-02-000001"
    assert counter.books.balances() == {"cash:T02": 120, "postage:postage": -120}


def test_a_folder_without_identity_says_so(tmp_path: Path) -> None:
    live = LiveDesk(tmp_path / "empty")
    live.desk.start()
    live.await_event("not_enrolled")
    live.desk.stop()


def test_a_damaged_folder_is_reported_and_not_opened(
    outlet_template: Template, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    (home / "keys.sealed").write_bytes(b"not a sealed file")
    live = LiveDesk(home)
    live.desk.start()
    event = live.await_event("failed")
    assert str(event.data["code"]).startswith("keystore.")
    live.desk.stop()


def _in_the_books(home: Path, statement: str) -> None:
    with closing(open_database(home / "journal.db", open_keys(home).db_key)) as books:
        books.execute(statement)


def test_a_desk_whose_books_refuse_lets_the_folder_go_and_may_be_started_again(
    outlet_template: Template, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    live = LiveDesk(home)
    refuse = "BEFORE INSERT ON ranges BEGIN SELECT RAISE(ABORT, 'no'); END"
    _in_the_books(home, f"CREATE TRIGGER no {refuse}")
    live.desk.start()
    assert live.await_event("failed").data["code"] == "bug.unexpected"
    _in_the_books(home, "DROP TRIGGER no")
    ProcessLock(home / LOCK_FILE, "home.in_use").release()
    live.desk.start()
    live.await_event("ready")
    assert live.desk.ask(lambda cases: cases.session.view()).outlet_open is False
    live.desk.stop()


def test_a_start_that_stumbles_over_the_device_table_may_be_tried_again(
    outlet_template: Template, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    (home / "devices.json").write_text('{"scanners": [{}]}', encoding="utf-8")
    live = LiveDesk(home)
    live.desk.start()
    assert live.await_event("failed").data["code"] == "devices.file_damaged"
    (home / "devices.json").unlink()
    live.desk.start()
    live.await_event("ready")
    live.desk.stop()


def test_errors_of_use_cases_reach_the_caller(live_desk: LiveDesk) -> None:
    errors: list[OutletError] = []
    done: list[object] = []
    live_desk.desk.submit(lambda cases: cases.paying.begin(), done.append, errors.append)
    live_desk.desk.ask(lambda cases: cases.session.view())
    assert done == []
    assert [error.code for error in errors] == ["basket.empty"]


def test_a_desk_closed_while_it_opens_leaves_nobody_at_work(
    outlet_template: Template, tmp_path: Path
) -> None:
    live = LiveDesk(outlet_template.copy_home(tmp_path / "home"))
    before = set(threading.enumerate())
    live.desk.start()
    live.desk.stop()
    assert [thread.name for thread in set(threading.enumerate()) - before] == []
