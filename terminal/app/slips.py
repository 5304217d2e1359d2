"""Slips after the sale: the print queue, reprints (补打), the test page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from terminal.app.context import Context
from terminal.app.receipts import receipt_job, sale_entry
from terminal.app.refund_slip import REFUND_SLIP, refund_copy
from terminal.app.session_slip import session_copy
from terminal.documents.code_slip import build_code_slip
from terminal.documents.session_slip import build_test_page
from terminal.domain.china_time import clock_text
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.ports.books import PrintJob, Transaction

SHOWN = 50


@dataclass(frozen=True, slots=True)
class PrintJobView:
    """A print job in the list; ``state`` as in ``terminal.ports.books.PrintJob``."""

    job_id: str
    order_no: str
    kind: str
    state: str
    reason_code: str
    at_text: str
    copy: int


class Slips:
    """Use cases of printing. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def jobs(self) -> tuple[PrintJobView, ...]:
        """The print queue, newest first."""
        return tuple(_view(job) for job in self._context.books.print_jobs(limit=SHOWN))

    def reprint(self, order_no: str = "") -> PrintJobView:
        """Print a sale again, marked 第n次补打 with time and person; journaled.

        Args:
            order_no: which sale; "" for the last one.

        Raises:
            UserError: ``order.unknown``.
        """
        context = self._context
        clerk_id = context.allow("slip_reprint")
        entry = sale_entry(context, order_no)
        with context.books.transaction() as tx:
            sold = str(entry.body["order_no"])
            reprint = self._reprinted(tx, clerk_id, "receipt", sold, entry)
            job = receipt_job(context, entry, reprint=reprint)
            tx.add_print_job(job)
        context.wake_printing()
        context.wake_sync()
        return _view(job)

    def retry(self, job_id: str) -> PrintJobView:
        """Send a job again: as it is when it surely is not on paper, else as a marked reprint.

        Raises:
            UserError: ``print.no_such_job``, ``print.already_printed``.
        """
        job = self._context.books.print_job(job_id)
        if job is None:
            raise UserError("print.no_such_job")
        if job.state == "printed":
            raise UserError("print.already_printed")
        if job.state == "unconfirmed" and job.kind == REFUND_SLIP:
            copy = refund_copy(self._context, job.order_no)
            self._set(job_id, "given_up")
            return _view(copy)
        if job.state == "unconfirmed" and job.order_no:
            again = self.reprint(job.order_no)
            self._set(job_id, "given_up")
            return again
        signed_off = self._sign_off_of(job)
        if job.state == "unconfirmed" and signed_off is not None:
            again = self._reprint_session(signed_off, job)
            self._set(job_id, "given_up")
            return again
        self._set(job_id, "queued")
        self._context.wake_printing()
        return _view(job)

    def test_page(self) -> PrintJobView:
        """Queue the engineer's test page."""
        context = self._context
        now = context.clock.now_utc()
        language = context.books.preference("language") or context.profile.language
        document = build_test_page(context.profile.till_id, clock_text(now), language)
        job = PrintJob(new_uuid7(), "", "test", document.to_json(), "queued", "", now)
        with context.books.transaction() as tx:
            tx.add_print_job(job)
        context.wake_printing()
        return _view(job)

    def our_code(self, out_trade_no: str) -> PrintJobView:
        """Print the code that the customer is to scan, while its payment is awaited.

        Raises:
            UserError: ``payment.already_done`` once it is settled or has no code.
        """
        context = self._context
        attempt = context.books.attempt(out_trade_no)
        if attempt is None or not attempt.is_open or not attempt.shown_code:
            raise UserError("payment.already_done")
        language = context.books.preference("language") or context.profile.language
        document = build_code_slip(
            context.profile.outlet_name(language),
            attempt.amount_fen,
            attempt.shown_code,
            out_trade_no,
            language,
        )
        now = context.clock.now_utc()
        job = PrintJob(new_uuid7(), "", "our_code", document.to_json(), "queued", "", now)
        with context.books.transaction() as tx:
            tx.add_print_job(job)
        context.wake_printing()
        return _view(job)

    def _reprint_session(self, entry: Entry, job: PrintJob) -> PrintJobView:
        """Print the slip of signing off again, marked and journaled like a receipt.

        A copy of a copy is made of the first one: it bears one mark.
        """
        context = self._context
        clerk_id = context.allow("slip_reprint")
        first = context.books.print_job(entry.intent_id) or job
        with context.books.transaction() as tx:
            reprint = self._reprinted(tx, clerk_id, "session", f"#{entry.seq}", entry)
            again = session_copy(context, first, reprint)
            tx.add_print_job(again)
        context.wake_printing()
        context.wake_sync()
        return _view(again)

    def _reprinted(
        self, tx: Transaction, clerk_id: str, slip: str, reference: str, original: Entry
    ) -> Entry:
        """Journal that a slip is printed again."""
        body: dict[str, Any] = {
            "slip": slip,
            "reference": reference,
            "copy": self._context.books.copies_of(reference) + 1,
            "original_seq": original.seq,
        }
        if slip == "receipt":
            body["order_no"] = reference
        draft = self._context.draft("slip.reprinted", new_uuid7(), clerk_id, body)
        return tx.append(replace(draft, version=2))

    def _sign_off_of(self, job: PrintJob) -> Entry | None:
        """The sign-off a job tells of; None for slips that tell of none, such as a test page."""
        if job.kind != "session":
            return None
        books = self._context.books
        entry = books.entry_for_intent(job.job_id)
        if entry is None or entry.kind != "slip.reprinted":
            return entry
        body: dict[str, Any] = entry.body
        return books.entry(body["original_seq"])

    def _set(self, job_id: str, state: str) -> None:
        with self._context.books.transaction() as tx:
            tx.set_print_state(job_id, state, "")


def _view(job: PrintJob) -> PrintJobView:
    return PrintJobView(
        job.job_id, job.order_no, job.kind, job.state, job.reason, job.created_at, job.copy
    )
