"""The desk: one counter at work. Owns the store thread and everything that runs beside it.

Faces, the guided day and the soak all sell through this one class. Source: architecture.md §5.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from terminal.app.approval_driver import ApprovalDriver
from terminal.app.booking import Booking
from terminal.app.calls import WaitingCalls
from terminal.app.carrying import Carrying
from terminal.app.charges import Charges
from terminal.app.code_payments import Order
from terminal.app.context import Context
from terminal.app.day_comparison import compare_day
from terminal.app.device_board import DeviceBoard
from terminal.app.equipment import Equipment as Equipment
from terminal.app.equipment import Site, context_of
from terminal.app.hardware import Hardware
from terminal.app.payment_driver import PaymentDriver
from terminal.app.payment_roads import PaymentRoads
from terminal.app.recovery import Recovering
from terminal.app.refund_driver import RefundDriver
from terminal.app.spooler import Spooler
from terminal.app.usecases import UseCases, make_use_cases
from terminal.domain.comparison import Compared
from terminal.domain.errors import BugError, OutletError, unexpected
from terminal.ports.books import PrintJob
from terminal.ports.printer import Printer

T = TypeVar("T")
HOUSEKEEPING_S = 3.0


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """Something happened that a face may want to show; kinds as listed at ``Desk``."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


