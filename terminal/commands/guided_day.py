"""The guided business day: from enrolment to sign-off, by real keys on the real counter.

Plays beside the real platform and virtual devices; leaves ``screens/*.png``, ``slips/*.bin`` with
``*.png`` and ``summary.json``. Prints ``ACK <order number> <intent id> <total fen>`` when a sale
shows as paid and
``BASKET <lines> <total fen>`` when a line shows, for harnesses that kill it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.app.session_slip import session_totals
from terminal.commands.clerk_at_tills import ClerkAtTills
from terminal.commands.clerk_at_work import SENIOR, SENIOR_PIN, Stand
from terminal.commands.demo_platform import DemoPlatform
from terminal.domain.checks import gtin_check_digit
from terminal.domain.errors import OutletError

if TYPE_CHECKING:
    from devices.simulators.virtual_printer import VirtualPrinter
    from devices.simulators.virtual_scanner import VirtualScanner
    from terminal.app.desk import Desk
    from terminal.app.usecases import UseCases

MANAGER, MANAGER_PIN = "0301", "112233"
CLERK, CLERK_PIN = "0312", "246810"
DEMO_CODE = "DEMO-2026"
PAYMENT_SPEED = 0.1
SYNC_PACE = {"idle_s": 0.3, "feeds_s": 5.0, "base_s": 0.1, "cap_s": 1.0}

WATER, TEA, COLA, MILK = "6921168509256", "6921168593576", "6928804011173", "6907992100272"
NOODLES, SALT, DATES = "6920152400975", "6920181360936", "6940737300148"


def payer_code(behaviour: int) -> str:
    """A WeChat payer code of the sandbox; the last two digits choose what the channel does."""
    return f"1300000000000000{behaviour:02d}"


def weighed_label(plu: str, fen: int) -> str:
    """The barcode of the outlet's own scale: goods and price."""
    digits = f"21{plu}{fen:05d}"
    return digits + gtin_check_digit(digits)


