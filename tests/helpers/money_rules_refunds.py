"""Giving back: rules of the money model. Nobody ever gets more than was paid."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from terminal.app.refunding import Wish
from terminal.domain.money import Money
from terminal.domain.refund_payment import RefundPayment
from tests.helpers.money_rules import LAID_DOWN
from tests.helpers.money_rules_channels import NOTED_AS, Charging, fen_of
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL

AFFIXED = "tender.affixed"


class Refunding(Charging):
    """Returns of some pieces, of all of them, reversals, and all of it again."""

    def __init__(self) -> None:
        super().__init__()
        self.sold: dict[str, int] = {}
        self.with_stamps: list[str] = []
        """Sales of which stamps stuck on a letter paid a part."""
        self.given_back: Counter[str] = Counter()
        self.old_wishes: list[Wish] = []
        self.rerouted: list[str] = []

    @precondition(lambda self: self.sold)
    @rule(
        place=st.integers(0, 9),
        whole=st.booleans(),
        pieces=st.integers(1, 3),
        line=st.integers(0, 3),
    )
    def give_back(self, place: int, whole: bool, pieces: int, line: int) -> None:
        """A customer brings something back, or the whole sale was a mistake."""
        order = sorted(self.sold)[place % len(self.sold)]
        self.or_refused(lambda: self._refund(order, whole, pieces, line))

    @precondition(lambda self: self.with_stamps)
    @rule(whole=st.sampled_from([False, False, True]))
    def bring_back_what_lay_beside_a_letter(self, whole: bool) -> None:
        """An envelope comes back and its letter does not, or all of it was a mistake."""
        self.or_refused(lambda: self._refund(self.with_stamps[-1], whole, 1, -1))

    def _refund(self, order: str, whole: bool, pieces: int, line: int) -> None:
        form = self.cases.refunding.begin(order)
        chosen = form.lines[line % len(form.lines)]
        wish = Wish(
            form.form_id,
            "reversal" if whole else "return",
            {} if whole else {chosen.line_id: pieces},
            "keyed_wrong" if whole else "customer_wish",
        )
        quote = self.cases.refunding.quote(wish)
        # What rounding kept or gave is no part of the goods' price.
        goods = fen_of(quote.money_text) - fen_of(quote.rounding_text)
        done = self.cases.refunding.complete(wish, SENIOR, SENIOR_PIN)
        assert not done.already_saved
        self._note_refund(order, goods, done)
        # Stamps come back with their letter only: it was a mistake, nothing was returned.
        assert whole or all(part.name_code != AFFIXED for part in done.parts)
        self.old_wishes.append(wish)

    @precondition(lambda self: self.old_wishes)
    @rule(place=st.integers(0, 5))
    def press_refund_again(self, place: int) -> None:
        """The same form once more gives nothing back."""
        wish = self.old_wishes[place % len(self.old_wishes)]
        assert self.cases.refunding.complete(wish, SENIOR, SENIOR_PIN).already_saved

    @precondition(lambda self: self.cases.refund_money.to_ask())
    @rule(place=st.integers(0, 3), said=st.sampled_from(["back", "back", "other", "lost", "no"]))
    def hear_of_a_refund(self, place: int, said: str) -> None:
        """The channel gave it back, gave back something else, is not heard, or says no."""
        asked = self.cases.refund_money.to_ask()
        payment = asked[place % len(asked)]
        fen = payment.amount_fen + (said == "other")
        result = {"state": "refunded", "refund_no": payment.number, "amount_fen": fen}
        reply = {"lost": {"outcome": "unknown"}, "no": {"outcome": "refused", "code": "refund.no"}}
        heard = reply.get(said, {"outcome": "ok", "result": result})

        def hear() -> None:
            after = self.cases.refund_money.record(payment.number, heard)
            assert (after.state == "refunded") == (said == "back")
            if said == "back":
                account = NOTED_AS.get(payment.scheme, "channels")
                self.pencil.move(account, -payment.amount_fen)
                # The same answer once more is no second refund.
                self.cases.refund_money.record(payment.number, heard)

        self.or_refused(hear)

    @precondition(lambda self: self._refused())
    @rule(in_cash=st.booleans())
    def give_refused_money_back_another_way(self, in_cash: bool) -> None:
        """Asked once more under a new number, or in cash with a second person."""
        payment = self._refused()[0]

        def press() -> None:
            if in_cash:
                self.cases.refund_money.pay_in_cash(payment.number, SENIOR, SENIOR_PIN)
                self.pencil.move(TILL, -payment.amount_fen)
            else:
                self.cases.refund_money.try_again(payment.number)
            self.rerouted.append(payment.number)

        self.or_refused(press)

    @precondition(lambda self: self.rerouted)
    @rule(place=st.integers(0, 5), in_cash=st.booleans())
    def give_it_back_another_way_again(self, place: int, in_cash: bool) -> None:
        """It went another way already: not a second time, whichever key it is."""
        number = self.rerouted[place % len(self.rerouted)]
        money = self.cases.refund_money
        if in_cash:
            self.must_refuse(lambda: money.pay_in_cash(number, SENIOR, SENIOR_PIN))
        else:
            self.must_refuse(lambda: money.try_again(number))

    def note_sale(self, sale: Any) -> None:
        """What was paid for it bounds what can ever be given back of it."""
        super().note_sale(sale)
        self.sold[sale.order_no] = Money.parse(sale.taken_text).fen
        if any(part.kind == "affixed" for part in sale.tenders):
            self.with_stamps.append(sale.order_no)

    def _refused(self) -> list[RefundPayment]:
        return [one for one in self.cases.refund_money.pending() if one.state == "refused"]

    def _note_refund(self, order: str, goods: int, done: Any) -> None:
        self.given_back[order] += Money.parse(done.money_text).fen
        self.pencil.numbers += 1
        assert self.given_back[order] <= self.sold[order], "more was given back than was paid"
        self.pencil.move(TILL, -Money.parse(done.cash_text).fen)
        self.pencil.move("income", -goods)
        for part in done.parts:
            # What somebody owes is owed no longer, and stamps on a letter are the sender's again.
            account = LAID_DOWN.get(part.name_code.removeprefix("tender."))
            if account:
                self.pencil.move(account, -Money.parse(part.amount_text).fen)
