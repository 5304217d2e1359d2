"""Giving a confirmed payer code back (退回) against the real gateway, in fair weather and foul.

What must hold whatever happens: the gateway's ledger is what the journal says, the customer is
charged once and gets it back once, and until that is certain nothing about the basket may change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from terminal.app.code_payments import Order
from terminal.domain.attempt import Answer
from terminal.domain.errors import OutletError
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.journal_writer import until
from tests.helpers.outlet import PIN, STAMP, Outlet
from tests.helpers.payments import Driving, online_calls, payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def paid(outlet: Outlet, gateway: Central) -> Iterator[tuple[Outlet, str]]:
    """Five stamps, paid by a code; the sale is not completed yet. The code's number."""
    gateway.faults()
    gateway.begin_books()
    outlet.payment_speed = 0.002
    outlet.open_day()
    outlet.cases.ordering.add_item(STAMP, 5)
    form = outlet.cases.paying.begin()
    order = outlet.cases.codes.arm(form.form_id, payer_code("paid"))
    with online_calls(outlet, gateway) as calls:
        driving = Driving(outlet, calls)
        assert driving.until_settled(order, payer_code("paid")) == "paid"
        driving.stop()
    yield outlet, order.attempt.out_trade_no
    gateway.faults()


def _nothing_but_one_refund(till: Outlet, gateway: Central) -> None:
    counted = gateway.books()["gateway"]
    assert (counted["charges"], counted["net_fen"], counted["reversed_fen"]) == (1, 0, 600)
    assert till.books.balances().get("channel:wechat", 0) == 0
    assert till.books.balances().get("payments_held", 0) == 0
    outcomes = [entry for entry in till.books.all_entries() if entry.kind == "payment.outcome"]
    moved = [entry.body for entry in outcomes if entry.body["postings"]]
    assert [body["state"] for body in moved] == ["paid", "reversed"]
    assert till.books.open_attempts() == ()
    assert till.books.read_model_differences() == []


def _cash_still_pays(till: Outlet) -> None:
    form = till.cases.paying.begin()
    assert till.cases.paying.tender_cash(form.form_id, "6").done is not None
    assert till.books.balances()["cash:T02"] == 600


def _frozen(till: Outlet, number: str, leaving: str = "session.payment_open") -> None:
    """Whatever a clerk may try meanwhile is refused."""
    cases = till.cases
    form_id = cases.ordering.basket.sale_intent
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: cases.ordering.add_item(STAMP), "basket.frozen"),
        (lambda: cases.paying.tender_cash(form_id, "6"), "payment.attempt_open"),
        (lambda: cases.codes.arm(form_id, payer_code("paid")), "payment.attempt_open"),
        (lambda: cases.codes.give_back(number), "payment.no_such_tender"),
        (cases.session.sign_off, leaving),
    ]
    head = till.books.head()
    assert cases.ordering.view().frozen
    assert cases.paying.finish(form_id).done is None, "money on its way back pays for nothing"
    for act, code in attempts:
        with pytest.raises(OutletError) as refused:
            act()
        assert refused.value.code == code
    assert till.books.head() == head


