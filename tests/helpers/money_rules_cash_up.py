"""Cashing up: rules of the money model. A difference is an entry before anybody sees it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from terminal.domain.cash_up import Step
from tests.helpers.money_counter import MoneyCounter
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL

DENOMINATIONS = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1)
"""Notes and coins, fen."""

FIRST = (Step.RESOLVE, Step.COUNT)
NEXT = {Step.DIFFERENCE: "book", Step.VERIFY: "verify", Step.HAND_OVER: "close"}


def pieces_of(fen: int) -> dict[int, str]:
    """The fewest notes and coins that make a sum, as they are typed."""
    pieces = {}
    for value in DENOMINATIONS:
        count, fen = divmod(fen, value)
        if count:
            pieces[value] = str(count)
    return pieces


class CashingUp(MoneyCounter):
    """Count, book or dispute, verify, close; in any order, with things sold in between."""

    def __init__(self) -> None:
        super().__init__()
        self.counted = False
        self.lies = 0
        """What counts of this period found more than expected and nobody took over, fen."""
        self.disputed = 0
        """What of it is disputed: no more than still lies there after another count."""

    @rule(off=st.sampled_from([0, 0, -1, 1, -500, 1000]), presses=st.integers(1, 2))
    def count(self, off: int, presses: int) -> None:
        """The clerk counts: rightly, or so much off."""
        held = self.pencil.holds(TILL)
        counted = max(0, held + off)

        def press() -> None:
            cash_ups = self.cases.cash_ups
            view = cash_ups.view()
            form = view.form_id if view.step in FIRST else cash_ups.recount().form_id
            for _ in range(presses):
                cash_ups.count(form, pieces_of(counted), self.typed_stock())
            more = counted - held
            self.pencil.move(TILL, more)
            self.pencil.move("suspense", -more)
            self.lies += more
            self.disputed = min(max(self.disputed, min(0, self.lies)), max(0, self.lies))
            self.counted = True

        self.or_refused(press)

    @precondition(lambda self: self.counted)
    @rule(asked=st.sampled_from(["on", "on", "on", "book", "dispute", "verify", "close"]))
    def go_on(self, asked: str) -> None:
        """The step that comes next, or any other that somebody asks for."""
        step = self.cases.cash_ups.view().step
        key = NEXT.get(step, "book") if asked == "on" else asked
        keys = {
            "book": self.book,
            "dispute": self.dispute_difference,
            "verify": self.verify,
            "close": self.close,
        }
        keys[key]()

    def book(self) -> None:
        """She takes the difference over."""

        def press() -> None:
            view = self.cases.cash_ups.view()
            self.cases.cash_ups.book(view.form_id)
            self.cases.cash_ups.book(view.form_id)
            taken = self.lies - self.disputed
            self.pencil.move("suspense", taken)
            self.pencil.move("over_short", -taken)
            self.lies = self.disputed

        self.or_refused(press)

    def dispute_difference(self) -> None:
        """She does not agree: it stays in suspense, and nobody books it, but for what turns up."""

        def press() -> None:
            self.cases.cash_ups.dispute(self.cases.cash_ups.view().form_id, "model")
            self.disputed = self.lies

        self.or_refused(press)

    def verify(self) -> None:
        """A second person vouches."""
        self.or_refused(
            lambda: self.cases.cash_ups.verify(
                self.cases.cash_ups.view().form_id, SENIOR, SENIOR_PIN
            )
        )

    @rule()
    def interim(self) -> None:
        """X, at any time; no money moves."""
        self.or_refused(self.cases.cash_ups.interim)

    def close(self) -> None:
        """Z, once a period; no money moves."""

        def press() -> None:
            form = self.cases.cash_ups.view().form_id
            closed = self.cases.cash_ups.close(form).last_closed
            assert self.cases.cash_ups.close(form).last_closed == closed
            self.period_ended()

        self.or_refused(press)

    def period_ended(self) -> None:
        """What lies in suspense stays there; the next period begins with nothing of its own."""
        self.counted, self.lies, self.disputed = False, 0, 0
