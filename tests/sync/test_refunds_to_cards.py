"""A sale that a bank card paid goes back at the card terminal, in part and as a whole."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices.simulators.virtual_card_bank import VirtualCardBank
from devices.simulators.virtual_card_terminal import VirtualCardTerminal
from devices.simulators.virtual_line import TcpLine
from terminal.app.payment_forms import Ask
from terminal.app.refund_view import RefundDone
from terminal.app.refunding import Wish
from terminal.domain.errors import OutletError
from tests.helpers.central import Central
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, LiveDesk, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PEN = "P0011"
DEADLINE_S = 30.0


@dataclass
class CardCounter:
    """A counter at work with a card terminal, and the bank behind it."""

    live: LiveDesk
    bank: VirtualCardBank

    def sell(self) -> str:
        """Ten pens of 0.50: 3.00 by card, the rest in cash."""
        desk = self.live.desk
        desk.ask(lambda cases: cases.ordering.add_item(PEN, 10))
        form = desk.ask(lambda cases: cases.paying.begin())
        desk.charges.pay(Ask(form.form_id, "bank_card", amount_text="3.00"))
        self.live.await_event("payment", lambda _: sum(self.bank.book.values()) == 300)
        sold = desk.ask(lambda cases: cases.paying.tender_cash(form.form_id, "2.00")).done
        assert sold is not None
        return str(sold.order_no)

    def give_back(self, order_no: str, pieces: int) -> RefundDone | OutletError:
        """Through the page's own road."""
        heard: list[Any] = []
        ended = threading.Event()

        def end(told: object) -> None:
            heard.append(told)
            ended.set()

        form = self.live.desk.ask(lambda cases: cases.refunding.begin(order_no))
        wish = Wish(form.form_id, "return", {form.lines[0].line_id: pieces}, "wrong_goods")
        self.live.desk.refunds.give_back(wish, "", "", end, end)
        assert ended.wait(DEADLINE_S)
        told: RefundDone | OutletError = heard[0]
        return told

    def balances(self) -> dict[str, int]:
        """What the books hold."""
        return dict(self.live.desk.ask(lambda cases: cases.context.books.balances()))

    def await_states(self, *states: str) -> None:
        """Until the money that is not back yet stands so."""
        self.live.await_event("refund", lambda _: self._states() == states)

    def _states(self) -> tuple[str, ...]:
        pending = self.live.desk.ask(lambda cases: cases.refund_money.pending())
        return tuple(payment.state for payment in pending)


@pytest.fixture
def counter(outlet_template: Template, platform: Central, tmp_path: Path) -> Iterator[CardCounter]:
    home, bank = outlet_template.copy_home(tmp_path / "live"), VirtualCardBank()
    connect(home, platform)
    with TcpLine(VirtualCardTerminal(bank.answer)) as line:
        (home / "devices.json").write_text(json.dumps({"card_terminal": {"url": line.url}}))
        live = LiveDesk(home)
        live.start()
        live.desk.ask(lambda cases: cases.session.open_outlet(MANAGER, MANAGER_PIN))
        live.desk.ask(lambda cases: cases.session.sign_on(CLERK, PIN))
        yield CardCounter(live, bank)
        live.desk.stop()


def test_the_cards_part_goes_back_on_the_card_and_the_rest_in_cash(counter: CardCounter) -> None:
    order_no = counter.sell()
    done = counter.give_back(order_no, 8)
    assert isinstance(done, RefundDone), done
    assert [(part.name_code, part.amount_text) for part in done.parts] == [
        ("tender.bank_card", "3.00"),
        ("tender.cash", "1.00"),
    ]
    counter.await_states()
    held = counter.balances()
    assert sum(counter.bank.book.values()) == 0
    assert (held["channel:card"], held["payments_held"], held["cash:T02"]) == (0, 0, 100)


def test_a_card_that_the_bank_does_not_credit_is_owed_until_somebody_decides(
    counter: CardCounter,
) -> None:
    order_no = counter.sell()
    counter.bank.behaviour = "declines"
    assert isinstance(counter.give_back(order_no, 2), RefundDone)
    counter.await_states("refused")
    held = counter.balances()
    assert (held["channel:card"], held["payments_held"]) == (300, -100)


def test_without_a_card_terminal_nothing_is_booked_and_it_is_said_what_to_do(
    counter: CardCounter,
) -> None:
    order_no = counter.sell()
    counter.live.desk.ask(lambda cases: setattr(cases.context, "has_card_terminal", False))
    told, before = counter.give_back(order_no, 8), counter.balances()
    assert isinstance(told, OutletError)
    assert told.code == "refund.by_card_terminal"
    assert counter.balances() == before
    assert before["cash:T02"] == 200
