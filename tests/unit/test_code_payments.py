"""Payer codes against the real gateway: every outcome, and death at every moment in between.

The oracle is the gateway's own ledger: what it holds for us is what the journal says it holds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from terminal.app.code_payments import Decision, Order
from terminal.domain.attempt import Answer
from terminal.domain.errors import OutletError
from tests.helpers.central import Central
from tests.helpers.outlet import PIN, SENIOR, STAMP, Outlet
from tests.helpers.payments import BEHAVIOURS, Driving, Mortal, online_calls, payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SPEED = 0.002
ENDS_IN = {
    "paid": "paid",
    "refused": "failed",
    "pays later": "paid",
    "closes": "failed",
    "answer lost": "paid",
    "gateway failing": "reversed",
}


@pytest.fixture
def till(outlet: Outlet) -> Outlet:
    """Day open, five stamps in the basket: 6.00 yuan."""
    outlet.payment_speed = SPEED
    outlet.open_day()
    outlet.cases.ordering.add_item(STAMP, 5)
    return outlet


class _Oracle:
    """What the gateway's ledger gained since this was made."""

    def __init__(self, gateway: Central) -> None:
        self._gateway = gateway
        self._before = self._count()

    def _count(self) -> dict[str, Any]:
        counted: dict[str, Any] = self._gateway.admin("GET", "/v1/admin/ledger")["gateway"]
        return counted

    def agrees_with(self, outlet: Outlet) -> None:
        now = self._count()
        balances = outlet.books.balances()
        assert now["net_fen"] - self._before["net_fen"] == balances.get("channel:wechat", 0)
        assert now["charges"] - self._before["charges"] <= 1, "charged more than once"
        assert outlet.books.read_model_differences() == []


def _arm(till: Outlet, behaviour: str) -> Order:
    form = till.cases.paying.begin()
    return till.cases.codes.arm(form.form_id, payer_code(behaviour))


def _finish(till: Outlet) -> None:
    """What the desk does when it is told, and after every start."""
    till.cases.paying.finish(till.cases.ordering.basket.sale_intent)


def _sales(till: Outlet) -> list[dict[str, Any]]:
    return [entry.body for entry in till.books.all_entries() if entry.kind == "sale.completed"]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_behaviour_of_the_gateway_comes_to_its_end(
    till: Outlet, gateway: Central, behaviour: str
) -> None:
    oracle = _Oracle(gateway)
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        order = _arm(till, behaviour)
        assert driving.until_settled(order, payer_code(behaviour)) == ENDS_IN[behaviour]
        driving.stop()
    _finish(till)
    paid = ENDS_IN[behaviour] == "paid"
    assert len(_sales(till)) == paid
    assert till.cases.ordering.view().frozen is False
    assert till.books.balances().get("payments_held", 0) == 0
    oracle.agrees_with(till)


def test_a_sale_says_by_what_it_was_paid(till: Outlet, gateway: Central) -> None:
    paying = till.cases.paying
    paying.tender_cash(paying.begin().form_id, "2")
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        driving.until_settled(_arm(till, "paid"), payer_code("paid"))
        driving.stop()
    done = paying.finish(till.cases.ordering.basket.sale_intent).done
    assert done is not None
    assert [(part.kind, part.name_code, part.amount_text) for part in done.tenders] == [
        ("payer_code", "tender.wechat", "4.00"),
        ("cash", "payment.received_cash", "2.00"),
    ]
    assert (done.total_text, done.taken_text, done.change_text) == ("6.00", "6.00", "0.00")


POINTS = {
    "after the commit, before sending": ("before", "payment.charge"),
    "after the reply, before its commit": ("after", "payment.charge"),
    "before a query": ("before", "payment.query"),
    "after a query": ("after", "payment.query"),
    "before a reversal": ("before", "payment.reverse"),
    "after a reversal": ("after", "payment.reverse"),
}
REVERSING = {"gateway failing"}
QUERYING = REVERSING | {"pays later", "closes", "answer lost"}
DEATHS = [
    (point, behaviour)
    for point, (_, call) in POINTS.items()
    for behaviour in BEHAVIOURS
    if call == "payment.charge"
    or (call == "payment.query" and behaviour in QUERYING)
    or (call == "payment.reverse" and behaviour in REVERSING)
]


