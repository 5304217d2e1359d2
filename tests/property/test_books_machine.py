"""A counter under arbitrary hands: sell, void, park, pay by code, die, press twice.

After every step the read models are what the journal says, and both are what a clerk with a pencil
would have noted down.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from terminal.app.usecases import UseCases
from terminal.domain.attempt import Answer, next_step
from terminal.domain.errors import UserError
from terminal.domain.journal import verify_chain
from terminal.domain.money import Money
from tests.helpers.outlet import PIN, RICE, STAMP, TILL, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

EXAMPLES, STEPS = 12, 30
PAYER_CODE = "134512345678901200"
GOODS = st.sampled_from([(STAMP, 1), (STAMP, 7), ("S0001", 2), (RICE, 1350), (RICE, 20)])
ANSWERS = st.builds(
    Answer,
    st.sampled_from(["ok", "unknown", "refused"]),
    st.sampled_from(["paid", "paid", "failed", "reversed", "waiting"]),
)


class Counter(RuleBasedStateMachine):
    """One counter and a pencil note of what was taken."""

    ready: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="postal-machine-"))
        shutil.copytree(self.ready, self.folder / "home", symlinks=True)
        self.outlet = Outlet(self.folder / "home")
        self.outlet.cases.session.unlock(PIN)
        self.cash_fen = self.by_code_fen = self.sold_fen = self.sales = 0
        self.old_forms: list[str] = []

    @property
    def cases(self) -> UseCases:
        return self.outlet.cases

    @property
    def basket_open(self) -> bool:
        return bool(self.cases.ordering.basket.lines) and not self.cases.ordering.is_frozen()

    @rule(goods=GOODS)
    def scan(self, goods: tuple[str, int]) -> None:
        self._or_refused(lambda: self.cases.ordering.add_item(*goods))

    @precondition(lambda self: self.basket_open)
    @rule(delta=st.sampled_from([-1, 1, 5]))
    def change_quantity(self, delta: int) -> None:
        line_id = self.cases.ordering.basket.lines[-1].line_id
        self._or_refused(lambda: self.cases.ordering.change_quantity(line_id, delta))

    @precondition(lambda self: self.basket_open)
    @rule()
    def void(self) -> None:
        line_id = self.cases.ordering.basket.lines[0].line_id
        self._or_refused(lambda: self.cases.ordering.void_line(line_id))

    @rule(level=st.sampled_from(["", "gold"]))
    def member(self, level: str) -> None:
        self._or_refused(lambda: self.cases.ordering.set_member_level(level))

    @rule()
    def suspend(self) -> None:
        self._or_refused(lambda: self.cases.ordering.suspend("machine"))

    @rule(place=st.integers(0, 3))
    def recall(self, place: int) -> None:
        parked = [row.basket_id for row in self.cases.ordering.suspended()]
        wanted = parked[place] if place < len(parked) else "never parked"
        self._or_refused(lambda: self.cases.ordering.recall(wanted))

    @rule()
    def give_up(self) -> None:
        self._or_refused(lambda: self.cases.ordering.clear("machine"))

    @precondition(lambda self: self.basket_open)
    @rule(share=st.sampled_from([50, 100, 130]))
    def pay_cash(self, share: int) -> None:
        form = self.cases.paying.begin()
        if form.done is not None:
            self._note(form.done)
            return
        owed = Money.parse(form.cash_remaining_text).fen
        received = Money(max(1, owed * share // 100))
        view = self.cases.paying.tender_cash(form.form_id, received.text)
        self.old_forms.append(form.form_id)
        if view.done is not None:
            self._note(view.done)

    @precondition(lambda self: self.old_forms)
    @rule(place=st.integers(0, 5))
    def press_an_old_form_again(self, place: int) -> None:
        form_id = self.old_forms[place % len(self.old_forms)]
        if form_id != self.cases.ordering.basket.sale_intent:
            self._or_refused(lambda: self.cases.paying.tender_cash(form_id, "5"))

    @precondition(lambda self: self.basket_open)
    @rule()
    def hand_cash_back(self) -> None:
        form_id = self.cases.ordering.basket.sale_intent
        self.cases.paying.abandon(form_id)

    @precondition(lambda self: self.basket_open)
    @rule()
    def charge(self) -> None:
        form_id = self.cases.ordering.basket.sale_intent
        self._or_refused(lambda: self.cases.codes.arm(form_id, PAYER_CODE))

    @precondition(lambda self: self.outlet.books.open_attempts())
    @rule(answer=ANSWERS)
    def hear(self, answer: Answer) -> None:
        attempt = self.outlet.books.open_attempts()[0]
        heard = Answer(answer.outcome, answer.state, attempt.amount_fen)
        after = self.cases.codes.record(
            attempt.out_trade_no, next_step(attempt).action, heard
        ).attempt
        if after.state == "paid":
            self.by_code_fen += after.amount_fen
        if after.state == "reversed" and after.refunding:
            self.by_code_fen -= after.amount_fen

    @rule()
    def complete(self) -> None:
        view = self.cases.paying.finish(self.cases.ordering.basket.sale_intent)
        if view.done is not None:
            self._note(view.done)

    @rule()
    def give_a_code_back(self) -> None:
        paid = self.cases.codes.paid_of(self.cases.ordering.basket)
        if paid:
            self.cases.codes.give_back(paid[0].out_trade_no)

    @rule()
    def reprint(self) -> None:
        self._or_refused(self.cases.slips.reprint)

    @rule()
    def die_and_start_again(self) -> None:
        before = self.cases.ordering.view().lines
        self.outlet.crash()
        assert self.cases.ordering.view().lines == before
        self.cases.session.unlock(PIN)
        self.cases.codes.resume()

    @rule()
    def die_inside_the_next_commit(self) -> None:
        head = self.outlet.books.head()
        self.outlet.clock.dies_at_next_reading = True
        with suppress(SystemExit, UserError):
            self.cases.slips.reprint()
        self.outlet.clock.dies_at_next_reading = False
        self.outlet.crash()
        assert self.outlet.books.head() == head
        self.cases.session.unlock(PIN)

    @invariant()
    def read_models_are_what_the_journal_says(self) -> None:
        assert self.outlet.books.read_model_differences() == []

    @invariant()
    def the_pencil_note_agrees(self) -> None:
        balances = self.outlet.books.balances()
        assert sum(balances.values()) == 0
        assert balances.get(TILL, 0) == self.cash_fen
        assert balances.get("channel:wechat", 0) == self.by_code_fen
        income = [fen for account, fen in balances.items() if account.startswith("sales:")]
        assert -sum(income) == self.sold_fen
        last = self.outlet.books.last_order()
        assert (last.order_no if last else "-000000").endswith(f"-{self.sales:06d}")

    def teardown(self) -> None:
        entries = tuple(self.outlet.books.all_entries())
        assert verify_chain(entries, _public_key(self.outlet)).sound
        self.outlet.close()
        shutil.rmtree(self.folder)

    def _note(self, sale: Any) -> None:
        self.sales += 1
        self.sold_fen += Money.parse(sale.total_text).fen
        cash = [Money.parse(part.amount_text).fen for part in sale.tenders if part.kind == "cash"]
        self.cash_fen += sum(cash) - sale.change_fen

    @staticmethod
    def _or_refused(act: Callable[[], object]) -> None:
        """Do it, or hear a clear no: anything else than ``UserError`` is a bug."""
        with suppress(UserError):
            act()


def _public_key(outlet: Outlet) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from terminal.bootstrap import open_keys

    seed = open_keys(outlet.home).seed
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def test_a_counter_under_arbitrary_hands_keeps_its_books(
    outlet_template: Template, tmp_path: Path
) -> None:
    ready = Outlet(outlet_template.copy_home(tmp_path / "ready"))
    ready.open_day()
    ready.close()
    machine = type("ReadyCounter", (Counter,), {"ready": ready.home})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
