"""What one clerk gives back alone on a day stays under the platform's limit, however it is split.

Cash and codes, small and large, two clerks who take turns, days that end, all without a line. A
plain sum per clerk and day beside the books says which refund needs a second person.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.refunding import Wish
from terminal.domain.attempt import Answer
from terminal.domain.errors import UserError
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SECRETS,
    SENIOR,
    Outlet,
    Template,
)
from tests.helpers.quick_outlet import QuickOutlet, Ready, quick_folder, ready_outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]
PEN = "P0011"
ONE_SALE, A_DAY = 250, 500
RULES = {"refund": {"alone": ONE_SALE}, "refund_day": {"alone": A_DAY}, "day_reopen": {"alone": 0}}
_runs = itertools.count()


@dataclass(frozen=True)
class Step:
    """One sale that goes back whole.

    Args:
        clerk: who does it.
        code: paid by a code, else in cash.
        pieces: how many pens.
        second: whether the manager stands beside her.
        tomorrow: whether a night lies before it.
    """

    clerk: str
    code: bool
    pieces: int
    second: bool
    tomorrow: bool


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([CLERK, SENIOR]),
        st.booleans(),
        st.integers(1, 6),
        st.sampled_from([False, False, True]),
        st.sampled_from([False] * 7 + [True]),
    ),
    min_size=3,
    max_size=12,
)


@pytest.fixture(scope="module")
def ready(outlet_template: Template) -> Iterator[Ready]:
    with quick_folder() as folder, ready_outlet(outlet_template, folder) as made:
        tell_setting(made.home, outlet_template.platform, "dual_control", RULES)
        yield made


def _on_duty(outlet: Outlet, step: Step) -> None:
    session = outlet.cases.session
    on = outlet.books.day().clerk_id
    if on and (step.tomorrow or on != step.clerk):
        session.sign_off()
    if step.tomorrow:
        session.close_outlet(MANAGER, MANAGER_PIN, True)
        outlet.clock.advance(timedelta(days=1))
        session.open_outlet(MANAGER, MANAGER_PIN)
    if outlet.books.day().clerk_id != step.clerk:
        session.sign_on(step.clerk, SECRETS[step.clerk])


def _sold(outlet: Outlet, step: Step) -> str:
    cases = outlet.cases
    if not step.code:
        return outlet.sell(PEN, step.pieces)
    cases.ordering.add_item(PEN, step.pieces)
    intent = cases.ordering.basket.sale_intent
    order = cases.codes.arm_tender(intent, "merchant_code", "")
    paid = Answer("ok", "paid", order.attempt.amount_fen)
    cases.codes.record(order.attempt.out_trade_no, "charge", paid)
    cases.paying.finish(intent)
    sale = outlet.books.last_order()
    assert sale is not None
    return sale.order_no


def _given_back(outlet: Outlet, order_no: str, step: Step) -> str:
    """Give the whole back; the code of the refusal, or the action a second person allowed."""
    refunding = outlet.cases.refunding
    form = refunding.begin(order_no)
    wish = Wish(
        form.form_id, "return", {one.line_id: one.left for one in form.lines}, "wrong_goods"
    )
    quote = refunding.quote(wish)
    try:
        refunding.complete(wish, *((MANAGER, MANAGER_PIN) if step.second else ()))
    except UserError as refusal:
        return refusal.code
    again = refunding.complete(wish)
    assert again.already_saved
    return quote.action if quote.level == "second" else ""


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_nobody_gives_back_more_alone_in_a_day_than_the_platform_allows(
    ready: Ready, steps: list[Step]
) -> None:
    outlet = QuickOutlet(ready, ready.home.parent / f"run{next(_runs)}")
    outlet.cases.session.unlock(PIN)
    alone: Counter[tuple[str, str]] = Counter()
    try:
        for step in steps:
            _on_duty(outlet, step)
            order_no = _sold(outlet, step)
            sale = outlet.books.order(order_no)
            assert sale is not None
            fen, who = sale.total_fen + sale.rounding_fen, (sale.clerk_id, sale.business_date)
            asked = "refund" if fen > ONE_SALE else "refund_day" if alone[who] + fen > A_DAY else ""
            told = _given_back(outlet, order_no, step)
            if asked and not step.second:
                assert told == "permission.second_needed"
            else:
                assert told == asked
            alone[who] += 0 if asked else fen
            assert outlet.books.refunds.alone_fen(*who) == alone[who] <= A_DAY
        assert outlet.books.read_model_differences() == []
    finally:
        outlet.close()


def test_above_the_days_own_bound_nobody_may(counter: Outlet, outlet_template: Template) -> None:
    rules = {"refund": {"alone": 100_000}, "refund_day": {"alone": 100, "second": 200}}
    tell_setting(counter.home, outlet_template.platform, "dual_control", rules)
    step = Step(CLERK, code=False, pieces=6, second=True, tomorrow=False)
    assert _given_back(counter, _sold(counter, step), step) == "permission.above_limit"


def test_without_the_rule_the_sales_own_limit_is_all_there_is(
    counter: Outlet, outlet_template: Template
) -> None:
    tell_setting(
        counter.home, outlet_template.platform, "dual_control", {"refund": {"alone": ONE_SALE}}
    )
    step = Step(CLERK, code=False, pieces=5, second=False, tomorrow=False)
    for _ in range(8):
        assert _given_back(counter, _sold(counter, step), step) == ""
    assert counter.books.refunds.alone_fen(CLERK, counter.books.day().business_date) > A_DAY
