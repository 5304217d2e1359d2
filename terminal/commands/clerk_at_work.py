"""A clerk at work: what her hands do at the counter and what her eyes wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from terminal.commands.demo_platform import DemoPlatform
from terminal.domain.cash_count import DENOMINATIONS_FEN, RARE_FEN
from terminal.domain.errors import BugError

if TYPE_CHECKING:
    from devices.simulators.virtual_printer import VirtualPrinter
    from devices.simulators.virtual_scanner import VirtualScanner
    from terminal.app.usecases import UseCases
    from ui.hands import Hands
    from ui.main import CounterFace

T = TypeVar("T")

SENIOR, SENIOR_PIN = "0315", "135790"
SHORT_FEN = 50
"""What the till of the guided day lacks in the evening."""


def _in_the_till(cases: UseCases) -> int:
    return cases.context.books.ledger.balance(f"cash:{cases.context.profile.till_id}")


@dataclass(slots=True)
class Findings:
    """What the day found out on its way."""

    max_queue_offline: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the clerk works: her screen, and what stands around it.

    Args:
        face: the counter's window.
        hands: press its keys.
        platform: the platform it talks to.
        printer: the printer it prints on.
        scanner: the serial scanner in the clerk's hand.
        out: folder for what the day leaves behind.
    """

    face: CounterFace
    hands: Hands
    platform: DemoPlatform
    printer: VirtualPrinter
    scanner: VirtualScanner
    out: Path


class ClerkAtWork:
    """Every action waits for what a person would wait for: what the screen shows."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._face = stand.face
        self._hands = stand.hands
        self.findings = Findings()

    def _identify(self, number: str, pin: str) -> None:
        self._hands.write(number)
        self._hands.press("Tab")
        self._hands.write(pin)
        self._hands.press("Return")

    def _scan(self, code: str) -> None:
        before = self._basket().total
        self._hands.scan(code)
        self._until(lambda: self._basket().total != before, f"line of {code}")
        self._say_basket()

    def _serial(self, code: str) -> None:
        before = self._basket().total
        self._stand.scanner.send(code)
        self._until(lambda: self._basket().total != before, f"serial {code}")
        self._say_basket()

    def _add_found(self) -> None:
        before = self._lines()
        self._hands.press("Return")
        self._until(lambda: self._lines() > before, "found item")

    def _price_override(self, price: str, reason: str) -> None:
        before = self._basket().total
        self._hands.press("F8")
        self._hands.pause(300)
        for text in (price, reason, SENIOR):
            self._hands.write(text)
            self._hands.press("Tab")
        self._hands.write(SENIOR_PIN)
        self._picture("09-price-override")
        self._hands.press("Return")
        self._until(lambda: self._basket().total != before, "price changed")

    def _pay(self) -> None:
        self._hands.press("F12")
        self._until(lambda: self._payment().open and not self._payment().done, "payment form")

    def _take_cash(self, received: str) -> None:
        self._hands.write(received)
        self._hands.press("Return")
        self._until(self._is_done, "paid in cash")
        self._acknowledge()

    def _take_exact(self) -> None:
        self._hands.press("F11")
        self._until(self._is_done, "paid exactly")
        self._acknowledge()

    def _acknowledge(self) -> None:
        order = self._ask(lambda cases: cases.context.books.last_order())
        if order is None:
            raise BugError("guided_day.no_order")
        print(f"ACK {order.order_no} {order.intent_id} {order.total_fen}", flush=True)

    def _next_customer(self, key: str = "Esc") -> None:
        self._hands.press(key)
        self._until(lambda: not self._payment().open and self._lines() == 0, "next customer")

    def _cash_up_step(self) -> str:
        pane = self._face.face.counter_pane
        return str(pane.cashUp.step) if pane is not None and pane.page == "cash_up" else ""

    def _count_the_till(self) -> None:
        """Type the pieces of what is there, half a yuan less, and commit."""
        held = self._ask(_in_the_till)
        left = max(0, held - SHORT_FEN)
        self._hands.pause(300)
        self._picture("22-cash-up-count")
        for note in DENOMINATIONS_FEN:
            if note not in RARE_FEN:
                pieces, left = divmod(left, note)
                self._hands.write(str(pieces))
                self._hands.press("Return")
        self._hands.pause(200)
        self._hands.press("Return")
        self._until(lambda: self._cash_up_step() == "difference", "counted")

    def _verify_the_till(self) -> None:
        for text in (SENIOR, SENIOR_PIN):
            self._hands.write(text)
            self._hands.press("Return")
        self._until(lambda: self._cash_up_step() == "hand_over", "verified")

    def _finish_what_was_open(self) -> None:
        """After a crash: settle what the last run left behind, so that the day can go on."""
        self._until(
            self._fact(lambda cases: not cases.paying.open_attempts()), "no doubts", timeout_s=60
        )
        basket = self._basket()
        print(f"FOUND {len(basket.lines)} {basket.total.fen}", flush=True)
        if basket.lines:
            self._pay()
            self._take_exact()
            self._next_customer()

    @property
    def _stage(self) -> str:
        stage: str = self._face.face.stage
        return stage

    def _payment(self) -> Any:
        pane = self._face.face.counter_pane
        if pane is None:
            raise BugError("guided_day.no_counter")
        return pane.payment

    def _is_done(self) -> bool:
        return bool(self._payment().done)

    def _attempt_state(self) -> str:
        view = self._ask(lambda cases: cases.codes.latest_of(cases.ordering.basket))
        return view.state if view else ""

    def _basket(self) -> Any:
        return self._ask(lambda cases: cases.ordering.basket)

    def _lines(self) -> int:
        return len(self._basket().lines)

    def _quantity_of(self, index: int) -> int:
        lines = self._basket().lines
        return int(lines[index].quantity) if index < len(lines) else 0

    def _queue(self) -> Any:
        return self._ask(lambda cases: cases.queue.summary())

    def _measure_queue(self) -> None:
        waiting = self._queue().waiting
        self.findings.max_queue_offline = max(self.findings.max_queue_offline, waiting)

    def _say_basket(self) -> None:
        basket = self._basket()
        print(f"BASKET {len(basket.lines)} {basket.total.fen}", flush=True)

    def _fact(self, question: Callable[[UseCases], bool]) -> Callable[[], bool]:
        return lambda: self._ask(question)

    def _ask(self, work: Callable[[UseCases], T]) -> T:
        desk = self._face.face.operations.desk
        if desk is None:
            raise BugError("guided_day.no_desk")
        return desk.ask(work)

    def _until(self, condition: Callable[[], bool], what: str, *, timeout_s: float = 20) -> None:
        self._hands.until(condition, what, timeout_s=timeout_s)

    def _picture(self, name: str) -> None:
        file = self._stand.out / "screens" / f"{name}.png"
        self._hands.picture(file)
