"""A refund through any weather and any deaths: the gateway's ledger is what the journal says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.code_payments import Order
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.outlet import PIN, STAMP, Outlet, Template, copied_outlet
from tests.helpers.payments import Driving, Mortal, online_calls, payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]

FATES = ("answered", "request lost", "answer lost", "gateway failing", "not sent")
FATE = st.sampled_from(FATES)
DEATH = st.tuples(
    st.sampled_from(["before", "after"]), st.sampled_from(["payment.reverse", "payment.query"])
)
_NO_ANSWER: Mapping[str, Mapping[str, Any]] = {
    "request lost": {"outcome": "unknown", "result": {}, "code": "platform.no_answer"},
    "answer lost": {"outcome": "unknown", "result": {}, "code": "platform.no_answer"},
    "gateway failing": {"outcome": "unknown", "result": {}, "code": "gateway.failing"},
    "not sent": {"outcome": "refused", "result": {}, "code": "platform.resting"},
}


class Weather:
    """The real calls; what befalls each is drawn, and after that the sky is clear."""

    def __init__(self, calls: PlatformCalls, fates: list[str]) -> None:
        self._calls = calls
        self._fates = fates
        self.charges = 0

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        fate = self._fates.pop(0) if self._fates else "answered"
        self.charges += name == "payment.charge"
        if fate == "answered":
            return self._calls.call(name, params)
        if fate == "answer lost":
            self._calls.call(name, params)
        return _NO_ANSWER[fate]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FATE, max_size=14), st.lists(DEATH, max_size=2))
def test_a_refund_ends_once_whatever_happens_on_the_way(
    outlet_template: Template,
    gateway: Central,
    tmp_path_factory: pytest.TempPathFactory,
    fates: list[str],
    deaths: list[tuple[str, str]],
) -> None:
    folder: Path = tmp_path_factory.mktemp("refund")
    with copied_outlet(outlet_template, folder) as till:
        _refunded(till, gateway, fates, deaths)
        form = till.cases.paying.begin()
        assert till.cases.paying.tender_cash(form.form_id, "6").done is not None


def _refunded(
    till: Outlet, gateway: Central, fates: list[str], deaths: list[tuple[str, str]]
) -> None:
    gateway.begin_books()
    number = _paid_by_code(till, gateway)
    order = till.cases.codes.give_back(number)
    with online_calls(till, gateway) as calls:
        weather = Weather(calls, fates)
        for point in deaths:
            mortal = Mortal(weather, point)
            if not Driving(till, mortal).until_death(order, "", mortal):
                break
            (order,) = till.crash().codes.resume()
            assert till.cases.ordering.view().frozen
            till.cases.session.unlock(PIN)
        if till.books.open_attempts():
            driving = Driving(till, weather)
            assert driving.until_settled(order) == "reversed"
            driving.stop()
        assert weather.charges == 0
    counted = gateway.books()["gateway"]
    assert (counted["charges"], counted["reversed_fen"], counted["net_fen"]) == (1, 600, 0)
    assert till.books.balances().get("channel:wechat", 0) == 0
    assert till.books.balances().get("payments_held", 0) == 0
    assert till.books.read_model_differences() == []


def _paid_by_code(till: Outlet, gateway: Central) -> str:
    till.payment_speed = 0.0005
    till.open_day()
    till.cases.ordering.add_item(STAMP, 5)
    form = till.cases.paying.begin()
    order: Order = till.cases.codes.arm(form.form_id, payer_code("paid"))
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        assert driving.until_settled(order, payer_code("paid")) == "paid"
        driving.stop()
    return order.attempt.out_trade_no


class _OnlySaysSo:
    """Says "reversed" and asks nobody."""

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        assert name != "payment.charge"
        said = {"state": "reversed", "amount_fen": params["amount_fen"]}
        return {"outcome": "ok", "result": said, "code": ""}


def test_negative_control_a_refund_that_is_only_said_is_seen_in_the_ledger(
    outlet: Outlet, gateway: Central
) -> None:
    gateway.begin_books()
    number = _paid_by_code(outlet, gateway)
    driving = Driving(outlet, _OnlySaysSo())
    assert driving.until_settled(outlet.cases.codes.give_back(number)) == "reversed"
    driving.stop()
    assert outlet.books.balances().get("channel:wechat", 0) == 0
    assert gateway.books()["gateway"]["net_fen"] == 600