class Desk:
    """One counter. Construct, ``on_event``, ``start``; callbacks come on other threads.

    Events: ``ready``, ``not_enrolled``, ``failed`` {code, params}, ``sync`` {status fields},
    ``catalogue``, ``scan`` {text, source}, ``weight`` {}, ``print`` {job_id, order_no, state,
    reason}, ``device`` {device, state, detail}, ``refund`` {}, ``approvals`` {}, ``payment``
    {out_trade_no, basket_id, state, action, seconds}; ``sold`` and ``unbooked`` as in
    ``terminal.app.booking.Booking``.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._store = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._listeners: list[Callable[[DeskEvent], None]] = []
        self._cases: UseCases | None = None
        self._equipment: Equipment | None = None
        self._spooler: Spooler | None = None
        self._driver: PaymentDriver | None = None
        self._charges: Charges | None = None
        self._refund_driver: RefundDriver | None = None
        self._approval_driver: ApprovalDriver | None = None
        self._calls: WaitingCalls | None = None
        self._carrying: Carrying | None = None
        self._booking = Booking(self.submit, self._emit)
        self._board = DeviceBoard(lambda data: self._emit("device", data))
        self._hardware = Hardware(self._board, self._emit)
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_house, name="housekeeping", daemon=True)

    def on_event(self, listener: Callable[[DeskEvent], None]) -> None:
        """Hear what happens.

        Any thread; the listener is called on many threads and must return at once.
        """
        self._listeners.append(listener)

    def start(self) -> None:
        """Open the counter in the background; ends in ``ready``, ``not_enrolled`` or ``failed``.

        After the latter two nothing is held open, and it may be started again.
        """
        self._store.submit(self._open)

    def submit(
        self,
        work: Callable[[UseCases], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[OutletError], None] | None = None,
    ) -> None:
        """Run a use case on the store thread; ``done`` or ``failed`` hears the result there."""
        self._store.submit(self._run, work, done, failed)

    def ask(self, work: Callable[[UseCases], T]) -> T:
        """Run a use case on the store thread and wait; never call it there or on the UI thread.

        Raises:
            OutletError: what the use case raised.
        """
        return self._store.submit(lambda: work(self._open_cases())).result()

    def enrol(
        self,
        platform_url: str,
        code: str,
        done: Callable[[None], None] | None = None,
        failed: Callable[[OutletError], None] | None = None,
    ) -> None:
        """Enrol this terminal on a thread of its own, then open the counter."""
        threading.Thread(
            target=self._enrol, args=(platform_url, code, done, failed), name="enrol", daemon=True
        ).start()

    @property
    def charges(self) -> Charges:
        """Payments that a channel decides about; brings its own threads.

        Raises:
            BugError: ``desk.not_open``.
        """
        return _opened(self._charges)

    def compare_day(
        self, done: Callable[[Compared], None], failed: Callable[[OutletError], None]
    ) -> None:
        """Compare the day's books with the platform's; brings its own thread."""
        compare_day(self.ask, _opened(self._calls), done, failed)

    @property
    def refunds(self) -> RefundDriver:
        """Giving goods and money back; brings its own thread."""
        return _opened(self._refund_driver)

    @property
    def approvals(self) -> ApprovalDriver:
        """Second persons at other counters; brings its own threads."""
        return _opened(self._approval_driver)

    @property
    def carrying(self) -> Carrying:
        """Sticks and what goes over them; brings its own thread."""
        return _opened(self._carrying)

    def wake_sync(self) -> None:
        """Upload now."""
        if self._equipment is not None:
            self._equipment.agent.wake()

    def stop(self) -> None:
        """Close the counter; what was under way is found again at the next start."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join(timeout=5)
        # Opening may still be under way: only after it is known what there is to stop.
        self._store.submit(lambda: None).result()
        if self._equipment is not None:
            self._stop_beside(self._equipment)
        self._store.submit(self._close).result()
        self._store.shutdown()

    def _stop_beside(self, equipment: Equipment) -> None:
        self._hardware.stop()
        equipment.agent.stop()
        if self._driver is not None:
            self._driver.stop()
        if self._refund_driver is not None:
            self._refund_driver.stop()
        if self._approval_driver is not None:
            self._approval_driver.stop()
        if self._spooler is not None:
            self._spooler.stop()

    def _close(self) -> None:
        if self._equipment is not None:
            _let_go(self._equipment)

    def _open(self) -> None:
        try:
            if not self._site.is_enrolled():
                self._emit("not_enrolled", {})
                return
            equipment = self._site.open()
            try:
                self._assemble(equipment)
            except Exception:
                if self._equipment is None:
                    _let_go(equipment)
                raise
        except OutletError as error:
            self._tell_failed(error)
        except Exception as error:  # a bug of ours must reach the screen, not leave it waiting
            self._tell_failed(unexpected(error))
            raise
        else:
            self._emit("ready", {})

    def _tell_failed(self, error: OutletError) -> None:
        self._emit("failed", {"code": error.code, "params": error.params, "hint": error.hint})

    def _assemble(self, equipment: Equipment) -> None:
        """First all that the books may refuse, so that nothing runs beside them yet if they do."""
        context = context_of(equipment)
        # Before anything remembers what the old books said.
        Recovering(context).take_over()
        cases = make_use_cases(
            context, self._board.views, self._hardware.pan, speed=equipment.payment_speed
        )
        context.signed.take_over()
        cases.training.finish()
        wanted = cases.ranges.take_over()
        orders = cases.codes.resume()
        cases.refunding.resume()
        self._cases, self._equipment = cases, equipment
        self._calls = WaitingCalls(equipment.agent)
        self._carrying = Carrying(self._calls, equipment.media, equipment.exports)
        roads = PaymentRoads(self._calls, equipment.card_terminal)
        self._driver = PaymentDriver(
            lambda work: self.ask(lambda cases: work(cases.codes)),
            roads,
            self._payment_moved,
            speed=equipment.payment_speed,
        )
        self._charges = Charges(self.submit, self._driver, roads)
        self._refund_driver = RefundDriver(
            self, roads, lambda: self._emit("refund", {}), speed=equipment.payment_speed
        )
        self._approval_driver = ApprovalDriver(
            self, self._calls, lambda: self._emit("approvals", {}), speed=equipment.payment_speed
        )
        if equipment.printer is not None:
            self._start_printing(equipment, equipment.printer, context)
        self._hardware.start(equipment)
        equipment.agent.start(self._agent_says)
        self._ask_for_numbers(wanted)
        self._charges.drive(orders)
        self._refund_driver.start()
        self._approval_driver.start()
        # The last run may have ended between the payment and its sale.
        self._booking.book(cases.ordering.basket.basket_id)
        self._keeper.start()

    def _start_printing(self, equipment: Equipment, printer: Printer, context: Context) -> None:
        at = equipment.addresses.get("printer", "")
        self._board.add("printer", "receipt_printer", model=printer.profile.name, address=at)
        self._spooler = Spooler(
            self._ask_core,
            printer,
            equipment.encoder,
            self._printed,
        )
        context.wake_printing = self._spooler.wake
        self._spooler.start()

    def _ask_core(self, work: Callable[[Context], T], /) -> T:
        return self.ask(lambda cases: work(cases.context))

    def _run(
        self,
        work: Callable[[UseCases], T],
        done: Callable[[T], None] | None,
        failed: Callable[[OutletError], None] | None,
    ) -> None:
        try:
            cases = self._open_cases()
            result = work(cases)
        except OutletError as error:
            if failed is not None:
                failed(error)
        except Exception as error:  # a bug of ours must reach the screen, not end the store thread
            if failed is not None:
                failed(unexpected(error))
            raise
        else:
            if done is not None:
                done(result)
            self._hardware.customer.follow(result)
            self._settle(cases, failed)

    @staticmethod
    def _settle(cases: UseCases, failed: Callable[[OutletError], None] | None) -> None:
        """The screen has its answer: now what it shows may wait for the disk."""
        try:
            cases.context.books.settle()
        except OutletError as error:
            if failed is not None:
                failed(error)

    def _open_cases(self) -> UseCases:
        return _opened(self._cases)

    def _enrol(
        self,
        platform_url: str,
        code: str,
        done: Callable[[None], None] | None,
        failed: Callable[[OutletError], None] | None,
    ) -> None:
        try:
            self._site.enrol(platform_url, code)
        except OutletError as error:
            if failed is not None:
                failed(error)
            return
        if done is not None:
            done(None)
        self.start()

    def _payment_moved(self, order: Order) -> None:
        """A step of an attempt is on disk; a confirmed one may complete its sale."""
        attempt, step = order.attempt, order.step
        if attempt.state == "paid":
            self._booking.book(attempt.basket_id)
        self._emit(
            "payment",
            {
                "out_trade_no": attempt.out_trade_no,
                "basket_id": attempt.basket_id,
                "state": attempt.state,
                "action": step.action,
                "seconds": round(step.delay_s),
                "code": attempt.code,
            },
        )

    def _printed(self, job: PrintJob, state: str, reason: str) -> None:
        self._board.set("printer", "enabled" if state == "printed" else "error", reason)
        self._emit(
            "print",
            {"job_id": job.job_id, "order_no": job.order_no, "state": state, "reason": reason},
        )

    def _agent_says(self, event: Mapping[str, Any]) -> None:
        if event.get("event") == "changed":
            self._emit("catalogue", {"flags": list(event.get("flags", ()))})
        elif event.get("event") == "status":
            if event.get("recovering"):
                self.submit(self._catch_up)
            self._emit("sync", dict(event))

    def _ask_for_numbers(self, wanted: Iterable[Mapping[str, Any]]) -> None:
        if self._equipment is not None:
            for lease in wanted:
                # The answer reaches the books through sync.db at the next look.
                self._equipment.agent.call("ranges.lease", lease, lambda _reply: None)

    def _keep_house(self) -> None:
        """Checkpoint when idle and take over new number ranges; never inside a commit."""
        while not self._stopping.wait(HOUSEKEEPING_S):
            self.submit(self._tidy)
            self._booking.again()

    def _tidy(self, cases: UseCases) -> None:
        if self._equipment is not None:
            self._equipment.books.checkpoint()
        self._catch_up(cases)
        cases.context.signed.take_over()
        self._ask_for_numbers(cases.ranges.take_over())
        if cases.keeping is not None:
            cases.keeping.tidy()

    def _catch_up(self, cases: UseCases) -> None:
        """Bring old books up to date as soon as the agent has what they lack."""
        if cases.catch_up() is not None:
            self.charges.drive(cases.codes.resume())
            self.wake_sync()
            self._emit("ready", {})

    def _emit(self, kind: str, data: Mapping[str, Any]) -> None:
        for listener in tuple(self._listeners):
            listener(DeskEvent(kind, data))


def _opened(part: T | None) -> T:
    if part is None:
        raise BugError("desk.not_open")
    return part


def _let_go(equipment: Equipment) -> None:
    equipment.books.close()
    equipment.release()
