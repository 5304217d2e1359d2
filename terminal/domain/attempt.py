"""One attempt to take money through a channel, and the only order in which it may end.

The charge is journaled before the first byte is sent. An answer that is not a clear yes or no
leaves the attempt
*unknown*: it is queried on a schedule, then reversed, and the reversal is confirmed by another
query. While an
attempt is not terminal its basket is frozen and no new attempt may start. Nobody can declare it
paid by hand.
Source: reliability.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from terminal.domain.errors import UserError

State = Literal["armed", "unknown", "reversing", "doubt", "paid_late", "paid", "failed", "reversed"]
Action = Literal["charge", "query", "reverse", "settled", "wait", "person"]

TERMINAL: Final[frozenset[str]] = frozenset({"paid", "failed", "reversed"})
AT_REST: Final[frozenset[str]] = frozenset({"doubt", "paid_late"})
"""Open states in which nothing is asked at once: the basket may be put aside meanwhile."""
QUERY_AFTER_S: Final[tuple[int, ...]] = (3, 3, 5, 5, 5, 10, 10, 10, 10)
"""Seconds before each query of an unknown outcome; about a minute in all."""
REVERSE_NOT_BEFORE_S: Final = 15
REVERSE_TRIES: Final = 5
REVERSE_AGAIN_S: Final = 5


@dataclass(frozen=True, slots=True)
class Attempt:
    """A charge under way.

    Args:
        out_trade_no: 32 lower-case hex digits, minted before sending, never reused.
        intent_id: intent of the ``payment.intended`` entry.
        basket_id: whose basket is frozen meanwhile.
        scheme: the channel: ``wechat``, ``alipay``, ``unionpay``, ``card``, ``points`` …
        amount_fen: what is asked for, in fen.
        state: see the module text; ``armed`` means the charge may or may not have been sent.
        queries: how many queries gave no verdict.
        reversals: how many reversals gave no verdict.
        code: dotted code of the last answer, for the screen.
        refunding: True when a *paid* amount is being given back on request.
        kind: means of payment, see ``terminal.domain.tender``.
        reference: masked number of what pays, "" for none.
        shown_code: what the customer scans, "" unless the code is ours (收款码).
        goods: ``kept`` or ``handed_over`` once the customer has left in doubt, "" before.
    """

    out_trade_no: str
    intent_id: str
    basket_id: str
    scheme: str
    amount_fen: int
    state: State = "armed"
    queries: int = 0
    reversals: int = 0
    code: str = ""
    refunding: bool = False
    kind: str = "payer_code"
    reference: str = ""
    shown_code: str = ""
    goods: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the outcome is still not known for sure."""
        return self.state not in TERMINAL

    @property
    def holds_money(self) -> bool:
        """Whether the books say that the channel has taken the amount and not given it back."""
        kept = self.refunding and self.state != "reversed"
        return kept or self.state in ("paid", "paid_late")


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next for an attempt: ``action`` after ``delay_s`` seconds."""

    action: Action
    delay_s: float = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the channel said.

    Args:
        outcome: ``ok`` with ``state``, ``refused`` (certainly no charge), ``unknown`` (nobody can
            tell).
        state: ``paid``, ``failed``, ``waiting``, ``reversed``, ``not_found`` or "" when the outcome
            is unknown.
        amount_fen: the channel's echo of the amount, None when it gave none.
        code: dotted code.
        channel_no: the channel's own number, "" when unknown.
        reference: masked number of what paid, "" when it is not told.
        token: the channel's name for a card, "" for none; nobody can pay with it.
        shown_code: what the customer has to scan, "" for none.
    """

    outcome: Literal["ok", "refused", "unknown"]
    state: str = ""
    amount_fen: int | None = None
    code: str = ""
    channel_no: str = ""
    reference: str = ""
    token: str = ""
    shown_code: str = ""


def next_step(
    attempt: Attempt, *, schedule: tuple[float, ...] = QUERY_AFTER_S, speed: float = 1.0
) -> Step:
    """The next thing to do.

    Args:
        attempt: as it stands in the books.
        schedule: seconds before each query of an unknown outcome.
        speed: factor on every waiting time (tests and demo use less than 1).
    """
    if attempt.state in TERMINAL:
        return Step("settled")
    if attempt.state == "armed":
        return Step("charge")
    if attempt.state == "unknown":
        return Step("query", schedule[min(attempt.queries, len(schedule) - 1)] * speed)
    if attempt.state == "reversing":
        return Step("reverse", _reverse_delay_s(attempt, schedule) * speed)
    return Step("person" if attempt.state == "paid_late" else "wait")


