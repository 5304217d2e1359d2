"""A sale of one counter given back at another one: never more than was sold, money back once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from queue import Queue
from typing import Any

import pytest

from terminal.app.refund_driver import Manner
from terminal.app.refunding import Wish
from terminal.documents.report_tables import mismatch_lines
from terminal.domain.errors import OutletError
from terminal.domain.ledger import from_body
from terminal.domain.proof import proof_text, sale_proof_text
from tests.helpers.driven_refunds import given, opened, wish
from tests.helpers.neighbours import PEN, Neighbour, Outletful
from tests.helpers.outlet import MANAGER, MANAGER_PIN, SENIOR, SENIOR_PIN, TILL

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]


def refused(deed: Callable[[], object]) -> OutletError:
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value


def even(*counters: Neighbour) -> None:
    """Every counter's postings sum to zero."""
    for counter in counters:
        assert sum(counter.outlet.books.balances().values()) == 0


def test_a_sale_of_the_neighbour_goes_back_by_its_number_and_both_counters_know(
    two: Outletful,
) -> None:
    order_no = two.a.sell(3)
    two.b.sync()
    two.b.outlet.sell(PEN, 9)
    form = two.b.find(order_no)
    assert (form.standing, form.counter) == ("confirmed", "2")
    assert not form.can_reverse
    done = two.b.give(form, 2)
    assert done.standing == "confirmed"
    # The selling counter hears it before the entry has arrived: the pieces are kept.
    assert two.a.find(order_no).lines[0].left == 1
    error = refused(lambda: two.a.give(two.a.find(order_no), 2))
    assert (error.code, error.params["left"]) == ("refund.more_than_sold", 1)
    two.b.sync()
    assert two.a.find(order_no).lines[0].left == 1
    assert two.a.give_back(order_no, 1).standing == "own"
    two.a.sync()
    assert two.b.find(order_no).lines[0].left == 0
    assert two.tasks() == []
    even(two.a, two.b)


def test_a_slip_is_proof_enough_for_a_provisional_refund_without_a_line(two: Outletful) -> None:
    order_no = two.a.sell(3)
    two.b.outlet.sell(PEN, 9)
    slip = two.a.slip(order_no)
    two.b.line(up=False)
    form = two.b.find(slip.lower())
    assert (form.standing, form.cap_text) == ("provisional", "200.00")
    done = two.b.give(form, 3)
    assert done.standing == "provisional"
    (entry,) = two.b.outlet.books.entries(limit=1)
    original: dict[str, Any] = entry.body["original"]  # type: ignore[assignment]
    sold = {row.account: row.fen for row in from_body(two.a.sale(order_no).body)}
    back = {row.account: row.fen for row in from_body(entry.body)}
    assert original["hash"] == two.a.sale(order_no).hash
    tills = {name: fen for name, fen in back.items() if name.startswith("cash:")}
    income = {name: -fen for name, fen in back.items() if name not in tills}
    assert income == {name: fen for name, fen in sold.items() if name != TILL}
    assert sum(tills.values()) == -sold[TILL]
    two.b.sync()
    assert two.tasks() == []
    assert two.a.find(order_no).lines[0].left == 0


def test_provisional_refunds_end_at_the_limit_and_a_branch_manager_lifts_it(
    two: Outletful,
) -> None:
    slips = [two.a.slip(two.a.sell(190)) for _ in range(3)]
    for _ in range(4):
        two.b.outlet.sell("P0011", 190)
    two.b.line(up=False)
    for slip in slips[:2]:
        two.b.give(two.b.find(slip), 190)
    form = two.b.find(slips[2])
    assert form.cap_text == "10.00"
    refunding = two.b.outlet.cases.refunding
    quote = refunding.quote(wish(form, 190))
    assert (quote.action, quote.level, quote.roles) == (
        "offline_limit",
        "second",
        ("branch_manager",),
    )
    assert refused(lambda: two.b.give(form, 190, ("", ""))).code == "permission.second_needed"
    assert refused(lambda: two.b.give(form, 190)).code == "permission.denied"
    assert two.b.give(form, 20).standing == "provisional"
    again = two.b.find(slips[2])
    assert again.cap_text == "0.00"
    two.b.give(again, 170, (MANAGER, MANAGER_PIN))
    grants = [e for e in two.b.outlet.books.all_entries() if e.kind == "authorisation.granted"]
    assert [grant.body["action"] for grant in grants] == ["offline_limit"]
    two.b.sync()
    assert two.tasks() == []


