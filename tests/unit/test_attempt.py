"""Payer-code attempts, step by step and exhaustively over everything a channel may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import cast

import pytest

from terminal.domain.attempt import (
    AT_REST,
    QUERY_AFTER_S,
    REVERSE_TRIES,
    TERMINAL,
    Action,
    Answer,
    Attempt,
    State,
    Step,
    accepted,
    after_background_query,
    after_charge,
    after_query,
    after_reverse,
    next_step,
    refunded,
    resumed,
)
from terminal.domain.errors import UserError

ARMED = Attempt("a" * 32, "intent-1", "basket-1", "wechat", 999)
NOBODY_KNOWS = Answer("unknown")
PAID = Answer("ok", "paid", 999, channel_no="W1")
FAILED = Answer("ok", "failed", 999, "payment.refused")
REVERSED = Answer("ok", "reversed", 999)

OUTCOMES = ("ok", "refused", "unknown")
STATES = ("paid", "failed", "waiting", "reversed", "not_found", "")
EVERY_ANSWER = tuple(
    Answer(outcome, state, fen)  # type: ignore[arg-type]
    for outcome, state, fen in product(OUTCOMES, STATES, (None, 999, 998))
)
RULES: dict[Action, Callable[[Attempt, Answer], Attempt]] = {
    "charge": after_charge,
    "query": after_query,
    "reverse": after_reverse,
    "wait": after_background_query,
}


def _moves() -> Iterator[tuple[Attempt, Action, Answer, Attempt]]:
    """Every step reachable from an armed attempt, restarts and giving back included."""
    seen: set[Attempt] = set()
    open_ends = [ARMED]
    while open_ends:
        attempt = open_ends.pop()
        if attempt in seen:
            continue
        seen.add(attempt)
        if attempt.state == "paid":
            open_ends.append(replace(attempt, state="reversing", refunding=True))
        if attempt.state in TERMINAL:
            continue
        if attempt.state == "paid_late":
            open_ends += [accepted(attempt), refunded(attempt)]
            continue
        open_ends.append(resumed(attempt))
        action = next_step(attempt).action
        for answer in EVERY_ANSWER:
            after = RULES[action](attempt, answer)
            yield attempt, action, answer, after
            open_ends.append(after)


ALL_MOVES = tuple(_moves())


def test_the_search_reaches_every_state_there_is() -> None:
    states = {after.state for _, _, _, after in ALL_MOVES}
    assert states == {"unknown", "reversing", *AT_REST, *TERMINAL}
    assert 100 < len(ALL_MOVES) < 50_000


def test_paid_needs_a_clear_yes_with_the_amount_that_was_asked_for() -> None:
    for before, action, answer, after in ALL_MOVES:
        if after.state == "paid":
            assert action in ("charge", "query"), before
            assert (answer.outcome, answer.state, answer.amount_fen) == ("ok", "paid", 999)


def test_nothing_but_arming_ever_charges() -> None:
    for before, action, _, after in ALL_MOVES:
        assert (action == "charge") == (before.state == "armed")
        assert after.state != "armed"
        same = replace(after, **{name: getattr(before, name) for name in ("state", "code")})
        assert (same.out_trade_no, same.amount_fen) == (before.out_trade_no, before.amount_fen)


def test_failed_needs_a_verdict_and_reversed_needs_a_confirmation() -> None:
    for before, action, answer, after in ALL_MOVES:
        if after.state == "failed":
            assert answer.state == "failed" or (action, answer.outcome) == ("charge", "refused")
            assert not before.refunding, "what was paid cannot turn out never to have been"
        if after.state == "reversed":
            assert (answer.outcome, answer.state) == ("ok", "reversed")


def test_once_reversing_it_never_becomes_paid_again() -> None:
    for before, _, _, after in ALL_MOVES:
        if before.state in ("reversing", "doubt"):
            # Found to be paid after all it is a person's task, never a sale by itself.
            assert after.state in ("reversing", "doubt", "reversed", "failed", "paid_late")


def test_every_path_ends_settled_or_in_doubt() -> None:
    """Without doubt, no state is ever reached twice: waiting cannot go on for ever."""
    follows: dict[Attempt, set[Attempt]] = {}
    for before, action, _, after in ALL_MOVES:
        if action != "wait":
            follows.setdefault(before, set()).add(after)
    depth: dict[Attempt, int] = {}

    def longest(attempt: Attempt, above: tuple[Attempt, ...]) -> int:
        assert attempt not in above, "a circle"
        if attempt not in depth:
            nexts = follows.get(attempt, set()) if attempt.state != "doubt" else set()
            depth[attempt] = 1 + max((longest(x, (*above, attempt)) for x in nexts), default=0)
        return depth[attempt]

    assert longest(ARMED, ()) == len(QUERY_AFTER_S) + REVERSE_TRIES + 2


def test_silence_is_queried_for_a_minute_then_reversed_then_doubted() -> None:
    attempt, waited, asked = ARMED, 0.0, []
    while attempt.state != "doubt":
        step = next_step(attempt)
        asked.append(step.action)
        waited += step.delay_s
        attempt = RULES[step.action](attempt, NOBODY_KNOWS)
    expected = ["charge", *["query"] * len(QUERY_AFTER_S), *["reverse"] * REVERSE_TRIES]
    assert asked == expected
    assert 60 <= waited <= 90
    assert next_step(attempt) == Step("wait")


def test_a_refused_charge_has_failed_at_once_a_refused_query_says_nothing() -> None:
    refused = Answer("refused", code="payment.code_used")
    assert after_charge(ARMED, refused).state == "failed"
    assert after_charge(ARMED, refused).code == "payment.code_used"
    unknown = after_charge(ARMED, NOBODY_KNOWS)
    assert after_query(unknown, refused).state == "unknown"


def test_another_amount_is_never_taken_for_ours() -> None:
    other = after_charge(ARMED, Answer("ok", "paid", 998))
    assert (other.state, other.code) == ("reversing", "payment.amount_mismatch")
    assert after_charge(ARMED, Answer("ok", "paid", None)).state == "unknown"


def test_a_reversal_of_what_never_was_charged_ends_as_failed() -> None:
    reversing = replace(ARMED, state="reversing")
    assert after_reverse(reversing, FAILED).state == "failed"


def test_a_refund_is_not_believed_to_have_failed_before() -> None:
    refund = replace(ARMED, state="reversing", refunding=True)
    assert after_reverse(refund, FAILED).state == "reversing"
    doubt = replace(refund, state="doubt")
    assert after_background_query(doubt, FAILED) == doubt


def test_a_late_yes_in_doubt_is_a_task_for_a_person() -> None:
    doubt = replace(ARMED, state="doubt", reversals=REVERSE_TRIES)
    late = after_background_query(doubt, PAID)
    assert (late.state, late.code, late.is_open) == ("paid_late", "payment.paid_late", True)
    assert next_step(late) == Step("person")
    assert after_background_query(doubt, replace(PAID, amount_fen=998)) == doubt
    assert accepted(late).state == "paid"
    back = refunded(late)
    assert (back.state, back.refunding, back.reversals) == ("reversing", True, 0)
    assert after_background_query(doubt, REVERSED).state == "reversed"
    assert after_background_query(doubt, FAILED).state == "failed"
    assert after_background_query(doubt, NOBODY_KNOWS) == doubt


def test_a_refund_found_to_be_still_paid_is_tried_again() -> None:
    doubt = replace(ARMED, state="doubt", reversals=REVERSE_TRIES, refunding=True)
    again = after_background_query(doubt, PAID)
    assert (again.state, again.reversals, again.code) == ("reversing", 0, "payment.paid_late")


@pytest.mark.parametrize("decide", [accepted, refunded])
@pytest.mark.parametrize("state", ["armed", "unknown", "reversing", "doubt", "paid", "reversed"])
def test_a_person_decides_about_late_payments_alone(
    decide: Callable[[Attempt], Attempt], state: State
) -> None:
    """There is no other way to call a payment paid."""
    with pytest.raises(UserError) as refused:
        decide(replace(ARMED, state=state))
    assert refused.value.code == "payment.not_late"


def test_money_is_held_from_the_yes_until_it_is_given_back() -> None:
    holding = {(after.state, after.refunding): after.holds_money for _, _, _, after in ALL_MOVES}
    kept = {key for key, held in holding.items() if held}
    assert {state for state, refunding in kept if not refunding} == {"paid", "paid_late"}
    assert {state for state, refunding in kept if refunding} == {"reversing", "doubt"}


def test_a_charge_nobody_knows_of_is_forbidden_for_good_instead_of_asked_about_for_ever() -> None:
    unheard_of = Answer("unknown", "not_found", None, "payment.not_found")
    doubt = replace(ARMED, state="doubt", reversals=REVERSE_TRIES)
    again = after_background_query(doubt, unheard_of)
    assert (again.state, again.reversals, again.code) == ("reversing", 0, "payment.not_found")
    refund = replace(doubt, refunding=True)
    assert after_background_query(refund, unheard_of) == refund


def test_a_restart_makes_an_armed_charge_unknown_and_leaves_the_rest_alone() -> None:
    interrupted = resumed(ARMED)
    assert (interrupted.state, interrupted.code) == ("unknown", "payment.interrupted")
    assert resumed(interrupted) == interrupted
    assert resumed(replace(ARMED, state="paid")).state == "paid"


@pytest.mark.parametrize(
    ("attempt", "step"),
    [
        (ARMED, Step("charge")),
        (replace(ARMED, state="unknown"), Step("query", 3)),
        (replace(ARMED, state="unknown", queries=5), Step("query", 10)),
        (replace(ARMED, state="unknown", queries=99), Step("query", 10)),
        (replace(ARMED, state="reversing"), Step("reverse", 15)),
        (replace(ARMED, state="reversing", queries=9), Step("reverse", 0)),
        (replace(ARMED, state="reversing", refunding=True), Step("reverse", 0)),
        (replace(ARMED, state="reversing", reversals=1), Step("reverse", 5)),
        (replace(ARMED, state="doubt"), Step("wait")),
        *((replace(ARMED, state=cast("object", state)), Step("settled")) for state in TERMINAL),  # type: ignore[arg-type]
    ],
)
def test_the_next_step(attempt: Attempt, step: Step) -> None:
    assert next_step(attempt) == step


def test_waiting_times_scale_for_tests() -> None:
    assert next_step(replace(ARMED, state="unknown"), speed=0.01).delay_s == pytest.approx(0.03)
