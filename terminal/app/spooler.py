"""The print spooler: carries queued slips to the printer, one at a time, on a thread of its own.

A sale never waits for it. A job counts as printed only when the printer confirmed it; one that was
refused before a
byte was sent waits and goes out by itself when the printer is well again; one that may be on paper
waits for a person.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from terminal.app.context import Context
from terminal.app.receipts import laid_out
from terminal.domain.errors import EnvironmentFault, OutletError
from terminal.ports.books import Books, PrintJob
from terminal.ports.printer import Printer, PrintOutcome, SlipEncoder

T = TypeVar("T")
_log = logging.getLogger(__name__)
RETRY_S = 2.0

_STATES = {
    PrintOutcome.PRINTED: "printed",
    PrintOutcome.UNCONFIRMED: "unconfirmed",
    PrintOutcome.REFUSED: "waiting",
}


class AskCore(Protocol):
    """Runs work with the core's parts on the store thread and waits for its result."""

    def __call__(self, work: Callable[[Context], T], /) -> T:
        """Run it."""
        ...


class Spooler:
    """Sends print jobs.

    Args:
        ask: store-thread access to the core.
        printer: the device.
        encoder: makes its bytes.
        tell: hears (job, state, reason) after every change, on the spooler's thread.
    """

    def __init__(
        self,
        ask: AskCore,
        printer: Printer,
        encoder: SlipEncoder,
        tell: Callable[[PrintJob, str, str], None],
    ) -> None:
        self._ask = ask
        self._printer = printer
        self._encoder = encoder
        self._tell = tell
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """A job was queued. Any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Stop after the job in hand."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=10)
        self._printer.close()

    def _run(self) -> None:
        while not self._stopping:
            sent = self._tried()
            if not sent and not self._stopping:
                self._wake.wait(RETRY_S)
                self._wake.clear()

    def _tried(self) -> bool:
        try:
            return self._send_next()
        except EnvironmentFault as fault:
            # The disk is full or locked: the slip stays queued, and printing goes on afterwards.
            _log.warning("slips wait: %s", fault)
            return False

    def _send_next(self) -> bool:
        """Send the oldest job; False when there is none or the printer refused it."""
        job = self._ask(_take_next)
        if job is None:
            return False
        try:
            document = self._ask(lambda context: laid_out(context, job))
            payload = self._encoder.encode(document, self._printer.profile)
        except OutletError as error:
            # A document nobody can draw must not hold up the ones behind it.
            self._settle(job, "unconfirmed", error.code)
            return True
        result = self._printer.print_job(payload)
        self._settle(job, _STATES[result.outcome], result.code)
        return result.outcome is not PrintOutcome.REFUSED

    def _settle(self, job: PrintJob, state: str, reason: str) -> None:
        self._ask(lambda context: _set_state(context.books, job.job_id, state, reason))
        if (state, reason) != (job.state, job.reason):
            self._tell(job, state, reason)


def _take_next(context: Context) -> PrintJob | None:
    job = context.books.next_print_job()
    if job is not None:
        _set_state(context.books, job.job_id, "printing", "")
    return job


def _set_state(books: Books, job_id: str, state: str, reason: str) -> None:
    with books.transaction() as tx:
        tx.set_print_state(job_id, state, reason)