def test_refunds_that_together_exceed_the_sale_are_kept_and_named_in_a_task(
    two: Outletful,
) -> None:
    order_no = two.a.sell(3)
    slip = two.a.slip(order_no)
    two.b.outlet.sell(PEN, 9)
    for counter in (two.a, two.b):
        counter.line(up=False)
    two.b.give(two.b.find(slip), 2)
    two.a.give(two.a.find(order_no), 3)
    entries = [[counter.terminal_id, counter.outlet.books.head()[0]] for counter in (two.a, two.b)]
    two.a.sync()
    assert two.tasks() == []
    two.b.sync()
    (task,) = two.tasks()
    assert task["code"] == "refund.more_than_sold"
    evidence = json.loads(task["evidence"])
    assert evidence["entries"] == sorted(entries)
    assert evidence["sale"] == [two.a.terminal_id, two.a.sale(order_no).seq]
    even(two.a, two.b)
    # The clerk of the counter that was late sees it too.
    two.b.sync()
    told = two.b.outlet.cases.directives.inbox().tasks
    assert [view.task.code for view in told] == ["refund.more_than_sold"]


def test_refunds_that_arrive_before_their_sale_are_counted_when_it_comes(two: Outletful) -> None:
    order_no = two.a.outlet.sell("P0011", 3)
    slip = two.a.slip(order_no)
    two.b.outlet.sell(PEN, 9)
    two.b.line(up=True)
    form = two.b.find(slip)
    assert form.standing == "provisional"
    two.b.give(form, 3)
    two.b.sync()
    two.a.line(up=False)
    two.a.give(two.a.find(order_no), 1)
    assert two.tasks() == []
    two.a.sync()
    codes = {task["code"] for task in two.tasks()}
    assert codes == {"refund.more_than_sold"}


def test_money_of_a_code_leaves_the_channel_once_whichever_counters_give_it_back(
    two: Outletful,
) -> None:
    order_no = two.a.sell_by_code(3)
    slip, before = two.a.slip(order_no), net(two)
    two.b.line(up=False)
    with two.b.driving() as driver:
        form = opened(driver, slip)
        given(driver, form, 3, ("", ""))
        until(two.b, "refunded")
    assert net(two) == before - 150
    two.a.line(up=False)
    with two.a.driving() as driver:
        form = opened(driver, order_no)
        given(driver, form, 3, ("", ""))
        until(two.a, "refused")
    assert net(two) == before - 150
    two.a.line(up=True)
    # Nobody knows yet what the neighbour gave back: neither cash nor the undoing is sure.
    assert settled(two.a, "cash") == settled(two.a, "take_back") == "refund.not_explained"
    for counter in (two.a, two.b):
        counter.sync()
    assert [task["code"] for task in two.tasks()] == ["refund.more_than_sold"]
    even(two.a, two.b)
    assert settled(two.a, "cash") == "refund.channel_gave_back"
    assert settled(two.a, "take_back", ("", "")) == "permission.second_needed"
    books, (open_,) = two.a.outlet.books, two.a.outlet.cases.refund_money.pending()
    head = books.head()[0]
    assert settled(two.a, "take_back") == "taken_back"
    assert books.balances()["payments_held"] == 0
    assert net(two) == before - 150
    granted, again = (books.entry(head + step) for step in (1, 2))
    assert granted is not None
    assert again is not None
    assert (granted.body["action"], again.kind) == ("refund_taken_back", "sale.completed")
    assert again.body["takes_back"] == {
        "refund_no": open_.refund_no,
        "refund_out_no": open_.number,
    }
    assert books.refunds.payment(open_.number).state == "taken_back"  # type: ignore[union-attr]
    # The pieces were sold once, given back twice and are out again once: one sale is left of it.
    assert sum(fen for name, fen in books.balances().items() if name.startswith("sales:")) == -150
    # Reports and accounts read it as the sale it is.
    report = two.a.outlet.cases.reports.report("").report
    assert mismatch_lines(report, "en") == ()
    assert {row.key: row.fen for row in report.tables["tender"] if row.fen} == {"wechat": 150}
    for manner in MANNERS:
        assert settled(two.a, manner, number=open_.number) == "refund.not_refused"
    assert books.head()[0] == head + 2
    assert books.read_model_differences() == []
    two.a.sync()
    even(two.a, two.b)
    # What is out again may come back again, and finds nothing at the channel: no second money.
    order_no = str(again.body["order_no"])
    with two.a.driving() as driver:
        given(driver, opened(driver, order_no), 3, ("", ""))
        until(two.a, "refused")
    assert net(two) == before - 150


