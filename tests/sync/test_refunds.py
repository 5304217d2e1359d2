"""Money goes back through the channel it came by: in parts, once, whatever is lost on the way."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sync.client.payments import Payments
from terminal.app.refund_driver import RefundDriver
from terminal.app.refund_view import RefundDone
from terminal.app.refunding import Wish
from terminal.app.usecases import UseCases
from terminal.domain.identifiers import new_uuid7
from tests.helpers.fault_cells import PACE, MoneyDesk
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Outlet, Template, copied_outlet
from tests.helpers.payments import own_line, payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]
T = TypeVar("T")
PEN = "P0011"
DEADLINE_S = 30.0


class Inline:
    """Store-thread access while the test waits."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self.lock = threading.RLock()

    def ask(self, work: Callable[[UseCases], T], /) -> T:
        with self.lock:
            return work(self._outlet.cases)

    def submit(self, work: Any, done: Any, failed: Any, /) -> None:
        raise AssertionError("the test books by itself")


class Counter:
    """A counter that sold pens by code, its platform, and its refund driver."""

    def __init__(self, outlet: Outlet, desk: MoneyDesk) -> None:
        self.outlet, self.desk = outlet, desk
        self.store = Inline(outlet)

    def sell(self, pieces: int) -> str:
        """Sell pens by WeChat; the order's number."""
        cases = self.outlet.cases
        cases.ordering.add_item(PEN, pieces)
        form = cases.paying.begin()
        order = cases.codes.arm(form.form_id, payer_code("paid"))
        with self.desk.driving(self.desk.platform.url, lambda calls: calls) as driving:
            assert driving.until_settled(order, payer_code("paid")) == "paid"
        done = cases.paying.finish(form.form_id).done
        assert done is not None
        return done.order_no

    def give_back(self, order_no: str, pieces: int) -> RefundDone:
        """Book a return."""
        refunding = self.outlet.cases.refunding
        form = refunding.begin(order_no)
        wish = Wish(form.form_id, "return", {form.lines[0].line_id: pieces}, "wrong_goods")
        return refunding.complete(wish, SENIOR, SENIOR_PIN)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """The refund driver at work."""
        with own_line(self.outlet.home, self.desk.platform.url) as line:
            driver = RefundDriver(
                self.store, Payments(line, PACE), lambda: None, speed=self.outlet.payment_speed
            )
            driver.start()
            try:
                yield
            finally:
                driver.stop()

    def until(self, state: str) -> None:
        """Wait until every channel amount of the last refund is so."""
        ended = threading.Event()
        for _ in range(int(DEADLINE_S / 0.02)):
            last = self.store.ask(lambda use: use.context.books.refunds.last())
            assert last is not None
            number = last.refund_no
            payments = self.store.ask(lambda use: use.context.books.refunds.payments(number))  # noqa: B023
            if payments and all(payment.state == state for payment in payments):
                return
            ended.wait(0.02)
        raise AssertionError(f"not {state}: {payments}")


@pytest.fixture
def counter_online(outlet_template: Template, tmp_path: Path) -> Iterator[Counter]:
    """An open day at a counter with a platform of its own."""
    with (
        outlet_template.running_platform(tmp_path / "platform") as central,
        copied_outlet(outlet_template, tmp_path) as outlet,
    ):
        outlet.payment_speed = 0.002
        outlet.open_day()
        yield Counter(outlet, MoneyDesk(outlet, central))


@pytest.mark.parametrize("fault", ["", "lose_request", "lose_answer", "status_5xx", "duplicate"])
def test_parts_of_a_code_go_back_once_each_whatever_is_lost(
    counter_online: Counter, fault: str
) -> None:
    counter, desk = counter_online, counter_online.desk
    order_no = counter.sell(10)
    paid = desk.net_fen()
    if fault:
        desk.platform.faults(**{fault: 1 if fault == "duplicate" else 0.7}, paths=["/v1/payments"])
    with counter.asking():
        for pieces in (3, 7):
            booked = counter.give_back(order_no, pieces)
            assert len(booked.parts) == 1
            assert booked.cash_text == "0.00"
            counter.until("refunded")
    desk.platform.faults()
    assert paid == 500
    assert desk.net_fen() == 0
    desk.agree(fault)
    held = counter.outlet.books.balances()
    assert held["payments_held"] == 0
    assert held.get("sales:postal_supplies", 0) == 0
    assert counter.outlet.books.read_model_differences() == []


