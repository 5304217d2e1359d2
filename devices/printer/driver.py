"""The driver of ESC/POS printers: asks before it prints, believes only what they confirm."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.printer.escpos import INITIALISE, drawer_command
from devices.printer.status import (
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    ASK_WORKED_OFF,
    REPORT_CHANGES,
    REPORT_NOTHING,
    Answer,
    AnswerParser,
    RealTimeAnswer,
    StatusBack,
    WorkedOff,
    cover_of,
    drawer_of,
    paper_of,
    trouble_of,
    trouble_of_status_back,
)
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.ports.printer import (
    DeviceState,
    PrinterProfile,
    PrinterStatus,
    PrintOutcome,
    PrintResult,
)

NEAR_END = "printer.paper_near_end"
PRINTED = PrintResult(PrintOutcome.PRINTED)


@dataclass(frozen=True, slots=True)
class PrinterTiming:
    """How long the driver waits, in seconds.

    Args:
        answer_s: for the answer to one status request.
        finish_s: for the end of a job, from its last byte.
        drawer_s: for the drawer command to be taken.
    """

    answer_s: float = 0.8
    finish_s: float = 12.0
    drawer_s: float = 2.0


class EscposPrinter:
    """One ESC/POS printer; the ``Printer`` port.

    A new printer is ``OPENED`` by ``open``, ``CLAIMED`` by one owner and ``ENABLED`` for printing.

    Thread rule: see ``Printer``; callers are serialised by a lock, so a status request waits for a
    running job.

    Args:
        link: the way to the printer; connected when needed and dropped after a fault.
        profile: what the printer can do.
        timing: time limits.
    """

    def __init__(
        self, link: Link, profile: PrinterProfile, timing: PrinterTiming = PrinterTiming()
    ) -> None:
        self._link = link
        self._profile = profile
        self._timing = timing
        self._lock = threading.RLock()
        self._state = DeviceState.CLOSED
        self._owner = ""
        self._parser = AnswerParser()
        self._answers: deque[Answer] = deque()

    @property
    def profile(self) -> PrinterProfile:
        """Capabilities of the printer."""
        return self._profile

    @property
    def state(self) -> DeviceState:
        """Life of the device as last known."""
        return self._state

    def open(self) -> None:
        """Make the printer known to the program; does not touch the device."""
        with self._lock:
            if self._state is DeviceState.CLOSED:
                self._state = DeviceState.OPENED

    def claim(self, owner: str) -> None:
        """Take the printer for one owner.

        Raises:
            UserError: ``printer.claimed`` with ``owner`` while another holds it,
                ``printer.closed``.
        """
        with self._lock:
            if self._state is DeviceState.CLOSED:
                raise UserError("printer.closed")
            if self._owner not in ("", owner):
                raise UserError("printer.claimed", {"owner": self._owner})
            self._owner = owner
            if self._state is DeviceState.OPENED:
                self._state = DeviceState.CLAIMED

    def enable(self) -> PrinterStatus:
        """Let the owner print from now on and say how the printer is.

        Raises:
            UserError: ``printer.not_claimed``.
        """
        with self._lock:
            if not self._owner:
                raise UserError("printer.not_claimed")
            self._state = DeviceState.ENABLED
            return self.status()

    def disable(self) -> None:
        """Stop printing but stay the owner."""
        with self._lock:
            if self._owner:
                self._disconnect()
                self._state = DeviceState.CLAIMED

    def release(self, owner: str) -> None:
        """Give the claim back; ignored when another owner holds it."""
        with self._lock:
            if self._owner == owner:
                self.disable()
                self._owner = ""
                self._state = DeviceState.OPENED

    def close(self) -> None:
        """See ``Printer.close``."""
        with self._lock:
            self._disconnect()
            self._owner = ""
            self._state = DeviceState.CLOSED

    def status(self) -> PrinterStatus:
        """See ``Printer.status``."""
        with self._lock:
            if not self._may_print():
                return PrinterStatus(self._state, code="printer.not_enabled")
            try:
                return self._ask_status()
            except EnvironmentFault as fault:
                return self._gone(fault.code)

    def print_job(self, payload: bytes) -> PrintResult:
        """See ``Printer.print_job``.

        Source: the method of receiptio, status first, then the job, then GS r 1 as its last word.
        """
        with self._lock:
            status = self.status()
            if status.code not in ("", NEAR_END):
                return PrintResult(PrintOutcome.REFUSED, status.code)
            try:
                if not self._profile.answers_status:
                    self._link.write(payload)
                    return PrintResult(PrintOutcome.UNCONFIRMED, "printer.silent")
                return self._print_confirmed(payload)
            except EnvironmentFault as fault:
                self._gone(fault.code)
                return PrintResult(PrintOutcome.UNCONFIRMED, fault.code)

    def open_drawer(self) -> PrintResult:
        """See ``Printer.open_drawer``."""
        with self._lock:
            status = self.status()
            if status.state is not DeviceState.ENABLED:
                return PrintResult(PrintOutcome.REFUSED, status.code)
            try:
                self._link.write(drawer_command(self._profile.drawer_pin))
                if not self._profile.answers_status:
                    return PrintResult(PrintOutcome.UNCONFIRMED, "printer.silent")
                self._link.write(ASK_WORKED_OFF)
                return self._wait_worked_off(self._timing.drawer_s)
            except EnvironmentFault as fault:
                self._gone(fault.code)
                return PrintResult(PrintOutcome.UNCONFIRMED, fault.code)

    def _may_print(self) -> bool:
        return self._state in (DeviceState.ENABLED, DeviceState.ERROR, DeviceState.OFFLINE)

    def _gone(self, code: str) -> PrinterStatus:
        """The printer does not answer: nothing is known of it any more."""
        self._disconnect()
        self._state = DeviceState.OFFLINE
        return PrinterStatus(self._state, code=code)

    def _disconnect(self) -> None:
        """Close the link and forget what was half heard."""
        self._link.close()
        self._parser = AnswerParser()
        self._answers.clear()

    def _ask_status(self) -> PrinterStatus:
        if not self._profile.answers_status:
            self._link.open()
            self._state = DeviceState.ENABLED
            return PrinterStatus(self._state)
        offline_cause = self._first_answer()
        paper_bits = self._ask(ASK_PAPER)
        printer_bits = self._ask(ASK_PRINTER)
        cover = cover_of(offline_cause)
        paper = paper_of(paper_bits, offline_cause, self._profile)
        code = trouble_of(cover, paper, offline_cause, printer_bits)
        self._state = DeviceState.ENABLED if code in ("", NEAR_END) else DeviceState.ERROR
        drawer = drawer_of(printer_bits, self._profile)
        return PrinterStatus(self._state, paper, cover, drawer, code)

    def _first_answer(self) -> int:
        """Connect and ask; a kept connection may have died, so a second try is a fresh one."""
        try:
            self._link.open()
            return self._ask(ASK_OFFLINE_CAUSE)
        except EnvironmentFault as fault:
            if fault.code != "printer.connection_lost":
                raise
            self._disconnect()
            self._link.open()
            return self._ask(ASK_OFFLINE_CAUSE)

    def _ask(self, request: bytes) -> int:
        """The validated byte that answers a DLE EOT request.

        Raises:
            EnvironmentFault: ``printer.silent`` when none comes in time.
        """
        self._answers.clear()
        self._link.write(request)
        answer = self._wait(lambda item: isinstance(item, RealTimeAnswer), self._timing.answer_s)
        if not isinstance(answer, RealTimeAnswer):
            raise EnvironmentFault("printer.silent")
        return answer.bits

    def _print_confirmed(self, payload: bytes) -> PrintResult:
        self._link.write(INITIALISE + REPORT_CHANGES)
        ready = self._wait(lambda item: isinstance(item, StatusBack), self._timing.answer_s)
        if isinstance(ready, StatusBack) and (code := trouble_of_status_back(ready)):
            return PrintResult(PrintOutcome.REFUSED, code)
        # The printer is initialised already; a second ESC @ would end its automatic reports.
        self._link.write(payload.removeprefix(INITIALISE) + ASK_WORKED_OFF)
        result = self._wait_worked_off(self._timing.finish_s)
        if result == PRINTED:
            self._link.write(REPORT_NOTHING)
        else:
            self._state = DeviceState.ERROR
        return result

    def _wait_worked_off(self, timeout_s: float) -> PrintResult:
        """Wait for the end of the job, or for the printer's word that it stopped."""
        answer = self._wait(_ends_job, timeout_s)
        if isinstance(answer, WorkedOff) and not answer.bits & 0x0C:
            return PRINTED
        if isinstance(answer, WorkedOff):
            return PrintResult(PrintOutcome.UNCONFIRMED, "printer.paper_out")
        if isinstance(answer, StatusBack):
            return PrintResult(PrintOutcome.UNCONFIRMED, trouble_of_status_back(answer))
        status = self.status()
        return PrintResult(PrintOutcome.UNCONFIRMED, status.code or "printer.silent")

    def _wait(self, wanted: Callable[[Answer], bool], timeout_s: float) -> Answer | None:
        """The first wanted answer, or None when it does not come in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            while self._answers:
                answer = self._answers.popleft()
                if wanted(answer):
                    return answer
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._answers.extend(self._parser.feed(self._link.read(left)))


def _ends_job(answer: Answer) -> bool:
    if isinstance(answer, StatusBack):
        return trouble_of_status_back(answer) != ""
    return isinstance(answer, WorkedOff)


def connect_printer(link: Link, profile: PrinterProfile, owner: str) -> EscposPrinter:
    """A printer opened, claimed and enabled for its owner; the device itself may still be off."""
    printer = EscposPrinter(link, profile)
    printer.open()
    printer.claim(owner)
    printer.enable()
    return printer