def test_what_went_back_elsewhere_for_other_pieces_leaves_the_customer_owed_and_paid_in_cash_once(
    two: Outletful,
) -> None:
    order_no = two.a.sell_by_code(4, "1.00")
    slip = two.a.slip(order_no)
    two.b.line(up=False)
    with two.b.driving() as driver:
        given(driver, opened(driver, slip), 2, ("", ""))
        until(two.b, "refunded")
    two.a.line(up=False)
    with two.a.driving() as driver:
        given(driver, opened(driver, order_no), 2, ("", ""))
        until(two.a, "refused")
    two.a.line(up=True)
    assert settled(two.a, "cash") == "refund.not_explained"
    for counter in (two.b, two.a):
        counter.sync()
    # More went back by the code than it had paid, but no more pieces than were sold.
    assert [task["code"] for task in two.tasks()] == ["refund.more_than_sold"]
    assert settled(two.a, "take_back") == "refund.still_owed"
    (open_,) = two.a.outlet.cases.refund_money.pending()
    held = two.a.outlet.books.balances()[TILL]
    assert settled(two.a, "cash") == "replaced"
    assert two.a.outlet.books.balances()[TILL] == held - 100
    assert two.a.outlet.books.balances()["payments_held"] == 0
    for manner in MANNERS:
        assert settled(two.a, manner, number=open_.number) == "refund.not_refused"
    even(two.a, two.b)


def test_a_number_without_a_line_and_slips_that_nobody_signed_open_nothing(two: Outletful) -> None:
    order_no = two.a.sell(2)
    two.b.line(up=False)
    assert refused(lambda: two.b.find(order_no)).code == "refund.needs_platform"
    sale = two.a.sale(order_no)
    assert refused(lambda: two.b.find(proof_text(sale))).code == "refund.needs_platform"
    other = two.a.sale(two.a.sell(1))
    first, second = sale_proof_text(sale), sale_proof_text(other)
    patched = "*".join((*first.split("*")[:5], second.split("*")[5]))
    renamed = first.replace(f"*{sale.seq}*", f"*{other.seq}*")
    turned = first[:-30] + ("A" if first[-30] != "A" else "B") + first[-29:]
    unsigned = first.replace(first.split("*")[3], second.split("*")[3])
    for forged in (patched, renamed, turned, unsigned):
        assert refused(lambda text=forged: two.b.find(text)).code == "refund.proof_forged"  # type: ignore[misc]
    two.b.line(up=True)
    assert two.b.find(proof_text(sale)).standing == "confirmed"
    assert refused(lambda: two.b.find("61020303-02-999999")).code == "refund.unknown_sale"
    # The platform names the lines itself: what was pasted behind the proof is not even read.
    assert two.b.find(patched).order_no == order_no


def test_a_sale_keyed_wrong_is_undone_where_its_drawer_and_its_stamps_are(two: Outletful) -> None:
    order_no = two.a.sell(2, "P0001")
    two.b.sync()
    form = two.b.find(order_no)
    assert not form.can_reverse
    undo = Wish(form.form_id, "reversal", {}, "keyed_wrong")
    refunding = two.b.outlet.cases.refunding
    code = refused(lambda: refunding.prepare(undo, SENIOR, SENIOR_PIN)).code
    assert code == "refund.reversal_elsewhere"


def test_what_was_paid_in_part_is_left_to_the_centre(two: Outletful) -> None:
    two.b.outlet.sell(PEN, 9)
    order_no = two.a.sell_by_code(4, "1.00")
    slip = two.a.slip(order_no)
    for counter, wanted, state in ((two.b, slip, "refunded"), (two.a, order_no, "refused")):
        counter.line(up=False)
        with counter.driving() as driver:
            given(driver, opened(driver, wanted), 4, ("", ""))
            until(counter, state)
        counter.sync()
    two.a.line(up=True)
    head = two.a.outlet.books.head()
    assert settled(two.a, "cash") == "refund.channel_gave_back"
    assert settled(two.a, "take_back") == "refund.taken_back_in_part"
    assert two.a.outlet.books.head() == head


MANNERS: tuple[Manner, ...] = ("cash", "take_back")


def settled(
    counter: Neighbour,
    manner: Manner,
    second: tuple[str, str] = (SENIOR, SENIOR_PIN),
    *,
    number: str = "",
) -> str:
    """Settle the refused money as the driver does: how it stands then, or why it does not."""
    number = number or counter.outlet.cases.refund_money.pending()[0].number
    heard: Queue[str] = Queue()
    with counter.driving() as driver:
        driver.settle_refused(
            number,
            manner,
            second,
            lambda payment: heard.put(payment.state),
            lambda error: heard.put(error.code),
        )
        return heard.get(timeout=30)


def net(two: Outletful) -> int:
    """What the gateway holds, by its own book."""
    return int(two.central.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"])


def until(counter: Neighbour, state: str) -> None:
    """Wait until all channel money of the last refund is so."""
    deadline = time.monotonic() + 30
    while True:
        last = counter.outlet.books.refunds.last()
        assert last is not None
        payments = counter.outlet.books.refunds.payments(last.refund_no)
        if payments and all(payment.state == state for payment in payments):
            return
        assert time.monotonic() < deadline, payments
        time.sleep(0.02)