def _settle_after_restart(till: Outlet, gateway: Central) -> None:
    cases = till.crash()
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        for order in cases.codes.resume():
            driving.until_settled(order)
        driving.stop()
    cases.session.unlock(PIN)
    _finish(till)


def _sold_once_in_the_end(till: Outlet) -> None:
    """Either the code paid for the basket or cash still can, and only one of the two."""
    if not _sales(till):
        form = till.cases.paying.begin()
        assert form.can_cancel
        assert till.cases.paying.tender_cash(form.form_id, "6").done is not None
    (sale,) = _sales(till)
    assert sum(tender["fen"] for tender in sale["tenders"]) == 600
    assert till.books.balances().get("payments_held", 0) == 0
    assert till.books.open_attempts() == ()


@pytest.mark.parametrize(("point", "behaviour"), DEATHS)
def test_death_at_any_moment_neither_loses_nor_repeats_a_charge(
    till: Outlet, gateway: Central, point: str, behaviour: str
) -> None:
    oracle = _Oracle(gateway)
    with online_calls(till, gateway) as calls:
        mortal = Mortal(calls, POINTS[point])
        order = _arm(till, behaviour)
        driving = Driving(till, mortal)
        assert driving.until_death(order, payer_code(behaviour), mortal), "the moment never came"
    _settle_after_restart(till, gateway)
    oracle.agrees_with(till)
    _sold_once_in_the_end(till)


def test_death_before_the_intent_is_on_disk_leaves_no_trace(till: Outlet, gateway: Central) -> None:
    oracle = _Oracle(gateway)
    form = till.cases.paying.begin()
    till.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        till.cases.codes.arm(form.form_id, payer_code("paid"))
    _settle_after_restart(till, gateway)
    assert till.cases.ordering.basket.codes == ()
    oracle.agrees_with(till)
    _sold_once_in_the_end(till)


@pytest.mark.parametrize("behaviour", ["paid", "refused"])
def test_death_inside_the_commit_of_an_answer_asks_again(
    till: Outlet, gateway: Central, behaviour: str
) -> None:
    oracle = _Oracle(gateway)
    order = _arm(till, behaviour)
    attempt = order.attempt
    with online_calls(till, gateway) as calls:
        charge = {
            "out_trade_no": attempt.out_trade_no,
            "amount_fen": attempt.amount_fen,
            "idempotency_key": attempt.intent_id,
            "scheme": attempt.scheme,
            "auth_code": payer_code(behaviour),
            "basket_hash": attempt.basket_id,
        }
        reply = calls.call("payment.charge", charge)
    answer = Answer(reply["outcome"], reply["result"]["state"], 600)
    till.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        till.cases.codes.record(attempt.out_trade_no, "charge", answer)
    _settle_after_restart(till, gateway)
    oracle.agrees_with(till)
    _sold_once_in_the_end(till)


def test_death_between_the_payment_and_its_sale_completes_the_sale_at_the_next_start(
    till: Outlet, gateway: Central
) -> None:
    oracle = _Oracle(gateway)
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        driving.until_settled(_arm(till, "paid"), payer_code("paid"))
        driving.stop()
    assert _sales(till) == []
    _settle_after_restart(till, gateway)
    assert len(_sales(till)) == 1
    assert [job.kind for job in till.books.print_jobs(limit=9)] == ["receipt"]
    oracle.agrees_with(till)


@pytest.mark.parametrize(
    "point",
    [
        None,
        ("before", "payment.reverse"),
        ("after", "payment.reverse"),
        ("before", "payment.query"),
        ("after", "payment.query"),
    ],
)
def test_giving_a_payment_back_survives_death(
    till: Outlet, gateway: Central, point: tuple[str, str] | None
) -> None:
    oracle = _Oracle(gateway)
    with online_calls(till, gateway) as calls:
        driving = Driving(till, calls)
        paid = _arm(till, "paid")
        driving.until_settled(paid, payer_code("paid"))
        driving.stop()
        refund = till.cases.codes.give_back(paid.attempt.out_trade_no)
        mortal = Mortal(calls, point or ("never", ""))
        assert Driving(till, mortal).until_death(refund, "", mortal) == (point is not None)
    _settle_after_restart(till, gateway)
    assert till.books.balances().get("channel:wechat", 0) == 0
    oracle.agrees_with(till)
    _sold_once_in_the_end(till)


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def test_no_second_charge_while_one_is_open_or_everything_is_paid(till: Outlet) -> None:
    codes, form = till.cases.codes, till.cases.paying.begin()
    order = codes.arm(form.form_id, payer_code("paid"))
    assert _code(lambda: codes.arm(form.form_id, payer_code("paid"))) == "payment.attempt_open"
    assert _code(lambda: till.cases.paying.tender_cash(form.form_id, "6")) == "payment.attempt_open"
    codes.record(order.attempt.out_trade_no, "charge", Answer("ok", "paid", 600))
    assert _code(lambda: codes.arm(form.form_id, payer_code("paid"))) == "payment.nothing_due"
    assert _code(lambda: codes.record(order.attempt.out_trade_no, "query", Answer("unknown"))) == (
        "payment.already_done"
    )


