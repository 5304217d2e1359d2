"""``postal-terminal soak``: sells through the same use cases as the counter, without a screen.

One line ``ACK <order number> <intent id> <total fen>`` goes out after each sale is durable, flushed
at once, so that a
harness outside can kill, starve or power-cut the process and compare what was acknowledged with
what is on disk.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.app.calls import WaitingCalls
from terminal.app.code_payments import Order
from terminal.app.context import Context
from terminal.app.desk import Equipment
from terminal.app.payment_driver import PaymentDriver
from terminal.app.payment_forms import SecondPerson
from terminal.app.usecases import UseCases, make_use_cases
from terminal.commands.demo_platform import DemoPlatform
from terminal.commands.options import SEED, platform_url, whole
from terminal.domain.errors import BugError, EnvironmentFault
from terminal.domain.leases import ORDER
from terminal.domain.money import Money

if TYPE_CHECKING:
    from terminal.bootstrap import HomeSite

CLERK, PIN = "0312", "246810"
MANAGER, MANAGER_PIN = "0301", "112233"
PAYMENT_SPEED = 0.02
CODE_SHARE = 0.1
CHECKPOINT_EVERY = 200
LEASE_EVERY = 10
LEASE_WAIT_S, LOOK_S = 10.0, 0.05
MOST_ORDERS = 10**9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``."""
    parser.add_argument(
        "--orders", type=whole(1, MOST_ORDERS), default=100, help="how many sales to make"
    )
    parser.add_argument("--seed", type=SEED, default=1, help="seed of the random customers")
    parser.add_argument(
        "--platform",
        metavar="URL",
        type=platform_url,
        help="platform to stay in sync with",
    )
    parser.add_argument("--code", default="DEMO-2026", help="enrolment code for an empty folder")
    parser.add_argument(
        "--synchronous",
        choices=["FULL", "NORMAL", "OFF"],
        default="FULL",
        help="how hard the journal writes; less than FULL is for negative controls only",
    )


def execute(options: argparse.Namespace) -> int:
    """Sell ``options.orders`` baskets."""
    from terminal.bootstrap import HomeSite

    home: Path = options.home
    site = HomeSite(home, payment_speed=PAYMENT_SPEED, synchronous=options.synchronous)
    _prepare(site, home, options.platform, options.code)
    equipment = site.open()
    try:
        _sell(equipment, options)
    finally:
        equipment.agent.stop()
        equipment.books.close()
        equipment.release()
    return 0


def _prepare(site: HomeSite, home: Path, url: str | None, code: str) -> None:
    """Enrol and seed an empty folder, at the given platform or at one that then goes away."""
    if site.is_enrolled() and site.is_loaded():
        site.complete_enrolment()
        return
    if url:
        _enrol(site, url, code)
        return
    with DemoPlatform(home / "platform") as platform:
        _enrol(site, platform.url, code)


def _enrol(site: HomeSite, platform_url: str, code: str) -> None:
    """Enrol, or go on where an enrolment was cut off."""
    if site.is_enrolled():
        site.complete_enrolment()
    else:
        site.enrol(platform_url, code)


def _sell(equipment: Equipment, options: argparse.Namespace) -> None:
    context = Context(
        books=equipment.books,
        catalogue=equipment.catalogue,
        clock=equipment.clock,
        secrets=equipment.secrets,
        sync=equipment.sync,
        profile=equipment.profile,
    )
    cases = make_use_cases(context, speed=PAYMENT_SPEED)
    driver = None
    if options.platform:
        equipment.agent.start(lambda _event: None)
        context.wake_sync = equipment.agent.wake
        driver = _InlineDriver(cases, equipment)
    cases.ranges.take_over()
    _sign_on(cases)
    if driver is not None:
        for order in cases.codes.resume():
            driver.settle(order)
    # The last run may have ended between the payment and its sale.
    cases.paying.finish(cases.ordering.basket.sale_intent)
    if cases.ordering.is_frozen():
        cases.ordering.suspend("in doubt")
    customers = random.Random(f"{options.seed}/{equipment.books.head()[0]}")
    goods = _goods(cases)
    for number in range(options.orders):
        if driver is not None and number and number % LEASE_EVERY == 0:
            _lease_numbers(cases, equipment)
        _serve(cases, customers, goods, driver)
        if number % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1:
            equipment.books.checkpoint()


