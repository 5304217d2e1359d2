"""Everything a counter can do with money, in any order, with crashes and turned clocks.

Replaces nothing of the rules' own tests: here it is asked whether they hold together.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from terminal.app import attempt_book, cash_up, refunding, till_stock
from terminal.app.hand_over import Found, HandOver
from terminal.app.ordering import Ordering
from terminal.app.till_booking import TillBooking
from terminal.app.usecases import UseCases
from terminal.domain import cash_up as cash_up_rules
from terminal.domain import directive
from terminal.domain.basket import Basket
from terminal.domain.cash_up import Step
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.ledger import negate
from terminal.domain.money import ZERO, Money
from terminal.domain.refund import GivenBack, Refund
from terminal.store.books import SqlTransaction
from terminal.store.refund_table import RefundTable
from tests.helpers.inbox import Centre
from tests.helpers.money_counter import MoneyCounter
from tests.helpers.money_rules import Directing, Selling, Trouble
from tests.helpers.money_rules_channels import Charging
from tests.helpers.money_rules_limits import HandingOver, Limiting
from tests.helpers.money_rules_stock import Stocking
from tests.helpers.outlet import SENIOR, SENIOR_PIN, Template
from tests.helpers.quick_outlet import QuickOutlet, Ready, quick_folder, ready_outlet
from tests.helpers.soak_run import random_seed

pytest_plugins = ["tests.helpers.outlet_fixtures"]
pytestmark = pytest.mark.unmeasured

SHARDS, RUNS, STEPS = 8, 250, 50
"""In every run of the tests: 2,000 runs of 50 steps, spread over the workers."""
SOAK_STEPS = 100_000
CONTROL_RUNS = 400
ALL_HAPPEN = {
    *("scan", "change_quantity", "void_line", "member", "suspend", "recall", "give_up"),
    *("pay_cash", "lay_down", "charge", "complete", "hand_cash_back", "reprint", "die_and_open"),
    *("sell_for_cash", "sell_by_code", "send_letters", "hear", "nobody_answers_for_long", "decide"),
    *("give_back", "hear_of_a_refund", "give_refused_money_back_another_way"),
    *("fund", "send", "receive", "open_the_drawer", "check"),
    *("count", "book", "dispute_difference", "verify", "interim", "close"),
    *("stock_comes", "send_stock", "sell_postcards", "override", "sell_many", "give_back_alone"),
    *("cash_up_and_hand_over", "leave_it_to_the_next"),
}
"""Rules that must have done something, not only been refused: in the soak every one of them."""
OFTEN = {
    *("scan", "sell_for_cash", "sell_by_code", "hear", "give_back", "fund", "send", "receive"),
    *("count", "interim", "die_and_open", "stock_comes", "sell_postcards", "sell_many"),
    *("cash_up_and_hand_over", "leave_it_to_the_next"),
}
"""What happens in every shard."""


class Counter(Limiting, Stocking, Directing, HandingOver, Trouble):
    """One counter and all that may happen to it."""


@pytest.fixture(scope="module")
def machine(outlet_template: Template) -> Iterator[type[RuleBasedStateMachine]]:
    with quick_folder() as folder, ready_outlet(outlet_template, folder) as ready:
        # What was there before the runs is nothing that they have to look through again and again.
        gc.freeze()
        yield _over(ready, outlet_template, Counter)
        gc.unfreeze()


def _over(
    ready: Ready, template: Template, kind: type[MoneyCounter]
) -> type[RuleBasedStateMachine]:
    parts = {"ready": ready, "folder": ready.home.parent, "centre": Centre(template.platform)}
    return type("ReadyCounter", (kind,), parts)


def _run(
    machine: type[RuleBasedStateMachine],
    runs: int,
    shard: int = 0,
    phases: Sequence[Phase] = tuple(Phase),
) -> int:
    """Play it; the number of steps taken."""
    before = next(MoneyCounter.steps)
    run_state_machine_as_test(
        seed(random_seed() + shard)(machine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return next(MoneyCounter.steps) - before - 1


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_counter_under_arbitrary_hands_keeps_its_books(
    machine: type[RuleBasedStateMachine], shard: int
) -> None:
    before = MoneyCounter.happened.copy()
    taken = _run(machine, RUNS, shard)
    # A run may end early, and most go the whole way.
    assert taken > RUNS * STEPS * 3 // 4
    # A rule that is always refused would prove nothing.
    assert set(MoneyCounter.happened - before) >= OFTEN


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_counter_keeps_its_books_for_a_hundred_thousand_steps(
    machine: type[RuleBasedStateMachine],
) -> None:
    taken = runs = 0
    while taken < SOAK_STEPS:
        taken += _run(machine, RUNS, shard=SHARDS + runs)
        runs += RUNS
    print(f"{runs} runs, {taken} steps, {dict(MoneyCounter.happened)}")
    assert set(MoneyCounter.happened) >= ALL_HAPPEN


def _corrections_with_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    """The fault that doubled 13,910 pounds, put into the product on purpose."""
    sound = directive.accepted

    def wrong(asked: directive.Directive, **words: str) -> EntryDraft:
        return sound(replace(asked, postings=negate(asked.postings)), **words)

    patch.setattr(directive, "accepted", wrong)


def _refunds_with_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    sound = Refund.postings
    patch.setattr(Refund, "postings", lambda refund, till: negate(sound(refund, till)))


def _refunds_that_forget_earlier_ones(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RefundTable, "given_back", lambda _table, _order: GivenBack())


def _stamps_that_stay_without_their_letter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Basket, "affixed", ZERO)


def _late_payments_on_nobodys_account(patch: pytest.MonkeyPatch) -> None:
    sound = attempt_book._postings
    patch.setattr(
        attempt_book,
        "_postings",
        lambda before, after: () if after.state == "paid_late" else sound(before, after),
    )


def _differences_booked_with_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    sound = cash_up_rules.booking_postings
    patch.setattr(cash_up, "booking_postings", lambda till, fen: negate(sound(till, fen)))


def _a_press_that_sends_again(patch: pytest.MonkeyPatch) -> None:
    """As if a form had no intent of its own."""
    sound = TillBooking.book
    patch.setattr(TillBooking, "saved", lambda *_: None)
    patch.setattr(
        TillBooking,
        "book",
        lambda booking, kind, _intent, *rest: sound(booking, kind, new_uuid7(), *rest),
    )


def _a_basket_that_is_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqlTransaction, "put_basket", lambda *_: None)


def _sales_that_leave_the_stock_where_it_is(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(till_stock, "sold_rows", lambda *_: [])


def _a_next_clerk_who_need_not_count(patch: pytest.MonkeyPatch) -> None:
    sound = HandOver.to_next

    def trusting(desk: HandOver, form: str, number: str, secret: str, found: Found) -> None:
        counted = Money(desk._forms.at(form, Step.HAND_OVER)[1].counted_fen)
        sound(desk, form, number, secret, replace(found, cash_text=counted.text))

    patch.setattr(HandOver, "to_next", trusting)


def _prices_that_one_person_changes(patch: pytest.MonkeyPatch) -> None:
    sound = Ordering.override_price

    def alone(desk: Ordering, line: str, price: str, reason: str, *who: str) -> Any:
        return sound(desk, line, price, reason, who[0] or SENIOR, who[1] or SENIOR_PIN)

    patch.setattr(Ordering, "override_price", alone)


def _limits_that_forget_earlier_refunds(patch: pytest.MonkeyPatch) -> None:
    """The form's amount alone decides whether two are needed."""
    sound = refunding.Refunding._question

    def forgetful(desk: Any, origin: Any, refund: Refund, wish: Any) -> Any:
        return replace(sound(desk, origin, refund, wish), size=refund.money_fen)

    patch.setattr(refunding.Refunding, "_question", forgetful)


