"""Two counters of one outlet and their platform, over a real socket.

A counter is the product's use cases and its refund driver; its agent runs when a test says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.client.agent import run_once
from terminal.app.refund_driver import RefundDriver
from terminal.app.refund_view import RefundDone, RefundForm
from terminal.bootstrap import HomeSite, open_keys
from terminal.domain.journal import Entry
from terminal.domain.proof import sale_proof_text
from terminal.ports.sync_state import PlatformCalls
from terminal.store.identity import read_identity
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central, running_central
from tests.helpers.driven_refunds import driving, given, opened
from tests.helpers.outlet import (
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    Outlet,
    Template,
    connect,
)
from tests.helpers.payments import payer_code
from tests.helpers.quick_verifiers import cheapen_verifiers

PEN = "P0011"
NAMES = ("a", "b")
_SECRETS = {"0312": PIN, SENIOR: SENIOR_PIN, MANAGER: MANAGER_PIN}


def make_neighbours(template: Template, folder: Path) -> None:
    """Enrol a second terminal beside the template's; each has heard of the other one."""
    shutil.copytree(template.platform, folder / "platform")
    template.copy_home(folder / "a")
    with running_central(folder / "platform", demo=True) as central:
        HomeSite(folder / "b").enrol(central.url, "DEMO-2026")
        connect(folder / "a", central)
        run_once(folder / "a")
    cheapen_verifiers(folder / "a", folder / "platform", _SECRETS)
    cheapen_verifiers(folder / "b", folder / "platform", _SECRETS)


@dataclass
class Neighbour:
    """One counter."""

    outlet: Outlet
    central: Central
    url: str = ""

    @property
    def terminal_id(self) -> str:
        """Its name."""
        return read_identity(self.outlet.home).terminal_id

    def sync(self) -> str:
        """Let its agent upload and pull once; how it ended."""
        return run_once(self.outlet.home).code

    def line(self, *, up: bool) -> None:
        """What the agent says of the line."""
        keys = open_keys(self.outlet.home)
        store = SyncStore(self.outlet.home / SYNC_FILE, keys.db_key)
        store.put_state({"online": "1" if up else "0"})
        store.close()

    def sell(self, pieces: int = 3, sku: str = PEN) -> str:
        """Sell for cash and upload; the order's number."""
        order_no = self.outlet.sell(sku, pieces)
        self.sync()
        return order_no

    def sell_by_code(self, pieces: int, amount_text: str = "") -> str:
        """Sell by WeChat, where an amount is named the rest in cash, and upload; its number."""
        from tests.helpers.fault_cells import MoneyDesk

        cases = self.outlet.cases
        cases.ordering.add_item(PEN, pieces)
        form = cases.paying.begin()
        order = cases.codes.arm(form.form_id, payer_code("paid"), amount_text)
        with MoneyDesk(self.outlet, self.central).driving(self.url, lambda c: c) as driving:
            assert driving.until_settled(order, payer_code("paid")) == "paid"
        state = cases.paying.finish(form.form_id)
        if state.done is None:
            state = cases.paying.tender_cash(form.form_id, state.cash_remaining_text)
        done = state.done
        assert done is not None
        self.sync()
        return done.order_no

    def sale(self, order_no: str) -> Entry:
        """The entry of a sale of this counter."""
        row = self.outlet.books.order(order_no)
        entry = self.outlet.books.entry(row.seq) if row else None
        assert entry is not None
        return entry

    def slip(self, order_no: str) -> str:
        """What the code of a slip of this counter says."""
        return sale_proof_text(self.sale(order_no))

    def driving(
        self, wrap: Callable[[PlatformCalls], PlatformCalls] = lambda calls: calls
    ) -> AbstractContextManager[RefundDriver]:
        """The product's refund driver at work."""
        return driving(self.outlet, self.url, wrap)

    def find(self, wanted: str) -> RefundForm:
        """Open the form of a sale as the page does."""
        with self.driving() as driver:
            return opened(driver, wanted)

    def give(
        self, form: RefundForm, pieces: int, second: tuple[str, str] = (SENIOR, SENIOR_PIN)
    ) -> RefundDone:
        """Give pieces of the first line back as the page does."""
        with self.driving() as driver:
            return given(driver, form, pieces, second)

    def give_back(self, wanted: str, pieces: int) -> RefundDone:
        """Find and give back."""
        return self.give(self.find(wanted), pieces)

    def kinds(self) -> list[str]:
        """Kinds of the journal's entries, oldest first."""
        return [entry.kind for entry in self.outlet.books.all_entries()]


@dataclass
class Outletful:
    """Both counters, their platform, and what it made a person look at."""

    a: Neighbour
    b: Neighbour
    central: Central

    def tasks(self) -> list[dict[str, Any]]:
        """What a person has to look at about refunds."""
        found: list[dict[str, Any]] = self.central.admin("GET", "/v1/admin/tasks")["tasks"]
        return [task for task in found if task["code"].startswith("refund.")]


@contextmanager
def neighbours(template: Path, folder: Path) -> Iterator[Outletful]:
    """A copy of both counters, at work, with their platform."""
    shutil.copytree(template, folder, symlinks=True)
    with running_central(folder / "platform", demo=True) as central, ExitStack() as closing:
        both = []
        for name in NAMES:
            outlet = Outlet(folder / name)
            connect(outlet.home, central)
            closing.callback(outlet.close)
            outlet.payment_speed = 0.002
            outlet.open_day()
            both.append(Neighbour(outlet, central, central.url))
        yield Outletful(both[0], both[1], central)
