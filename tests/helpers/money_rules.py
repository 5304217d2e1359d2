"""What a clerk, a customer, a power line and a clock can do at a counter: rules of the money model.

Source: reliability.md §3 and §4; the refusals that a rule hears are part of the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from terminal.app.payment_forms import LayDown, SecondPerson
from terminal.domain import ledger
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from terminal.store.inbox import InboxStore
from terminal.store.sync_file import SYNC_FILE, SyncFile
from tests.helpers.inbox import Centre
from tests.helpers.money_counter import MoneyCounter
from tests.helpers.outlet import RICE, SECRETS, SENIOR, SENIOR_PIN, STAMP, TILL

SECOND = SecondPerson(SENIOR, SENIOR_PIN, "model")
LAID_DOWN = {"affixed": "affixed", "cash_on_delivery": "cod", "on_account": "receivable"}
"""Tenders that no channel takes, and where they are noted."""
PEN, LETTER = "P0011", "M0101"
"""Goods that may go back, and postage of mail accepted here: the one thing that stamps pay."""
GOODS = st.sampled_from(
    [
        (STAMP, 1),
        (STAMP, 7),
        ("S0001", 2),
        (RICE, 1350),
        (RICE, 20),
        (PEN, 4),
        (PEN, 1),
        (LETTER, 1),
    ]
)


class Selling(MoneyCounter):
    """Basket, cash, what is laid down, again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.old_forms: list[str] = []

    @property
    def basket_open(self) -> bool:
        """Whether there are lines and no payment is under way."""
        return bool(self.cases.ordering.basket.lines) and not self.cases.ordering.is_frozen()

    @invariant()
    def stamps_pay_letters_only(self) -> None:
        """However the basket changed after they were stuck on, and whatever went back."""
        held = self.outlet.books.balances()
        assert 0 <= held.get("affixed", 0) <= -held.get(ledger.postage("mail"), 0)

    @rule(goods=GOODS)
    def scan(self, goods: tuple[str, int]) -> None:
        """Goods arrive."""
        self.or_refused(lambda: self.cases.ordering.add_item(*goods))

    @precondition(lambda self: self.basket_open)
    @rule(delta=st.sampled_from([-1, 1, 5]))
    def change_quantity(self, delta: int) -> None:
        """More or fewer."""
        line_id = self.cases.ordering.basket.lines[-1].line_id
        self.or_refused(lambda: self.cases.ordering.change_quantity(line_id, delta))

    @precondition(lambda self: self.basket_open)
    @rule()
    def void_line(self) -> None:
        """A line is taken out."""
        line_id = self.cases.ordering.basket.lines[0].line_id
        self.or_refused(lambda: self.cases.ordering.void_line(line_id))

    @rule(level=st.sampled_from(["", "gold"]))
    def member(self, level: str) -> None:
        """Another price level."""
        self.or_refused(lambda: self.cases.ordering.set_member_level(level))

    @precondition(lambda self: self.cases.ordering.basket.lines)
    @rule()
    def suspend(self) -> None:
        """F2."""
        self.or_refused(lambda: self.cases.ordering.suspend("model"))

    @precondition(lambda self: self.outlet.books.parked_count())
    @rule(place=st.integers(0, 3))
    def recall(self, place: int) -> None:
        """Take a parked basket, or one that never was."""
        parked = [row.basket_id for row in self.cases.ordering.suspended()]
        wanted = parked[place] if place < len(parked) else "never parked"
        self.or_refused(lambda: self.cases.ordering.recall(wanted))

    @precondition(lambda self: self.cases.ordering.basket.lines)
    @rule()
    def give_up(self) -> None:
        """The customer leaves."""
        self.or_refused(lambda: self.cases.ordering.clear("model"))

    @precondition(lambda self: self.basket_open)
    @rule(share=st.sampled_from([50, 100, 100, 130]), presses=st.integers(1, 3))
    def pay_cash(self, share: int, presses: int) -> None:
        """Some cash, enough or too much, and Enter more than once."""

        def pay() -> None:
            form = self.cases.paying.begin()
            if form.done is not None:
                self.note_sale(form.done)
                return
            owed = Money.parse(form.cash_remaining_text).fen
            received = Money(max(1, owed * share // 100))
            view = self.cases.paying.tender_cash(form.form_id, received.text)
            self.old_forms.append(form.form_id)
            if view.done is not None:
                self.note_sale(view.done)
                for _ in range(presses - 1):
                    again = self.cases.paying.tender_cash(form.form_id, received.text)
                    assert again.done is not None
                    assert again.done.already_saved

        self.or_refused(pay)

    @precondition(lambda self: not self.cases.ordering.is_frozen())
    @rule(goods=st.lists(GOODS, min_size=1, max_size=3), notes=st.sampled_from([0, 1, 5_000]))
    def sell_for_cash(self, goods: list[tuple[str, int]], notes: int) -> None:
        """A whole sale in one step: most of a day is this."""
        self.or_refused(lambda: self.sell_at_once(goods, notes))

    def sell_at_once(self, goods: Sequence[tuple[str, int]], notes: int = 0) -> None:
        """Everything from the first line to the change."""
        for sku, quantity in goods:
            self.cases.ordering.add_item(sku, quantity)
        form = self.cases.paying.begin()
        if form.done is None:
            owed = Money.parse(form.cash_remaining_text).fen
            form = self.cases.paying.tender_cash(form.form_id, Money(owed + notes).text)
        if form.done is not None:
            self.note_sale(form.done)

    @precondition(lambda self: self.old_forms)
    @rule(place=st.integers(0, 5))
    def press_an_old_form_again(self, place: int) -> None:
        """A key press that was on its way for minutes."""
        form_id = self.old_forms[place % len(self.old_forms)]
        if form_id != self.cases.ordering.basket.sale_intent:
            self.or_refused(lambda: self.cases.paying.tender_cash(form_id, "5"))

    @precondition(lambda self: self.basket_open)
    @rule()
    def hand_cash_back(self) -> None:
        """Esc on the form."""
        form_id = self.cases.ordering.basket.sale_intent
        self.or_refused(lambda: self.cases.paying.abandon(form_id))

    @precondition(lambda self: self.basket_open)
    @rule(
        what=st.sampled_from(
            [
                LayDown("affixed"),
                LayDown("affixed", "0.50"),
                LayDown("cash_on_delivery", "1.00", "K07"),
                LayDown("cash_on_delivery", "", "K08"),
                LayDown("on_account", "", "C1001"),
                LayDown("on_account", "0.30", "C1002"),
                LayDown("on_account", "5", "nobody"),
            ]
        )
    )
    def lay_down(self, what: LayDown) -> None:
        """Stamps that are stuck on, cash on delivery, on account: parts or the whole of a sale."""

        def pay() -> None:
            form = self.cases.paying.begin()
            if form.done is not None:
                self.note_sale(form.done)
                return
            view = self.cases.paying.lay_down(form.form_id, what, SECOND)
            self.old_forms.append(form.form_id)
            if view.done is not None:
                self.note_sale(view.done)

        self.or_refused(pay)

    @precondition(lambda self: not self.cases.ordering.is_frozen())
    @rule(letters=st.integers(1, 3), goods=GOODS, kept=st.booleans())
    def send_letters(self, letters: int, goods: tuple[str, int], kept: bool) -> None:
        """Letters with their stamps stuck on, and something else for cash; or no letters."""

        def sell() -> None:
            self.cases.ordering.add_item(LETTER, letters)
            line_id = self.cases.ordering.basket.lines[-1].line_id
            self.cases.ordering.add_item(*goods)
            form = self.cases.paying.begin()
            if form.done is None:
                form = self.cases.paying.lay_down(form.form_id, LayDown("affixed"))
            if form.done is None and not kept:
                self.cases.ordering.void_line(line_id)
            if form.done is None:
                owed = form.cash_remaining_text
                form = self.cases.paying.tender_cash(form.form_id, owed)
            if form.done is not None:
                self.note_sale(form.done)

        self.or_refused(sell)

    @precondition(lambda self: self.cases.ordering.basket.codes)
    @rule()
    def complete(self) -> None:
        """The sale of a basket its codes cover."""

        def finish() -> None:
            view = self.cases.paying.finish(self.cases.ordering.basket.sale_intent)
            if view.done is not None:
                self.note_sale(view.done)

        self.or_refused(finish)

    @rule()
    def reprint(self) -> None:
        """A slip again: no money."""
        self.or_refused(self.cases.slips.reprint)

    def note_sale(self, sale: Any) -> None:
        """What the screen said of a sale, on paper."""
        if sale.already_saved:
            return
        self.pencil.numbers += 1
        self.pencil.last_order = self.pencil.numbers
        self.pencil.move("income", Money.parse(sale.total_text).fen)
        paid = [(part.kind, Money.parse(part.amount_text).fen) for part in sale.tenders]
        cash = [fen for kind, fen in paid if kind == "cash"]
        points = sum(fen for kind, fen in paid if kind == "points")
        assert points * 2 <= Money.parse(sale.total_text).fen, "points pay half of it"
        self.pencil.move(TILL, sum(cash) - sale.change_fen)
        for kind, fen in paid:
            if kind in LAID_DOWN:
                self.pencil.move(LAID_DOWN[kind], fen)


class Directing(MoneyCounter):
    """The centre asks for corrections, genuine and not; the clerk answers, twice, too late."""

    centre: Centre

    def __init__(self) -> None:
        super().__init__()
        self._said = SyncFile(self.outlet.home / SYNC_FILE, self.ready.keys.db_key)
        self._inbox = InboxStore(self._said)
        self.asked: list[tuple[str, int]] = []
        """Number and amount of what may be accepted; the amount is 0 for what may not."""
        self.answered: set[str] = set()
        self.named: dict[str, int] = {}
        """Entry that a directive is about."""
        self.taken_back: Counter[int] = Counter()
        """What corrections took back, by that entry."""

    @rule(
        fen=st.integers(1, 500),
        seq=st.integers(1, 12),
        wrong=st.sampled_from(["", "", "", "reason", "terminal_id", "expires_at", "about_hash"]),
    )
    def centre_asks(self, fen: int, seq: int, wrong: str) -> None:
        """A directive about one of the first entries arrives; some are not what they seem."""
        about = self.outlet.books.entry(seq)
        if about is None:
            return
        bad = {
            "": {},
            "reason": {},
            "terminal_id": {"terminal_id": "61020303-99"},
            "expires_at": {"expires_at": "2026-01-01T00:00:00.000Z"},
            "about_hash": {"about_hash": "ab" * 32},
        }[wrong]
        record = self.centre.directive(about, fen, **bad)
        if wrong == "reason":
            record = {**record, "reason": "冒名"}
        self._inbox.keep([record], "a life", {}, about.recorded_at)
        self.asked.append((record["directive_id"], 0 if wrong else fen))
        self.named[record["directive_id"]] = seq

    @precondition(lambda self: self.asked)
    @rule(place=st.integers(0, 7))
    def accept(self, place: int) -> None:
        """Enter."""
        number, fen = self.asked[place % len(self.asked)]
        try:
            self.cases.directives.accept(number)
        except UserError as refused:
            self._may_refuse(number, fen, refused)
        else:
            self._count(number, fen)
            assert self.pencil.holds(TILL) >= fen, "a till below nothing"
            self.pencil.move(TILL, -fen)
            self.pencil.move("income", -fen)
            self.taken_back[self.named[number]] += fen
            about = self.outlet.books.entry(self.named[number])
            if about is not None and about.kind == "sale.completed":
                sold: Any = about.body["total_fen"]
                assert self.taken_back[about.seq] <= sold, "more corrected than was sold"

    @precondition(lambda self: self.asked)
    @rule(place=st.integers(0, 7))
    def dispute(self, place: int) -> None:
        """One key, and nothing moves."""
        number, fen = self.asked[place % len(self.asked)]
        try:
            self.cases.directives.dispute(number, "model")
        except UserError as refused:
            self._may_refuse(number, fen, refused)
        else:
            self._count(number, fen)

    def _count(self, number: str, fen: int) -> None:
        assert fen > 0, "a directive that is not one was answered"
        assert number not in self.answered, "answered twice"
        self.answered.add(number)

    def _may_refuse(self, number: str, fen: int, refused: UserError) -> None:
        if refused.code.startswith("session."):
            return
        if refused.code == "directive.till_short":
            assert self.pencil.holds(TILL) < fen, refused
            return
        if refused.code == "directive.more_than_left":
            assert fen > Money.parse(str(refused.params["left"])).fen, refused
            return
        assert (refused.code == "directive.answered") == (number in self.answered)
        assert number in self.answered or fen == 0, refused

    def teardown(self) -> None:
        """Close what this mixin opened."""
        self._said.close()
        super().teardown()


class Trouble(MoneyCounter):
    """The process dies, also inside a commit; clocks jump; the machine starts again."""

    @initialize()
    def begin(self) -> None:
        """Nothing happened yet."""

    @rule(how=st.sampled_from(["killed", "inside a commit", "power"]))
    def die(self, how: str) -> None:
        """The process ends without a word and starts again: not a line, not an entry is lost."""
        before = self.cases.ordering.view().lines
        if how == "inside a commit":
            self._die_while_an_entry_is_stamped()
        if how == "power":
            # Another boot, running time from zero.
            self.outlet.clock.reboot()
        self.die_and_open()
        assert self.cases.ordering.view().lines == before

    @rule(hours=st.sampled_from([-24 * 400, -30, -1, 1]))
    def clock_is_set(self, hours: int) -> None:
        """Somebody turns the wall clock."""
        self.outlet.clock.set_wall(timedelta(hours=hours))

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        """The machine runs on."""
        self.outlet.clock.advance(timedelta(minutes=minutes))

    @rule()
    def lock_and_unlock(self) -> None:
        """The screen goes dark and comes back: what is on the counter stays."""
        before = self.cases.ordering.view().lines
        self.cases.session.lock()
        self.or_refused(lambda: self.cases.session.unlock(SECRETS[self.clerk]))
        assert self.cases.ordering.view().lines == before

    def _die_while_an_entry_is_stamped(self) -> None:
        """It never was."""
        head = self.outlet.books.head()
        self.outlet.clock.dies_at_next_reading = True
        with suppress(SystemExit, UserError):
            self.cases.slips.reprint()
        self.outlet.clock.dies_at_next_reading = False
        assert self.outlet.books.head() == head