def _somebody_at_the_balances(patch: pytest.MonkeyPatch) -> None:
    """A total is touched while the counter is down."""
    sound = QuickOutlet.open

    def touched(outlet: QuickOutlet) -> UseCases:
        cases = sound(outlet)
        outlet.books._connection.execute("UPDATE postings SET fen = fen + 1 WHERE fen > 600")
        return cases

    patch.setattr(QuickOutlet, "open", touched)


class Directed(Selling, Directing):
    """Only sales and what the centre asks about them."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("weaken", "kind"),
    [
        (_corrections_with_the_wrong_sign, Directed),
        (_refunds_with_the_wrong_sign, Counter),
        (_refunds_that_forget_earlier_ones, Counter),
        (_stamps_that_stay_without_their_letter, Counter),
        (_late_payments_on_nobodys_account, Charging),
        (_differences_booked_with_the_wrong_sign, Counter),
        (_a_press_that_sends_again, Counter),
        (_a_basket_that_is_not_kept, Counter),
        (_sales_that_leave_the_stock_where_it_is, Stocking),
        (_a_next_clerk_who_need_not_count, Counter),
        (_prices_that_one_person_changes, Counter),
        (_limits_that_forget_earlier_refunds, Limiting),
        (_somebody_at_the_balances, Counter),
    ],
)
@pytest.mark.long
def test_a_weakened_counter_is_caught(
    machine: type[MoneyCounter],
    monkeypatch: pytest.MonkeyPatch,
    weaken: Callable[[pytest.MonkeyPatch], None],
    kind: type[MoneyCounter],
) -> None:
    """Negative control: it ends with the first run that meets the fault.

    What few rules can meet is asked of a counter with those rules alone: it is found sooner.
    """
    weaken(monkeypatch)
    parts = {name: getattr(machine, name) for name in ("ready", "folder", "centre")}
    with pytest.raises(AssertionError):
        _run(type("Weakened", (kind,), parts), CONTROL_RUNS, phases=(Phase.generate,))
