"""Payments that a channel decides about: rules of the money model.

Answers come in any order, twice, too late or not at all; what the pencil notes is what the screen
says of a payment: that it is paid, that it came late, that it was given back.
"""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from terminal.app.code_payments import Order
from terminal.domain.attempt import Answer, Attempt, next_step
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from tests.helpers.money_rules import GOODS, SECOND, Selling

PAYER_CODE = "134512345678901200"
NUMBER = "6217000000000001"
NOTED_AS = {"points": "points", "voucher": "vouchers"}
"""Where what a channel took is noted; ``channels`` for all the others."""
KINDS = (
    *("payer_code", "merchant_code", "bank_card"),
    *("prepaid_card", "virtual_account", "points", "voucher"),
)
ANSWERS = st.builds(
    Answer,
    st.sampled_from(["ok", "unknown", "refused"]),
    st.sampled_from(["paid", "paid", "failed", "reversed", "waiting"]),
)
Outcome = Literal["ok", "refused", "unknown"]
MOST_ASKED = 20
"""Questions after which any payment without an answer is in doubt."""


class Charging(Selling):
    """Payer codes, cards, accounts, points, vouchers: every end a payment can have."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, tuple[str, int]] = {}
        """Payment → where it is noted and fen, while its channel has the money."""
        self.decided: list[str] = []

    @precondition(lambda self: not self.cases.ordering.is_frozen())
    @rule(goods=GOODS, kind=st.sampled_from(KINDS))
    def sell_by_code(self, goods: tuple[str, int], kind: str) -> None:
        """A whole sale through a channel, paid at the first answer."""

        def sell() -> None:
            self.cases.ordering.add_item(*goods)
            intent = self.cases.ordering.basket.sale_intent
            self._hear(self._armed(intent, kind).attempt, "ok", "paid")
            view = self.cases.paying.finish(intent)
            if view.done is not None:
                self.note_sale(view.done)

        self.or_refused(sell)

    @precondition(lambda self: self.basket_open)
    @rule(kind=st.sampled_from(KINDS), part=st.booleans())
    def charge(self, kind: str, part: bool) -> None:
        """A code or number is read: for all of it, or for a part."""
        intent = self.cases.ordering.basket.sale_intent
        self.or_refused(lambda: self._armed(intent, kind, "0.50" if part else ""))

    @precondition(lambda self: self.outlet.books.open_attempts())
    @rule(answer=ANSWERS, place=st.integers(0, 3))
    def hear(self, answer: Answer, place: int) -> None:
        """An answer of the platform, to any open attempt: answers overtake one another."""
        attempt = self._open(place)
        self.or_refused(lambda: self._hear(attempt, answer.outcome, answer.state))

    @precondition(lambda self: self.outlet.books.open_attempts())
    @rule(place=st.integers(0, 3), late=st.sampled_from(["paid", "paid", "failed", "reversed"]))
    def nobody_answers_for_long(self, place: int, late: str) -> None:
        """Every question stays without an answer until it is in doubt; then one comes late."""

        def wait() -> None:
            attempt = self._open(place)
            for _ in range(MOST_ASKED):
                if attempt.state == "doubt":
                    break
                attempt = self._hear(attempt, "unknown", "")
            assert attempt.state == "doubt"
            self.cases.ordering.suspend("model")
            self._hear(attempt, "ok", late)

        self.or_refused(wait)

    @precondition(lambda self: self.cases.doubts.all())
    @rule(place=st.integers(0, 3), accept=st.booleans())
    def decide(self, place: int, accept: bool) -> None:
        """What came late is a task: a second person takes it for the basket, or gives it back."""
        doubts = self.cases.doubts.all()
        late = doubts[place % len(doubts)]

        def press() -> None:
            self.cases.doubts.decide(late.out_trade_no, SECOND, accept=accept)
            self.decided.append(late.out_trade_no)

        self.or_refused(press)

    @precondition(lambda self: self.decided)
    @rule(place=st.integers(0, 3), accept=st.booleans())
    def decide_again(self, place: int, accept: bool) -> None:
        """The key press arrives once more, or somebody changes her mind: it is decided."""
        number = self.decided[place % len(self.decided)]
        self.must_refuse(lambda: self.cases.doubts.decide(number, SECOND, accept=accept))

    @precondition(lambda self: self.cases.ordering.basket.codes)
    @rule()
    def give_a_code_back(self) -> None:
        """退回."""
        paid = self.cases.codes.paid_of(self.cases.ordering.basket)
        if paid:
            self.or_refused(lambda: self.cases.codes.give_back(paid[0].out_trade_no))

    def _armed(self, intent: str, kind: str, amount: str = "") -> Order:
        if kind == "payer_code":
            return self.cases.codes.arm(intent, PAYER_CODE, amount)
        return self.cases.codes.arm_tender(intent, kind, NUMBER, amount)

    def _open(self, place: int) -> Attempt:
        attempts = self.outlet.books.open_attempts()
        return attempts[place % len(attempts)]

    def _hear(self, attempt: Attempt, outcome: Outcome, state: str) -> Attempt:
        step = next_step(attempt).action
        if step == "person":
            raise UserError("payment.already_done")
        heard = Answer(outcome, state, attempt.amount_fen)
        after = self.cases.codes.record(attempt.out_trade_no, step, heard).attempt
        self._note(after)
        return after

    def _note(self, after: Attempt) -> None:
        """What the screen says of a payment, on paper."""
        number = after.out_trade_no
        if after.state in ("paid", "paid_late") and number not in self.taken:
            self.taken[number] = NOTED_AS.get(after.kind, "channels"), after.amount_fen
            self.pencil.move(*self.taken[number])
        if after.state in ("reversed", "failed") and number in self.taken:
            assert after.state == "reversed", "what was paid cannot turn out never to have been"
            group, fen = self.taken.pop(number)
            self.pencil.move(group, -fen)


def fen_of(text: str) -> int:
    """Yuan with a sign, as a screen shows them."""
    fen = Money.parse(text.lstrip("-")).fen
    return -fen if text.startswith("-") else fen
