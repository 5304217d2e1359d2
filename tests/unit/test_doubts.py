"""Payments without a verdict: what is written down, printed, listed, and decided by two."""

from __future__ import annotations

from typing import Any

import pytest

from terminal.app.payment_forms import SecondPerson
from terminal.domain.attempt import Answer
from terminal.domain.errors import OutletError
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

CODE = "134512345678901200"
SECOND = SecondPerson(SENIOR, SENIOR_PIN, "顾客已取货")


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def _in_doubt(counter: Outlet, pieces: int = 5) -> str:
    """A payment nobody can tell about; its number."""
    counter.cases.ordering.add_item(STAMP, pieces)
    codes = counter.cases.codes
    order = codes.arm(counter.cases.paying.begin().form_id, CODE)
    while order.step.action != "wait":
        order = codes.record(order.attempt.out_trade_no, order.step.action, Answer("unknown"))
    return order.attempt.out_trade_no


def _late(counter: Outlet, number: str, fen: int = 600) -> None:
    counter.cases.codes.record(number, "wait", Answer("ok", "paid", fen))


def _entries(counter: Outlet, kind: str) -> list[dict[str, Any]]:
    return [entry.body for entry in counter.books.all_entries() if entry.kind == kind]


@pytest.mark.parametrize(("pieces", "goods"), [(16, "handed_over"), (17, "kept")])
def test_the_platforms_limit_decides_about_the_goods(
    counter: Outlet, pieces: int, goods: str
) -> None:
    """Up to 20.00 yuan they go with the customer."""
    number = _in_doubt(counter, pieces)
    counter.cases.ordering.suspend()
    (body,) = _entries(counter, "payment.left_in_doubt")
    assert (body["out_trade_no"], body["goods"]) == (number, goods)
    (shown,) = counter.cases.doubts.all()
    assert (shown.state, shown.goods, shown.for_a_person) == ("doubt", goods, False)


def test_the_customer_gets_one_slip_that_says_what_is_safe(counter: Outlet) -> None:
    number = _in_doubt(counter)
    basket_id = counter.cases.ordering.view().basket_id
    counter.cases.ordering.suspend()
    counter.cases.ordering.recall(basket_id)
    counter.cases.ordering.suspend()
    jobs = [job for job in counter.books.print_jobs(limit=20) if job.kind == "doubt"]
    assert len(jobs) == 1
    printed = str(jobs[0].document)
    for part in (number, "6.00", "付款结果待查", "请不要重复付款", "商品已交顾客"):
        assert part in printed, part
    assert CODE not in printed


def test_a_basket_without_doubt_is_parked_without_a_slip(counter: Outlet) -> None:
    counter.cases.ordering.add_item(STAMP, 5)
    counter.cases.ordering.suspend()
    assert _entries(counter, "payment.left_in_doubt") == []


def test_a_late_payment_is_kept_by_a_second_person_alone(counter: Outlet) -> None:
    number = _in_doubt(counter)
    doubts = counter.cases.doubts
    assert _code(lambda: doubts.decide(number, SECOND, accept=True)) == "payment.not_late"
    _late(counter, number)
    (shown,) = doubts.all()
    assert (shown.state, shown.for_a_person) == ("paid_late", True)
    nobody = SecondPerson("", "")
    assert _code(lambda: doubts.decide(number, nobody, accept=True)) == "permission.second_needed"
    alone = SecondPerson(CLERK, PIN)
    assert _code(lambda: doubts.decide(number, alone, accept=True)) == "permission.same_person"
    order = doubts.decide(number, SECOND, accept=True)
    assert (order.attempt.state, order.step.action) == ("paid", "settled")
    done = counter.cases.paying.begin().done
    assert done is not None
    assert [part.name_code for part in done.tenders] == ["tender.wechat"]
    assert counter.books.balances() == {
        "channel:wechat": 600,
        "payments_held": 0,
        "postage:postage": -600,
    }
    assert doubts.all() == ()
    (grant,) = _entries(counter, "authorisation.granted")
    assert (grant["action"], grant["operator"], grant["authoriser"]) == (
        "payment_late",
        CLERK,
        SENIOR,
    )
    outcome = _entries(counter, "payment.outcome")[-1]
    assert (outcome["state"], outcome["code"], outcome["authoriser"]) == (
        "paid",
        "payment.late_accepted",
        SENIOR,
    )


def test_a_late_payment_is_given_back_and_the_basket_is_free(counter: Outlet) -> None:
    number = _in_doubt(counter)
    _late(counter, number)
    order = counter.cases.doubts.decide(number, SECOND, accept=False)
    assert (order.attempt.state, order.step.action) == ("reversing", "reverse")
    counter.cases.codes.record(number, "reverse", Answer("ok", "reversed", 600))
    assert counter.books.balances() == {"channel:wechat": 0, "payments_held": 0}
    form = counter.cases.paying.begin()
    assert counter.cases.paying.tender_cash(form.form_id, "6").done is not None


def test_a_decision_is_made_once(counter: Outlet) -> None:
    number = _in_doubt(counter)
    _late(counter, number)
    doubts = counter.cases.doubts
    doubts.decide(number, SECOND, accept=True)
    for accept in (True, False):
        assert _code(lambda a=accept: doubts.decide(number, SECOND, accept=a)) == (
            "payment.not_late"
        )
    assert _code(lambda: doubts.decide("f" * 32, SECOND, accept=True)) == ("payment.no_such_tender")


def test_a_late_payment_survives_the_end_of_the_program(counter: Outlet) -> None:
    number = _in_doubt(counter)
    _late(counter, number)
    (resumed,) = counter.crash().codes.resume()
    assert (resumed.attempt.out_trade_no, resumed.step.action) == (number, "person")
    counter.cases.session.unlock(PIN)
    assert _code(lambda: counter.cases.ordering.add_item(STAMP, 1)) == "basket.frozen"
    assert counter.cases.queue.last_transaction().verdict_code == "last.payment_late"