def test_giving_back_returns_the_money_once_and_frees_the_basket(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        refund = till.cases.codes.give_back(number)
        _frozen(till, number)
        assert driving.until_settled(refund) == "reversed"
        driving.stop()
    _nothing_but_one_refund(till, gateway)
    _cash_still_pays(till)


@pytest.mark.parametrize("fault", ["status_5xx", "lose_request", "lose_answer", "duplicate"])
def test_a_bad_line_leaves_the_refund_in_doubt_and_it_ends_when_the_line_is_back(
    paid: tuple[Outlet, str], gateway: Central, fault: str
) -> None:
    till, number = paid
    gateway.faults(**{fault: 1}, paths=["/v1/payments"])
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        driving.start(till.cases.codes.give_back(number))
        driving.until(lambda steps: steps[-1].attempt.state in ("doubt", "reversed"))
        if till.books.open_attempts():
            # Once it is in doubt it is the basket that keeps the clerk, not the asking.
            _frozen(till, number, "session.basket_not_empty")
        driving.stop()
    gateway.faults()
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        for order in till.crash().codes.resume():
            assert driving.until_settled(order) == "reversed"
        driving.stop()
    till.cases.session.unlock(PIN)
    _nothing_but_one_refund(till, gateway)
    _cash_still_pays(till)


def test_a_failing_gateway_is_asked_until_it_gives_the_money_back(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    with online_calls(till, gateway) as real:
        calls = _FailsFirst(real, 7)
        driving = Driving(till, calls)
        assert driving.until_settled(till.cases.codes.give_back(number)) == "reversed"
        driving.stop()
        assert "doubt" in {step.attempt.state for step in driving.steps}
        assert calls.made.count("payment.charge") == 0
    _nothing_but_one_refund(till, gateway)


class _FailsFirst:
    """The real calls, of which the first few end as a failing gateway ends them."""

    def __init__(self, calls: Any, failures: int) -> None:
        self._calls = calls
        self._left = failures
        self.made: list[str] = []

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.made.append(name)
        if self._left:
            self._left -= 1
            return {"outcome": "unknown", "result": {}, "code": "gateway.failing"}
        answer: Mapping[str, Any] = self._calls.call(name, params)
        return answer


def test_death_before_the_wish_is_on_disk_leaves_the_code_paid(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    till.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        till.cases.codes.give_back(number)
    cases = till.crash()
    assert cases.codes.resume() == ()
    cases.session.unlock(PIN)
    assert cases.paying.finish(cases.ordering.basket.sale_intent).done is not None
    assert gateway.books()["gateway"]["net_fen"] == till.books.balances()["channel:wechat"] == 600


def test_death_inside_the_commit_of_the_refund_asks_again(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    refund = till.cases.codes.give_back(number)
    asked = {"out_trade_no": number, "amount_fen": 600, "idempotency_key": number}
    with online_calls(till, gateway) as calls:
        assert calls.call("payment.reverse", asked)["result"]["state"] == "reversed"
    till.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        till.cases.codes.record(number, refund.step.action, Answer("ok", "reversed", 600))
    with online_calls(till, gateway) as calls:
        (order,) = till.crash().codes.resume()
        driving = Driving(till, calls)
        assert driving.until_settled(order) == "reversed"
        driving.stop()
    till.cases.session.unlock(PIN)
    _nothing_but_one_refund(till, gateway)
    _cash_still_pays(till)


def test_after_a_restart_a_refund_is_still_told_as_a_refund(paid: tuple[Outlet, str]) -> None:
    till, number = paid
    till.cases.codes.give_back(number)
    cases = till.crash()
    shown = cases.codes.latest_of(cases.ordering.basket)
    assert shown is not None
    assert (shown.out_trade_no, shown.state, shown.refunding) == (number, "reversing", True)


def test_what_is_under_way_is_shown_before_a_newer_code_that_failed(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    till.cases.ordering.add_item(STAMP)
    form = till.cases.paying.begin()
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        order = till.cases.codes.arm(form.form_id, payer_code("refused"))
        assert driving.until_settled(order, payer_code("refused")) == "failed"
        driving.stop()
    newest = till.cases.codes.latest_of(till.cases.ordering.basket)
    assert newest is not None
    assert newest.state == "failed"
    till.cases.codes.give_back(number)
    shown = till.cases.codes.latest_of(till.cases.ordering.basket)
    assert shown is not None
    assert (shown.out_trade_no, shown.state) == (number, "reversing")


def test_two_presses_give_back_once(paid: tuple[Outlet, str], gateway: Central) -> None:
    till, number = paid
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        refund = till.cases.codes.give_back(number)
        with pytest.raises(OutletError) as second:
            till.cases.codes.give_back(number)
        assert second.value.code == "payment.no_such_tender"
        assert driving.until_settled(refund) == "reversed"
        driving.stop()
    with pytest.raises(OutletError) as third:
        till.cases.codes.give_back(number)
    assert third.value.code == "payment.no_such_tender"
    _nothing_but_one_refund(till, gateway)


class _SettledElsewhere:
    """The real calls; before the first query's answer arrives, another path has written it down."""

    def __init__(self, calls: PlatformCalls, till: Outlet) -> None:
        self._calls = calls
        self._till = till
        self._done = threading.Event()

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._calls.call(name, params)
        if name == "payment.query" and not self._done.is_set():
            seen = Answer("ok", answer["result"]["state"], answer["result"]["amount_fen"])
            self._till.cases.codes.record(params["out_trade_no"], "reverse", seen)
            self._done.set()
        return answer

    def await_it(self) -> None:
        assert self._done.wait(30)


def test_a_driver_that_comes_second_writes_nothing_and_ends(
    paid: tuple[Outlet, str], gateway: Central, caplog: pytest.LogCaptureFixture
) -> None:
    till, number = paid
    with online_calls(till, gateway) as real:
        calls = _SettledElsewhere(real, till)
        driving = Driving(till, calls)
        driving.start(till.cases.codes.give_back(number))
        calls.await_it()
        until(lambda: "payment.already_done" in caplog.text, "the second to say so")
        driving.stop()
    assert len(driving.steps) == 1
    _nothing_but_one_refund(till, gateway)


def _said(till: Outlet, order: Order, answer: Answer) -> Order:
    return till.cases.codes.record(order.attempt.out_trade_no, order.step.action, answer)


def test_paid_is_no_answer_to_a_reversal_and_after_it_too_late(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    order = till.cases.codes.give_back(number)
    while order.step.action != "wait":
        order = _said(till, order, Answer("ok", "paid", 600))
        assert order.attempt.state in ("reversing", "doubt")
    order = _said(till, order, Answer("ok", "paid", 600))
    assert (order.attempt.state, order.attempt.code) == ("reversing", "payment.paid_late")
    order = _said(till, order, Answer("ok", "failed", 600))
    assert order.attempt.is_open, "a charge once confirmed cannot turn out never to have been"
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        assert driving.until_settled(order) == "reversed"
        driving.stop()
    for action in ("charge", "query", "reverse", "wait"):
        with pytest.raises(OutletError) as late:
            till.cases.codes.record(number, action, Answer("ok", "paid", 600))
        assert late.value.code == "payment.already_done"
    _nothing_but_one_refund(till, gateway)
    _cash_still_pays(till)


def test_after_giving_back_a_new_code_is_a_new_charge(
    paid: tuple[Outlet, str], gateway: Central
) -> None:
    till, number = paid
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        driving.until_settled(till.cases.codes.give_back(number))
        form = till.cases.paying.begin()
        order = till.cases.codes.arm(form.form_id, payer_code("paid"))
        assert order.attempt.out_trade_no != number
        fresh = Driving(till, calls)
        assert fresh.until_settled(order, payer_code("paid")) == "paid"
        driving.stop()
        fresh.stop()
    done = till.cases.paying.finish(form.form_id).done
    assert done is not None
    counted = gateway.books()["gateway"]
    assert (counted["charges"], counted["reversed_fen"], counted["net_fen"]) == (2, 600, 600)
    assert till.books.balances()["channel:wechat"] == 600
