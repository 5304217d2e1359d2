"""Who may do how much alone: rules of the money model over prices, refunds and clerks."""

from __future__ import annotations

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from terminal.app.hand_over import Found
from terminal.app.refunding import Wish
from terminal.domain.cash_up import Step
from terminal.domain.money import Money
from tests.helpers.money_rules import PEN
from tests.helpers.money_rules_cash_up import CashingUp
from tests.helpers.money_rules_channels import fen_of
from tests.helpers.money_rules_refunds import Refunding
from tests.helpers.outlet import CLERK, MANAGER, SECRETS, SENIOR, SENIOR_PIN

OVERRIDE_PERCENT, REFUND_ALONE_FEN = 50, 10_000
SOLD_AT_LEAST = 3
"""Numbers taken before a till is handed over once more: that there is something to count."""
OWES_MOST = {"receivable:C1001": 200_000, "receivable:C1002": 5_000}
"""Limits of the platform that the model knows by heart."""


class Limiting(Refunding):
    """Prices by hand, refunds without a second person, customers who owe."""

    def __init__(self) -> None:
        super().__init__()
        self.many: list[str] = []
        """Sales of a great many pieces."""

    @invariant()
    def nobody_owes_more_than_she_may(self) -> None:
        """Whatever was put on account and brought back."""
        held = self.outlet.books.balances()
        assert all(held.get(name, 0) <= most for name, most in OWES_MOST.items())

    @precondition(lambda self: not self.cases.ordering.is_frozen())
    @rule(percent=st.sampled_from([0, 49, 50, 99, 100, 130, 150, 151, 400]), alone=st.booleans())
    def override(self, percent: int, alone: bool) -> None:
        """改价: never alone, and never further than the limit."""

        def change() -> None:
            ordering = self.cases.ordering
            if not ordering.basket.lines:
                ordering.add_item(PEN, 4)
            line = ordering.basket.lines[-1]
            price = Money(line.list_price.fen * percent // 100)
            off = abs(line.list_price.fen - price.fen)
            ordering.override_price(line.line_id, price.text, "model", *who)
            assert not alone, "a price changed by one person"
            assert off * 100 <= OVERRIDE_PERCENT * line.list_price.fen, "further than the limit"
            assert ordering.basket.line(line.line_id).unit_price == price

        who = ("", "") if alone else (SENIOR, SENIOR_PIN)
        self.or_refused(change)

    @precondition(lambda self: not self.cases.ordering.is_frozen())
    @rule(pieces=st.sampled_from([150, 300]))
    def sell_many(self, pieces: int) -> None:
        """Enough that not all of it goes back without a second person."""

        def sell() -> None:
            before = set(self.sold)
            self.sell_at_once([(PEN, pieces)])
            self.many += sorted(self.sold.keys() - before)

        self.or_refused(sell)

    @precondition(lambda self: self.many)
    @rule(
        place=st.integers(0, 3),
        parts=st.lists(st.sampled_from([1, 120, 120, 250]), min_size=1, max_size=3),
        reversal=st.sampled_from([False, False, True]),
    )
    def give_back_alone(self, place: int, parts: list[int], reversal: bool) -> None:
        """Up to the limit of all that goes back of a sale; what is undone takes two."""
        order = self.many[place % len(self.many)]

        def give() -> None:
            for pieces in parts:
                form = self.cases.refunding.begin(order)
                chosen = {form.lines[-1].line_id: pieces}
                wish = (
                    Wish(form.form_id, "reversal", {}, "keyed_wrong")
                    if reversal
                    else Wish(form.form_id, "return", chosen, "customer_wish")
                )
                quote = self.cases.refunding.quote(wish)
                goods = fen_of(quote.money_text) - fen_of(quote.rounding_text)
                done = self.cases.refunding.complete(wish)
                assert not reversal, "undone by one person"
                self._note_refund(order, goods, done)
                assert self.given_back[order] <= REFUND_ALONE_FEN, "alone, in parts"

        self.or_refused(give)


class HandingOver(CashingUp):
    """Two clerks at one till: handed over counted, or left to the next one as it is."""

    def __init__(self) -> None:
        super().__init__()
        self._sold_before = 0
        """Numbers taken when the till was handed over last."""

    @precondition(lambda self: self.pencil.numbers >= self._sold_before + SOLD_AT_LEAST)
    @rule(off=st.sampled_from([0, 0, -1, 500]), wrong=st.sampled_from([0, 0, 1]))
    def cash_up_and_hand_over(self, off: int, wrong: int) -> None:
        """The whole way to the next clerk, who counts first, wrongly at times."""
        self.count(off, 1)
        if self.counted:
            self.book()
            self.verify()
        view = self.cases.cash_ups.view()
        if view.step is not Step.HAND_OVER or view.outcome is None:
            return
        counted, number = Money.parse(view.outcome.counted_text), self.other_clerk()

        def hand_over() -> None:
            cash_ups, secret = self.cases.cash_ups, SECRETS[number]
            for more in range(wrong):
                off_by = Found(Money(counted.fen + more + 1).text, self.typed_stock())
                self.must_refuse(partial(cash_ups.hand_over, view.form_id, number, secret, off_by))
            found = Found(counted.text, self.typed_stock())
            closed = cash_ups.hand_over(view.form_id, number, secret, found).last_closed
            again = cash_ups.hand_over(view.form_id, number, secret, found)
            assert again.last_closed == closed
            self.period_ended()
            self._sold_before = self.pencil.numbers
            self.at_the_till(number)

        self.or_refused(hand_over)

    @precondition(lambda self: not self.cases.ordering.basket.lines)
    @rule()
    def leave_it_to_the_next(self) -> None:
        """She signs off, and somebody else signs on at the till as it is."""
        number = self.other_clerk()

        def change() -> None:
            self.cases.session.sign_off()
            self.cases.session.sign_on(number, SECRETS[number])
            self.at_the_till(number)

        self.or_refused(change)

    def other_clerk(self) -> str:
        """Who comes next."""
        return MANAGER if self.clerk == CLERK else CLERK

    def at_the_till(self, number: str) -> None:
        """It is hers now: the books say so."""
        self.clerk = number
        assert self.outlet.books.day().clerk_id == number