def test_while_the_platform_is_silent_the_money_stays_owed_and_no_cash_stands_in(
    counter_online: Counter,
) -> None:
    counter, desk = counter_online, counter_online.desk
    order_no = counter.sell(10)
    desk.platform.faults(offline=True)
    counter.give_back(order_no, 10)
    with counter.asking():
        counter.until("unknown")
    (payment,) = counter.outlet.cases.refund_money.pending()
    with pytest.raises(Exception, match="not_refused"):
        counter.outlet.cases.refund_money.pay_in_cash(payment.number, SENIOR, SENIOR_PIN)
    assert counter.outlet.books.balances()["payments_held"] == -500
    counter.outlet.crash()
    desk.platform.faults()
    with counter.asking():
        counter.until("refunded")
    assert desk.net_fen() == 0
    assert counter.outlet.books.balances()["payments_held"] == 0


def test_a_refused_amount_is_asked_again_or_paid_in_cash_by_two_people(
    counter_online: Counter,
) -> None:
    counter, desk = counter_online, counter_online.desk
    cases = counter.outlet.cases
    counter.outlet.sell(PEN, 10)
    cash = counter.outlet.books.balances()["cash:T02"]
    order_no = counter.sell(10)
    # The channel knows nothing of the charge any more: it refuses, and says so.
    desk.platform.execute("UPDATE payments SET state = 'reversed'")
    counter.give_back(order_no, 10)
    with counter.asking():
        counter.until("refused")
    (refused,) = cases.refund_money.pending()
    assert refused.code == "refund.not_paid"
    with counter.store.lock:
        again = cases.refund_money.try_again(refused.number)
    assert again.number != refused.number
    with counter.asking():
        for _ in range(1500):
            found = counter.store.ask(lambda use: use.context.books.refunds.payment(again.number))
            if found is not None and found.state == "refused":
                break
            threading.Event().wait(0.02)
    (still,) = cases.refund_money.pending()
    assert (still.number, still.state) == (again.number, "refused")
    paid = cases.refund_money.pay_in_cash(still.number, SENIOR, SENIOR_PIN)
    assert paid.state == "replaced"
    held = counter.outlet.books.balances()
    assert (held["payments_held"], held["cash:T02"]) == (0, cash - 500)
    assert cases.refund_money.pending() == ()
    kinds = [entry.kind for entry in counter.outlet.books.entries(limit=2)]
    assert kinds == ["refund.rerouted", "authorisation.granted"]
    with pytest.raises(Exception, match="not_refused"):
        cases.refund_money.pay_in_cash(still.number, SENIOR, SENIOR_PIN)
    assert counter.outlet.books.read_model_differences() == []


def test_the_gateway_gives_back_no_more_than_was_paid(counter_online: Counter) -> None:
    counter, desk = counter_online, counter_online.desk
    order_no = counter.sell(10)
    (tender,) = counter.outlet.books.tenders(order_no)
    with own_line(counter.outlet.home, desk.platform.url) as line:
        calls = Payments(line, PACE)

        def ask(fen: int, number: str) -> tuple[str, str]:
            params = {"out_trade_no": tender.out_trade_no, "refund_no": number, "amount_fen": fen}
            reply = calls.call("payment.refund", params)
            return str(reply["outcome"]), str(reply["code"])

        first, second = (uuid.UUID(new_uuid7()).hex for _ in range(2))
        assert ask(300, first) == ("ok", "")
        assert ask(300, first) == ("ok", "")
        assert ask(200, first) == ("refused", "refund.number_used")
        assert ask(201, second) == ("refused", "refund.exceeds_paid")
        assert ask(199, second) == ("refused", "refund.channel_refused")
        assert ask(198, second) == ("unknown", "")
        assert ask(198, second) == ("ok", "")
    assert desk.net_fen() == 2
