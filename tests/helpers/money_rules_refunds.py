"""Giving back: rules of the money model. Nobody ever gets more than was paid."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from terminal.app.refunding import Wish
from terminal.domain.money import Money
from tests.helpers.money_rules import LAID_DOWN, Selling
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL


class Refunding(Selling):
    """Returns of some pieces, of all of them, reversals, and all of it again."""

    def __init__(self) -> None:
        super().__init__()
        self.sold: dict[str, int] = {}
        self.given_back: Counter[str] = Counter()
        self.old_wishes: list[Wish] = []

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

        def refund() -> None:
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
            goods = _fen(quote.money_text) - _fen(quote.rounding_text)
            done = self.cases.refunding.complete(wish, SENIOR, SENIOR_PIN)
            assert not done.already_saved
            self._note_refund(order, goods, done)
            self.old_wishes.append(wish)

        self.or_refused(refund)

    @precondition(lambda self: self.old_wishes)
    @rule(place=st.integers(0, 5))
    def press_refund_again(self, place: int) -> None:
        """The same form once more gives nothing back."""
        wish = self.old_wishes[place % len(self.old_wishes)]
        assert self.cases.refunding.complete(wish, SENIOR, SENIOR_PIN).already_saved

    def note_sale(self, sale: Any) -> None:
        """What was paid for it bounds what can ever be given back of it."""
        super().note_sale(sale)
        self.sold[sale.order_no] = Money.parse(sale.taken_text).fen

    def _note_refund(self, order: str, goods: int, done: Any) -> None:
        self.given_back[order] += Money.parse(done.money_text).fen
        self.pencil.numbers += 1
        assert self.given_back[order] <= self.sold[order], "more was given back than was paid"
        self.pencil.move(TILL, -Money.parse(done.cash_text).fen)
        self.pencil.move("income", -goods)
        for part in done.parts:
            # What somebody owes is owed no longer; stamps do not come back.
            account = LAID_DOWN.get(part.name_code.removeprefix("tender."))
            if account:
                self.pencil.move(account, -Money.parse(part.amount_text).fen)


def _fen(text: str) -> int:
    """Yuan with a sign, as a screen shows them."""
    fen = Money.parse(text.lstrip("-")).fen
    return -fen if text.startswith("-") else fen