class GuidedDay(ClerkAtTills):
    """One day."""

    _begun_after = 0

    def play(self) -> None:
        """The whole day, or what went before the step that does not come to its end."""
        try:
            self._play_every_step()
        except OutletError as error:
            self.findings.errors.append(str(error))
            self._picture("99-where-it-stopped")

    def _play_every_step(self) -> None:
        for step in (
            self.enrol,
            self.open_the_day,
            self.draw_float,
            self.sell_for_cash,
            self.sell_with_everything,
            self.pay_by_code,
            self.split_the_payment,
            self.survive_bad_payments,
            self.park_and_recall,
            self.sell_offline,
            self.come_back_online,
            self.look_back,
            self.lend_to_a_neighbour,
            self.cash_up,
            self.hand_in,
            self.close_the_day,
        ):
            step()

    def enrol(self) -> None:
        """A fresh machine becomes a terminal; one that is enrolled already goes on."""
        self._until(lambda: self._stage in ("enrolment", "sign_on"), "start screen")
        self._until(lambda: bool(self._face.face.core_state), "core")
        if self._stage != "enrolment":
            return
        self._hands.pause(800)
        self._picture("01-enrolment")
        self._hands.press("Ctrl+A")
        self._hands.write(self._stand.platform.url)
        self._hands.press("Tab")
        self._hands.write(DEMO_CODE)
        self._hands.press("Return")
        self._until(lambda: self._stage == "sign_on", "enrolled", timeout_s=60)

    def open_the_day(self) -> None:
        """Outlet sign-on by the branch manager, clerk sign-on, both with number and PIN."""
        self._until(lambda: self._face.face.core_state == "ready", "counter open", timeout_s=60)
        self._begun_after = self._ask(_last_sign_off)
        card = {"outlet", "clerk", "unlock", "working"}
        self._until(lambda: self._face.face.signOn.mode in card, "sign-on card")
        view = self._ask(lambda cases: cases.session.view())
        if not view.outlet_open:
            self._picture("02-outlet-sign-on")
            self._identify(MANAGER, MANAGER_PIN)
            self._until(lambda: self._face.face.signOn.mode != "outlet", "outlet card answered")
            if self._face.face.signOn.mode == "reopen":
                # This very day was signed off before: two people open it again.
                self._identify(SENIOR, SENIOR_PIN)
            self._until(self._fact(lambda cases: cases.session.view().outlet_open), "outlet open")
        if self._ask(lambda cases: bool(cases.session.view().clerk_no)):
            self._hands.write(CLERK_PIN)
            self._hands.press("Return")
        else:
            self._picture("03-clerk-sign-on")
            self._identify(CLERK, CLERK_PIN)
        self._until(lambda: self._stage == "counter", "counter")
        self._finish_what_was_open()

    def sell_for_cash(self) -> None:
        """Scan three things, take a hundred, give change."""
        self._picture("04-counter-empty")
        self._scan(WATER)
        self._scan(TEA)
        self._scan(WATER)
        self._serial(COLA)
        self._picture("05-basket")
        self._pay()
        self._picture("06-payment")
        self._take_cash("100")
        self._picture("07-change")
        # Enter closes the change once nobody can have pressed it twice by mistake.
        self._hands.pause(1300)
        self._next_customer("Return")

    def sell_with_everything(self) -> None:
        """Search, quantity, weighed goods, void, member level, price change by a second person."""
        self._hands.write("nfsq")
        self._hands.pause(300)
        self._picture("08-search")
        self._add_found()
        self._hands.press("*")
        self._hands.pause(200)
        self._hands.write("6")
        self._hands.press("Return")
        self._until(lambda: self._quantity_of(0) == 6, "six bottles")
        self._scan(weighed_label("00101", 1580))
        self._scan(MILK)
        self._scan(SALT)
        self._hands.press("Del")
        self._until(lambda: self._lines() == 3, "line void")
        self._price_override("1.50", "包装破损")
        self._picture("10-everything")
        self._pay()
        self._take_exact()
        self._next_customer()

    def pay_by_code(self) -> None:
        """A gold member shows a payer code; it is scanned wherever the focus is."""
        self._scan(NOODLES)
        self._scan(DATES)
        self._hands.press("F7")
        self._hands.pause(300)
        for _ in range(2):
            self._hands.press("Down")
        self._picture("10b-member-level")
        self._hands.press("Return")
        self._until(lambda: self._basket().member_level == "gold", "member level")
        self._pay()
        self._hands.scan(payer_code(1))
        self._until(self._is_done, "paid by code")
        self._picture("11-paid-by-code")
        self._acknowledge()
        self._next_customer()

    def split_the_payment(self) -> None:
        """Some cash, the rest by code."""
        self._scan(DATES)
        self._scan(COLA)
        self._pay()
        self._hands.write("5")
        self._hands.press("Return")
        self._until(lambda: self._basket().cash_parts != (), "cash part")
        self._picture("12-split")
        self._hands.scan(payer_code(2))
        self._until(self._is_done, "split paid")
        self._acknowledge()
        self._next_customer()

    def survive_bad_payments(self) -> None:
        """Refused, then unknown and reversed, then cash: charged once and never twice."""
        self._scan(TEA)
        self._scan(TEA)
        self._pay()
        self._hands.scan(payer_code(80))
        self._until(lambda: self._attempt_state() == "failed", "refused")
        self._picture("13-code-refused")
        self._hands.scan(payer_code(98))
        self._until(lambda: self._attempt_state() == "unknown", "unknown")
        self._picture("14-code-unknown")
        self._until(lambda: self._attempt_state() == "reversed", "reversed", timeout_s=60)
        self._picture("15-code-reversed")
        self._take_exact()
        self._next_customer()

    def park_and_recall(self) -> None:
        """Park a basket, serve somebody else, bring it back."""
        self._scan(NOODLES)
        self._hands.press("F2")
        self._until(lambda: self._lines() == 0, "parked")
        self._scan(SALT)
        self._pay()
        self._take_exact()
        self._next_customer()
        self._hands.press("Ctrl+R")
        self._hands.pause(400)
        self._picture("16-parked")
        self._hands.press("Return")
        self._until(lambda: self._lines() == 1, "recalled")
        self._pay()
        self._take_exact()
        self._next_customer()

    def sell_offline(self) -> None:
        """The network goes; cash sales go on and wait in the queue."""
        self._stand.platform.dial({"offline": True})
        self._until(lambda: not self._queue().online, "offline", timeout_s=30)
        for code in (WATER, COLA, MILK):
            self._scan(code)
            self._pay()
            self._take_exact()
            self._next_customer()
            self._measure_queue()
        self._picture("17-offline")
        self._hands.press("F5")
        self._hands.pause(500)
        self._picture("18-queue-waiting")
        self._hands.press("Esc")

    def come_back_online(self) -> None:
        """The network is back: everything is confirmed by the platform's signature."""
        self._stand.platform.dial({"offline": False})
        self._until(lambda: self._queue().waiting == 0, "all confirmed", timeout_s=60)
        self._hands.press("F5")
        self._hands.pause(700)
        self._picture("19-queue-confirmed")
        self._hands.press("Esc")

    def look_back(self) -> None:
        """Last transaction, reprint, settings, and the screen in large print, dark and contrast."""
        self._hands.press("Ctrl+L")
        self._hands.pause(500)
        self._picture("20-last-transaction")
        printed = len(self._stand.printer.slips)
        self._hands.press("Ctrl+P")
        self._until(lambda: len(self._stand.printer.slips) > printed, "reprint")
        self._hands.press("Esc")
        self._hands.press("F9")
        self._hands.pause(500)
        self._picture("21-settings")
        self._hands.press("Esc")

    def cash_up(self) -> None:
        """Count the till blind, half a yuan short; take it over, have it verified, close it."""
        self._hands.press("Ctrl+G")
        self._until(lambda: bool(self._cash_up_step()), "the cash-up")
        if self._cash_up_step() == "count":
            self._count_the_till()
        if self._cash_up_step() == "difference":
            self._hands.pause(400)
            self._picture("22-cash-up-difference")
            self._hands.press("F12")
            self._until(lambda: self._cash_up_step() == "verify", "taken over")
        if self._cash_up_step() == "verify":
            self._hands.pause(300)
            self._verify_the_till()
        self._hands.pause(300)
        self._picture("22-cash-up-hand-over")
        self._hands.press("F11")
        self._until(self._fact(lambda cases: not cases.cash_ups.due()), "cashed up")

    def close_the_day(self) -> None:
        """Clerk sign-off, outlet sign-off, and the last entries confirmed."""
        self._hands.press("F6")
        self._hands.pause(400)
        self._picture("22-sign-off")
        self._hands.press("Return")
        self._until(self._fact(lambda cases: not cases.session.view().clerk_no), "clerk off")
        self._until(lambda: self._stage == "sign_on", "sign-on screen")
        self._until(lambda: self._queue().waiting == 0, "clerk's entries confirmed", timeout_s=60)
        for key in ("Tab", "Tab", "Tab", "Return"):
            self._hands.press(key)
        self._until(lambda: self._face.face.signOn.mode == "close", "closing the outlet")
        self._until(lambda: not self._face.face.signOn.queueWarning, "nothing waits")
        self._hands.pause(400)
        self._picture("23-outlet-sign-off")
        self._identify(MANAGER, MANAGER_PIN)
        self._until(self._fact(lambda cases: not cases.session.view().outlet_open), "outlet off")
        self._until(lambda: self._queue().waiting == 0, "day confirmed", timeout_s=60)
        self._until(self._fact(_nothing_to_print), "all slips printed", timeout_s=60)
        self._picture("24-closed")

    def summary(self) -> dict[str, Any]:
        """The day in figures, from the books; an earlier day in them is not counted again."""
        try:
            return self._ask(self._summarise)
        except OutletError as error:
            self.findings.errors.append(str(error))
            return {"errors": self.findings.errors}

    def _summarise(self, cases: UseCases) -> dict[str, Any]:
        books = cases.context.books
        head, _ = books.head()
        entries = books.entries(limit=max(1, head - self._begun_after))
        totals = session_totals(entries, confirmed_seq=head)
        confirmed = cases.queue.summary().confirmed_seq
        return {
            "orders": totals.orders,
            "tenders": dict(totals.tenders),
            "total_fen": totals.sold_fen,
            "journal_head": head,
            "confirmed_head": confirmed,
            "max_queue_offline": self.findings.max_queue_offline,
            "uploaded": max(0, confirmed - self._begun_after),
            "errors": self.findings.errors,
        }