def _reverse_delay_s(attempt: Attempt, schedule: tuple[float, ...]) -> float:
    if attempt.reversals:
        return REVERSE_AGAIN_S
    waited = sum(schedule[: attempt.queries])
    return 0 if attempt.refunding else max(0, REVERSE_NOT_BEFORE_S - waited)


def resumed(attempt: Attempt) -> Attempt:
    """The attempt after a restart: an armed charge may have been sent, so it is unknown."""
    return (
        replace(attempt, state="unknown", code="payment.interrupted")
        if attempt.state == "armed"
        else attempt
    )


def after_charge(attempt: Attempt, answer: Answer) -> Attempt:
    """The attempt after the answer to a charge or a query of the charge.

    An amount that differs from what was asked for is never accepted as paid: it is reversed.
    """
    if answer.outcome == "refused":
        return replace(attempt, state="failed", code=answer.code)
    if answer.outcome == "ok":
        if answer.amount_fen not in (None, attempt.amount_fen):
            return replace(attempt, state="reversing", code="payment.amount_mismatch")
        if answer.state == "paid" and answer.amount_fen is not None:
            return replace(attempt, state="paid", code=answer.code)
        if answer.state == "failed":
            return replace(attempt, state="failed", code=answer.code)
        if answer.state == "reversed":
            return replace(attempt, state="reversed", code=answer.code)
    return replace(attempt, state="unknown", code=answer.code or "payment.unknown")


def after_query(
    attempt: Attempt, answer: Answer, *, schedule_len: int = len(QUERY_AFTER_S)
) -> Attempt:
    """The attempt after a query; when the schedule is used up the charge is reversed."""
    if answer.outcome == "refused":
        answer = replace(answer, outcome="unknown")
    seen = after_charge(attempt, answer)
    if seen.state != "unknown":
        return seen
    asked = replace(seen, queries=attempt.queries + 1)
    if asked.queries >= schedule_len:
        return replace(asked, state="reversing")
    return asked


def after_reverse(attempt: Attempt, answer: Answer) -> Attempt:
    """The attempt after a reversal and its confirming query; without a verdict, in doubt.

    A charge that the channel says has failed needs no reversal any more.
    """
    if answer.outcome == "ok" and answer.state in _nothing_taken(attempt):
        return _ended(attempt, answer)
    tried = replace(attempt, reversals=attempt.reversals + 1, code=answer.code or attempt.code)
    return (
        replace(tried, state="doubt")
        if tried.reversals >= REVERSE_TRIES
        else replace(tried, state="reversing")
    )


def after_background_query(attempt: Attempt, answer: Answer) -> Attempt:
    """An attempt in doubt after a later query: settled by a clear verdict, else still in doubt.

    A charge found to be done after all is a task for a person: whether the goods were handed over
    and whether the customer still stands there, only a person knows.
    """
    if answer.outcome == "ok" and answer.state == "paid":
        if attempt.refunding:
            return replace(attempt, state="reversing", reversals=0, code="payment.paid_late")
        if answer.amount_fen == attempt.amount_fen:
            return replace(attempt, state="paid_late", code="payment.paid_late")
    if answer.state == "not_found" and not attempt.refunding:
        # The channel answers again and knows of no charge. One may still be on its way, and asking
        # would never end: only a reversal forbids it for good.
        return replace(attempt, state="reversing", reversals=0, code=answer.code)
    if answer.outcome == "ok" and answer.state in _nothing_taken(attempt):
        return _ended(attempt, answer)
    return attempt


def accepted(attempt: Attempt) -> Attempt:
    """The attempt after a person decided that a late payment pays for its basket.

    Raises:
        UserError: ``payment.not_late``.
    """
    _must_be_late(attempt)
    return replace(attempt, state="paid", code="payment.late_accepted")


def refunded(attempt: Attempt) -> Attempt:
    """The attempt after a person decided that a late payment goes back to the customer.

    Raises:
        UserError: ``payment.not_late``.
    """
    _must_be_late(attempt)
    return replace(
        attempt, state="reversing", reversals=0, refunding=True, code="payment.late_refunded"
    )


def _must_be_late(attempt: Attempt) -> None:
    if attempt.state != "paid_late":
        raise UserError("payment.not_late")


def _nothing_taken(attempt: Attempt) -> frozenset[str]:
    """Verdicts that say the customer's money is with the customer.

    A charge once confirmed cannot turn out never to have been: only its reversal ends a refund.
    """
    return frozenset({"reversed"} if attempt.refunding else {"reversed", "failed"})


def _ended(attempt: Attempt, answer: Answer) -> Attempt:
    return replace(
        attempt, state="reversed" if answer.state == "reversed" else "failed", code=answer.code
    )
