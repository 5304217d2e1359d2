"""The driver on a disk that is full: the channel's answer is kept, told and written later.

The oracle is the gateway's own ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from terminal.app.code_payments import Order
from terminal.domain.errors import OutletError
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.full_disk import disk_full_at
from tests.helpers.outlet import PIN, STAMP, Outlet
from tests.helpers.payments import Driving, online_calls, payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def till(outlet: Outlet, gateway: Central) -> Outlet:
    """Day open, five stamps in the basket: 6.00 yuan; the gateway counts from now."""
    gateway.begin_books()
    outlet.payment_speed = 0.005
    outlet.open_day()
    outlet.cases.ordering.add_item(STAMP, 5)
    return outlet


class _Counted:
    """The real calls, counted by name."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls
        self.made: list[str] = []

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.made.append(name)
        return self._calls.call(name, params)


def _held(order: Order) -> bool:
    return order.attempt.code in ("database.full", "database.io_error")


def _log_size(till: Outlet) -> int:
    return (till.home / "journal.db-wal").stat().st_size


def _arm(till: Outlet, behaviour: str) -> Order:
    form = till.cases.paying.begin()
    return till.cases.codes.arm(form.form_id, payer_code(behaviour))


ENDS = {"paid": ("paid", 600), "refused": ("failed", 0), "answer lost": ("paid", 600)}


@pytest.mark.parametrize("behaviour", ENDS)
def test_an_answer_the_full_disk_refuses_is_kept_told_and_written_when_there_is_room(
    till: Outlet, gateway: Central, behaviour: str
) -> None:
    state, taken_fen = ENDS[behaviour]
    with online_calls(till, gateway) as real:
        calls = _Counted(real)
        driving = Driving(till, calls)
        order = _arm(till, behaviour)
        with disk_full_at(_log_size(till)):
            driving.start(order, payer_code(behaviour))
            driving.until(lambda steps: sum(map(_held, steps)) >= 3)
            asked_while_full = list(calls.made)
            shown = till.cases.paying.view()
        assert asked_while_full == ["payment.charge"], "no step follows from an unwritten answer"
        assert shown.attempt is not None
        assert shown.attempt.state == "doubt"
        assert shown.attempt.message_code in ("database.full", "database.io_error")
        assert not shown.can_cancel
        driving.until(lambda steps: not steps[-1].attempt.is_open)
        driving.stop()
    assert calls.made.count("payment.charge") == 1
    (attempt,) = till.books.attempts_of(order.attempt.basket_id)
    assert attempt.state == state
    settled = till.cases.paying.view().attempt
    assert settled is not None
    assert settled.state == state
    assert gateway.books()["gateway"]["net_fen"] == taken_fen
    assert till.books.balances().get("channel:wechat", 0) == taken_fen
    assert till.books.read_model_differences() == []


def test_a_refund_the_full_disk_refuses_is_written_when_there_is_room(
    till: Outlet, gateway: Central
) -> None:
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        paid = _arm(till, "paid")
        driving.until_settled(paid, payer_code("paid"))
        refund = till.cases.codes.give_back(paid.attempt.out_trade_no)
        with disk_full_at(_log_size(till)):
            driving.start(refund)
            driving.until(lambda steps: sum(map(_held, steps)) >= 2)
        driving.until(lambda steps: steps[-1].attempt.state == "reversed")
        driving.stop()
    assert gateway.books()["gateway"]["net_fen"] == 0
    assert till.books.balances().get("channel:wechat", 0) == 0


def test_a_program_that_ends_on_a_full_disk_finds_the_charge_again(
    till: Outlet, gateway: Central
) -> None:
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        order = _arm(till, "paid")
        with disk_full_at(_log_size(till)):
            driving.start(order, payer_code("paid"))
            driving.until(lambda steps: any(map(_held, steps)))
            driving.stop()
        cases = till.crash()
        (resumed,) = cases.codes.resume()
        assert Driving(till, calls).until_settled(resumed) == "paid"
    cases.session.unlock(PIN)
    assert cases.paying.finish(cases.ordering.basket.sale_intent).done is not None
    assert gateway.books()["gateway"]["charges"] == 1


def test_nothing_is_sent_when_the_disk_does_not_take_the_intent(
    till: Outlet, gateway: Central
) -> None:
    head = till.books.head()
    with disk_full_at(_log_size(till)), pytest.raises(OutletError) as refused:
        _arm(till, "paid")
    assert refused.value.code in ("database.full", "database.io_error")
    assert till.books.head() == head
    assert till.cases.ordering.basket.codes == ()
    assert gateway.books()["gateway"]["charges"] == 0


def test_only_what_is_in_the_books_can_be_held(till: Outlet) -> None:
    with pytest.raises(OutletError) as refused:
        till.cases.codes.hold("f" * 32, "database.full")
    assert refused.value.code == "payment.no_such_tender"
