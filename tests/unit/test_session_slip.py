"""Sign-off slips over real books: what the clerk takes along is what the journal holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PIL import Image

from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from terminal.app import session_slip
from terminal.bootstrap import open_keys
from terminal.domain.document import Document
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.cash_ups import show_tills
from tests.helpers.documents import words_of
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, RICE, SENIOR, SENIOR_PIN, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _newest_slip(outlet: Outlet) -> Document:
    (job,) = outlet.books.print_jobs(limit=1)
    assert job.kind == "session"
    return Document.from_json(job.document)


def _rows(outlet: Outlet) -> dict[str, str]:
    lines = words_of(_newest_slip(outlet)).splitlines()
    return {
        label.strip(): value for label, _, value in (line.partition("|") for line in lines) if value
    }


def _confirm(outlet: Outlet, seq: int) -> None:
    """The platform has confirmed entries up to this one."""
    entry = outlet.books.entry(seq)
    assert entry is not None
    store = SyncStore(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)
    store.store_ack({"epoch": 1, "seq": seq, "hash": entry.hash, "at": entry.recorded_at})
    store.close()


def test_a_clerks_slip_sums_her_own_sales_only(counter: Outlet) -> None:
    show_tills(counter.cases)
    numbers = [counter.sell(quantity=1), counter.sell(quantity=2)]
    counter.cases.session.sign_off()
    counter.cases.session.sign_on(SENIOR, SENIOR_PIN)
    other = counter.sell(quantity=7)
    counter.cases.session.sign_off()
    rows = _rows(counter)
    assert (rows["柜员"], rows["订单数"], rows["首单号"], rows["末单号"]) == (
        SENIOR,
        "1",
        other,
        other,
    )
    counter.cases.session.sign_on(CLERK, PIN)
    numbers.append(counter.sell(quantity=4))
    counter.cases.session.sign_off()
    rows = _rows(counter)
    assert (rows["订单数"], rows["首单号"], rows["末单号"]) == ("3", numbers[0], numbers[2])
    sold = sum(_order_fen(counter, number) for number in numbers)
    assert rows["合计"] == f"￥{sold // 100}.{sold % 100:02d}"
    assert rows["现金"] == rows["合计"].removeprefix("￥")


def _order_fen(outlet: Outlet, order_no: str) -> int:
    order = outlet.books.order(order_no)
    assert order is not None
    return order.total_fen + order.rounding_fen


def test_the_outlets_slip_sums_every_clerk_of_the_day_and_no_other_day(counter: Outlet) -> None:
    counter.sell()
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    waiting = counter.books.head()[0]
    counter.clock.advance(timedelta(days=1))
    counter.open_day()
    counter.sell()
    counter.cases.session.sign_off()
    counter.cases.session.sign_on(SENIOR, SENIOR_PIN)
    counter.sell(quantity=3)
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    rows = _rows(counter)
    assert rows["订单数"] == "2"
    today = counter.books.head()[0] - waiting
    assert rows["已确认账目"] == "0"
    assert rows["待上传账目（含本笔）"] == str(today)
    confirmed = counter.cases.context.sync.confirmed_head().seq
    assert rows["往日待上传账目"] == str(waiting - confirmed)


def test_what_is_confirmed_and_what_waits_adds_up_at_print_time(counter: Outlet) -> None:
    counter.sell()
    counter.sell()
    _confirm(counter, counter.books.head()[0] - 1)
    counter.cases.session.sign_off()
    rows = _rows(counter)
    # Her sign-on and first sale are confirmed; the second sale and this sign-off wait.
    assert (rows["已确认账目"], rows["待上传账目（含本笔）"]) == ("2", "2")
    assert "往日待上传账目" not in rows


def test_rounding_of_cash_has_its_row(counter: Outlet) -> None:
    show_tills(counter.cases)
    counter.sell(RICE, 333)
    order = counter.books.last_order()
    assert order is not None
    assert order.rounding_fen < 0
    counter.cases.session.sign_off()
    rows = _rows(counter)
    assert rows["抹零"] == f"-0.0{-order.rounding_fen}"
    sold, rounding, total = (
        int(rows[name].removeprefix("￥").replace(".", "")) for name in ("小计", "抹零", "合计")
    )
    assert sold + rounding == total


def test_a_day_without_sales_says_nought_and_names_no_order(counter: Outlet) -> None:
    counter.cases.session.sign_off()
    rows = _rows(counter)
    assert (rows["订单数"], rows["合计"]) == ("0", "￥0.00")
    assert "首单号" not in rows


def test_a_day_longer_than_a_page_of_the_journal_is_summed_whole(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_slip, "PAGE", 3)
    for _ in range(5):
        counter.sell()
    counter.cases.session.sign_off()
    assert _rows(counter)["订单数"] == "5"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("profile", ["escpos-58", "escpos-80"])
def test_every_row_has_a_name_and_fits_its_line_on_paper(
    counter: Outlet, profile: str, language: str
) -> None:
    counter.cases.settings.set_preference("language", language)
    counter.sell()
    counter.sell(RICE, 333)
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    document = _newest_slip(counter)
    labels = [line.partition("|")[0].strip() for line in words_of(document).splitlines()]
    assert "#" not in labels
    assert all(labels)
    lines = _paper(document, profile)[1]
    columns = load_profile(profile).columns
    for line in words_of(document).splitlines():
        label, _, value = line.partition("|")
        if value:
            (row,) = [text for text in lines if text.strip().startswith(label.strip())]
            assert row.endswith(value), f"{label} and {value} do not share a line"
            assert len(row.encode("gbk")) <= columns


def _paper(document: Document, profile: str) -> tuple[Image.Image, tuple[str, ...]]:
    printer = load_profile(profile)
    with VirtualPrinter(printer) as machine:
        machine.interpreter.feed(EscposEncoder().encode(document, printer) + b"\x1dr\x01")
        slip = machine.wait_for_slips(1)[0]
        return slip.picture, slip.lines


def test_the_slip_of_an_uncounted_till_says_orders_and_other_tenders_and_leaves_cash_out(
    counter: Outlet,
) -> None:
    counter.sell(quantity=3)
    counter.sell(quantity=4)
    counter.cases.session.sign_off()
    said = words_of(_newest_slip(counter))
    assert "盲点后显示" in said
    assert _rows(counter)["订单数"] == "2"
    assert "合计" not in _rows(counter)
    assert "8.40" not in said
    assert "cash_fen" not in counter.books.entries(limit=1)[0].body