def test_what_is_no_payer_code_never_leaves_the_counter(till: Outlet) -> None:
    codes, form = till.cases.codes, till.cases.paying.begin()
    head = till.books.head()
    assert _code(lambda: codes.arm(form.form_id, "6222021234567890128")) in (
        "payment.card_number_refused",
        "payment.code_not_recognised",
    )
    assert _code(lambda: codes.arm(form.form_id, "12345")) == "payment.code_not_recognised"
    assert _code(lambda: codes.arm("another-form", payer_code("paid"))) == "payment.form_gone"
    assert till.books.head() == head


def test_a_payer_code_is_written_nowhere(till: Outlet) -> None:
    _arm(till, "paid")
    for entry in till.books.all_entries():
        assert payer_code("paid") not in str(entry.to_wire())


def test_giving_back_needs_a_paid_code_of_this_basket(till: Outlet) -> None:
    codes, form = till.cases.codes, till.cases.paying.begin()
    order = codes.arm(form.form_id, payer_code("paid"))
    number = order.attempt.out_trade_no
    assert _code(lambda: codes.give_back(number)) == "payment.no_such_tender"
    assert _code(lambda: codes.give_back("f" * 32)) == "payment.no_such_tender"
    codes.record(number, "charge", Answer("ok", "paid", 600))
    _finish(till)
    assert _code(lambda: codes.give_back(number)) == "payment.already_done"


def test_an_attempt_in_doubt_lets_the_next_customer_be_served(till: Outlet) -> None:
    """Queried, reversed, no answer at all: the basket is parked, its attempt stays in sight."""
    codes = till.cases.codes
    order = _arm(till, "paid")
    while order.step.action != "wait":
        order = codes.record(order.attempt.out_trade_no, order.step.action, Answer("unknown"))
    (shown,) = till.cases.paying.open_attempts()
    assert shown.state == "doubt"
    basket_id = till.cases.ordering.view().basket_id
    till.cases.ordering.suspend("in doubt")
    till.sell()
    number = order.attempt.out_trade_no
    late = codes.record(number, "wait", Answer("ok", "paid", 600))
    assert late.step.action == "person"
    assert till.books.balances()["channel:wechat"] == 600
    assert _code(lambda: codes.record(number, "reverse", Answer("ok", "reversed", 600))) == (
        "payment.already_done"
    )
    # It stops nobody from cashing up: it has a line of its own there until somebody decides.
    assert [name for name, _ in till.cases.cash_ups.view().in_doubt] == [number]
    codes.decide(number, Decision(accept=False, authoriser=SENIOR, reason="顾客已离开"))
    order = codes.record(number, "reverse", Answer("ok", "reversed", 600))
    assert order.step.action == "settled"
    assert till.books.balances()["channel:wechat"] == 0
    till.cases.ordering.recall(basket_id)
    _sold = till.cases.paying.begin()
    assert till.cases.paying.tender_cash(_sold.form_id, "6").done is not None


def test_counts_of_queries_survive_a_restart(till: Outlet) -> None:
    order = _arm(till, "paid")
    number = order.attempt.out_trade_no
    for action in ("charge", "query", "query"):
        till.cases.codes.record(number, action, Answer("unknown"))
    entries_before = till.books.head()
    (resumed,) = till.crash().codes.resume()
    assert (resumed.attempt.state, resumed.attempt.queries) == ("unknown", 2)
    assert till.books.head() == entries_before
    assert replace(resumed.attempt, code="") == replace(till.books.open_attempts()[0], code="")