def _last_sign_off(cases: UseCases) -> int:
    """Number of the entry that closed an earlier day, 0 when there is none."""
    books = cases.context.books
    entries = books.entries(limit=max(1, books.head()[0]))
    return next((entry.seq for entry in entries if entry.kind == "outlet.signed_off"), 0)


def _nothing_to_print(cases: UseCases) -> bool:
    return all(job.state == "printed" for job in cases.context.books.print_jobs(limit=200))


def _desk_at(home: Path, language: str) -> Desk:
    from terminal.app.desk import Desk
    from terminal.commands.speaking_site import SpeakingSite

    return Desk(SpeakingSite(home, language, payment_speed=PAYMENT_SPEED, sync_pace=SYNC_PACE))


def play(
    home: Path,
    platform: DemoPlatform,
    printer: VirtualPrinter,
    scanner: VirtualScanner,
    out: Path,
    size: tuple[int, int],
    language: str,
) -> int:
    """Play the day and write ``summary.json``.

    Args:
        home: the terminal's folder.
        platform: the platform it talks to.
        printer: the printer it prints on.
        scanner: the serial scanner in the clerk's hand.
        out: folder for what the day leaves behind.
        size: window size in pixels.
        language: language of screens and slips; "" for what the terminal has kept.

    Returns:
        0 when the day went through, 1 when a step did not come to its end.
    """
    from ui.hands import Complaints, Hands
    from ui.main import CounterFace
    from ui.start import FaceOptions, make_application

    app = make_application()
    with Complaints() as complaints:
        options = FaceOptions(width=size[0], height=size[1], language=language)
        face = CounterFace(lambda: _desk_at(home, language), options)
        day = GuidedDay(Stand(face, Hands(face.window), platform, printer, scanner, out))
        day.play()
        day.findings.errors.extend(complaints.texts)
        summary = day.summary()
        face.close()
        app.processEvents()
    (out / "summary.json").write_text(json.dumps(summary, indent=2), encoding="utf-8")
    print(json.dumps(summary), flush=True)
    return 1 if summary["errors"] else 0
