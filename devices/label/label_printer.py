"""The driver of label printers; like slip printers it believes only what the printer confirms."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from devices.label.languages import LabelLanguage
from devices.label.status import LabelStatus
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
from terminal.domain.label import Label
from terminal.ports.printer import PrintOutcome, PrintResult

SILENT: Final = "label_printer.silent"
_POLL_S: Final = 0.1


class LabelPrinter:
    """One label printer.

    Thread rule: the methods block on the device, so a device thread calls them, never the UI or the
    store thread; callers are serialised by a lock.

    Args:
        make_link: a fresh link; a new one is made for every question and every job.
        language: how it is told and asked.
        answer_s: longest wait for one answer, in seconds.
        finish_s: longest wait for the end of one label, in seconds.
    """

    def __init__(
        self,
        make_link: Callable[[], Link],
        language: LabelLanguage,
        *,
        answer_s: float = 1.0,
        finish_s: float = 15.0,
    ) -> None:
        self._make_link = make_link
        self._language = language
        self._answer_s = answer_s
        self._finish_s = finish_s
        self._lock = threading.Lock()

    def status(self) -> str:
        """What is wrong, as a dotted code; "" when it would print. Never raises for trouble."""
        with self._lock:
            link = self._make_link()
            try:
                link.open()
                return self._ask(link).code
            except EnvironmentFault as fault:
                return fault.code
            finally:
                link.close()

    def print_label(self, label: Label) -> PrintResult:
        """Print one label and wait until the printer says that nothing is left to print.

        Returns:
            ``REFUSED`` when nothing was sent; ``UNCONFIRMED`` with the reason when it is not known
            whether the label came out.
        """
        with self._lock:
            link, sent = self._make_link(), False
            try:
                link.open()
                if code := self._ask(link).code:
                    return PrintResult(PrintOutcome.REFUSED, code)
                sent = True
                link.write(self._language.encode(label))
                return self._finished(link)
            except EnvironmentFault as fault:
                outcome = PrintOutcome.UNCONFIRMED if sent else PrintOutcome.REFUSED
                return PrintResult(outcome, fault.code)
            finally:
                link.close()

    def _finished(self, link: Link) -> PrintResult:
        deadline = time.monotonic() + self._finish_s
        while time.monotonic() < deadline:
            status = self._ask(link)
            if status.code:
                return PrintResult(PrintOutcome.UNCONFIRMED, status.code)
            if not status.busy:
                return PrintResult(PrintOutcome.PRINTED)
            link.read(_POLL_S)  # nothing is due; this is how an unplugged one is noticed
        return PrintResult(PrintOutcome.UNCONFIRMED, SILENT)

    def _ask(self, link: Link) -> LabelStatus:
        """One answer.

        Raises:
            EnvironmentFault: ``label_printer.silent`` when none comes in time.
        """
        parser = self._language.make_parser()
        link.read(0)  # an answer that came too late belongs to another question
        link.write(self._language.ask)
        deadline = time.monotonic() + self._answer_s
        while (left := deadline - time.monotonic()) > 0:
            answers: list[LabelStatus] = parser.feed(link.read(left))
            if answers:
                return answers[-1]
        raise EnvironmentFault(SILENT)