def _lease_numbers(cases: UseCases, equipment: Equipment) -> None:
    """Ask for the next order numbers in time, as the desk does when it is idle.

    No counter sells as fast as this: the last numbers wait a moment for the platform.
    """
    deadline = time.monotonic() + LEASE_WAIT_S
    while True:
        for lease in cases.ranges.take_over():
            WaitingCalls(equipment.agent, longest_s=LEASE_WAIT_S).call("ranges.lease", lease)
            cases.ranges.take_over()
        left = sum(lease.left for lease in equipment.books.leases(ORDER))
        if left > LEASE_EVERY or time.monotonic() > deadline:
            return
        time.sleep(LOOK_S)


class _InlineDriver:
    """Settles payer-code attempts one after the other, with the real driver.

    It ends with each of them: the books are this thread's again when ``settle`` returns.
    """

    def __init__(self, cases: UseCases, equipment: Equipment) -> None:
        self._cases = cases
        self._calls = WaitingCalls(equipment.agent)

    def settle(self, order: Order, auth_code: str = "") -> None:
        """Drive one attempt until it is settled, or in doubt and asked about once more.

        One that came late is given back, as a supervisor would.
        """
        at_rest = threading.Event()
        steps: list[Order] = []

        def moved(step: Order) -> None:
            steps.append(step)
            if step.step.action == "person" or (PaymentDriver.is_at_rest(step) and len(steps) > 1):
                at_rest.set()

        driver = PaymentDriver(
            lambda work: work(self._cases.codes), self._calls, moved, speed=PAYMENT_SPEED
        )
        driver.start(order, auth_code)
        try:
            if not at_rest.wait(300):
                raise EnvironmentFault("payment.not_settled")
        finally:
            driver.stop()
        if steps[-1].step.action == "person":
            number, second = order.attempt.out_trade_no, SecondPerson(MANAGER, MANAGER_PIN)
            self.settle(self._cases.doubts.decide(number, second, accept=False))


def _sign_on(cases: UseCases) -> None:
    view = cases.session.view()
    if not view.outlet_open:
        cases.session.open_outlet(MANAGER, MANAGER_PIN)
    if not view.clerk_no:
        cases.session.sign_on(CLERK, PIN)
    elif view.locked:
        cases.session.unlock(PIN)


def _goods(cases: UseCases) -> list[str]:
    """What customers may buy here: quick keys and barcodes, sold by the piece."""
    rows = [*cases.search.favourites(), *cases.search.find("69", 100).rows]
    return [row.sku for row in rows if row.price_text and not row.weighed]


def _serve(
    cases: UseCases, customers: random.Random, goods: list[str], driver: _InlineDriver | None
) -> None:
    """One customer: goods, second thoughts, money."""
    for sku in customers.choices(goods, k=customers.randint(1, 6)):
        view = cases.ordering.add_item(sku, customers.randint(1, 3), source="script")
    if customers.random() < 0.1 and len(view.lines) > 1:
        view = cases.ordering.void_line(view.lines[0].line_id)
    if customers.random() < 0.05:
        basket_id = view.basket_id
        cases.ordering.suspend("soak")
        cases.ordering.recall(basket_id)
    form = cases.paying.begin()
    if driver is not None and customers.random() < CODE_SHARE:
        auth_code = f"13{customers.randrange(10**14):014d}{customers.randint(0, 79):02d}"
        driver.settle(cases.codes.arm(form.form_id, auth_code), auth_code)
        done = cases.paying.finish(form.form_id)
        if cases.ordering.is_frozen():
            cases.ordering.suspend("in doubt")
            return
    else:
        done = form
    if done.done is None:
        owed = Money.parse(done.cash_remaining_text)
        received = Money(-(-max(owed.fen, 1) // 1000) * 1000)
        done = cases.paying.tender_cash(form.form_id, received.text)
    sale = done.done
    if sale is None:
        raise BugError("soak.not_settled", {"remaining": done.remaining_text})
    total = Money.parse(sale.total_text).fen
    print(f"ACK {sale.order_no} {form.form_id} {total}", flush=True)
