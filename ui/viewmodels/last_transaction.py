"""The last transaction: journal, platform and channel in one verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.doubt_list import DoubtList
from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.last_transaction import LastTransaction as LastView
    from terminal.app.payment_view import SaleView
    from terminal.app.slips import PrintJobView

_TROUBLE = frozenset({"unconfirmed", "waiting"})
_TONES = {
    "last.saved_confirmed": "ok",
    "last.saved_waiting": "wait",
    "last.payment_unknown": "danger",
    "last.payment_late": "danger",
    "last.saved_parked": "danger",
    "last.none": "info",
}


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One tender of the last sale."""

    place: int
    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One slip that is not surely on paper."""

    job_id: str
    title: str
    detail: str
    tone: str
    asks: bool


@view_model
class LastTransaction(Page):
    """One verdict in plain words, one key to reprint.

    Signals:
        reprinted: a copy of the slip is on its way.
    """

    changed = Signal()
    reprinted = Signal()

    reads = frozenset({"orders", "sync", "print", "payment", "tills", "session"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: LastView | None = None
        self._sale: SaleView | None = None
        self._jobs: tuple[PrintJobView, ...] = ()
        self._tenders = RowsModel(GivenRow, "place", self)
        self._doubts = DoubtList(operations, words)
        self._doubts.changed.connect(self.changed)
        self._slips = RowsModel(SlipRow, "job_id", self)

    def refresh(self) -> None:
        """Read the last transaction, what is in doubt, and the slips that are not on paper."""
        self._doubts.refresh()
        self.operations.run(
            lambda use: (
                use.slips.jobs(),
                use.queue.last_transaction(),
            ),
            self._show_reading,
        )

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._show()

    def remember(self, sale: SaleView) -> None:
        """Keep the change of a sale in the bottom bar while the next customer is served."""
        self._sale = sale
        self.changed.emit()

    @Property(str, notify=changed)
    def orderNo(self) -> str:
        """Number of the order, "" when nothing was sold yet."""
        return self._view.order_no if self._view else ""

    @Property(str, notify=changed)
    def what(self) -> str:
        """What kind of operation it was, with its own number: ``款包发出 P0007``."""
        if self._view is None or not self._view.kind_code:
            return ""
        name = self.words.text(self._view.kind_code)
        return "  ".join(part for part in (name, self._view.number) if part)

    @Property(str, notify=changed)
    def total(self) -> str:
        """What it came to, "" when it is about no amount."""
        known = self._view is not None and self._view.kind_code and self._view.total_text
        return yuan(self._view.total_text) if known and self._view else ""

    @Property(str, notify=changed)
    def channel(self) -> str:
        """What the payment channel says of it, "" when none was asked."""
        code = self._view.channel_code if self._view else ""
        return self.words.text(code) if code else ""

    @Property(str, notify=changed)
    def at(self) -> str:
        """When it was booked."""
        return moment(self._view.at_text) if self._view else ""

    @Property(str, notify=changed)
    def verdict(self) -> str:
        """What is certain, in one sentence."""
        if self._view is None:
            return ""
        shown = {
            **self._view.params,
            "at": moment(self._view.params.get("at", "")),
            "order": self.orderNo,
            "what": self.what,
        }
        return self.words.text(self._view.verdict_code, shown)

    @Property(str, notify=changed)
    def tone(self) -> str:
        """Colour family of the verdict."""
        return _TONES.get(self._view.verdict_code, "wait") if self._view else "info"

    @Property(str, notify=changed)
    def printText(self) -> str:
        """Whether the slip is on paper."""
        state = self._view.print_state if self._view else ""
        return self.words.text(f"print.{state}") if state else ""

    @Property(str, notify=changed)
    def summary(self) -> str:
        """The short form for the bottom bar, ``末笔 13:58 已入账 · 平台已确认``."""
        if self._view is None or not self._view.kind_code:
            return ""
        return self.words.text(
            f"{self._view.verdict_code}.short",
            {**self._view.params, "time": moment(self._view.at_text), "change": self._change},
        )

    @Property(RowsModel, constant=True)
    def tenders(self) -> RowsModel:
        """What was given."""
        return self._tenders

    @Property(DoubtList, constant=True)
    def doubts(self) -> DoubtList:
        """Payments without a certain outcome."""
        return self._doubts

    @Property(RowsModel, constant=True)
    def slips(self) -> RowsModel:
        """Slips that are not surely on paper, newest first."""
        return self._slips

    @Property(bool, notify=changed)
    def nothing(self) -> bool:
        """Whether there is nothing at all to tell."""
        return not (self.what or self._doubts.rows.rows or self._slips.rows)

    @property
    def _change(self) -> str:
        sale = self._sale
        if sale is None or sale.change_fen <= 0 or sale.order_no != self.orderNo:
            return ""
        return self.words.text("last.change", change=yuan(sale.change_text))

    def back(self) -> bool:
        """Esc: the form of the second person goes."""
        return self._doubts.back()

    def scanned(self, text: str) -> bool:
        """A badge of the second person, while she is asked for."""
        return self._doubts.second.scanned(text)

    def order_no(self) -> str:
        """Number of the order for a reprint."""
        return self._view.order_no if self._view else ""

    @Slot()
    def reprint(self) -> None:
        """Print the slip again, marked as a copy."""
        order_no = self.order_no()
        asking = next((job for job in self._jobs if job.order_no == order_no), None)
        if asking is not None and asking.state in _TROUBLE:
            self.printAgain(asking.job_id)
        elif order_no:
            self.operations.run(
                lambda use: use.slips.reprint(order_no),
                lambda _job: self.reprinted.emit(),
                once="reprint",
            )

    @Slot(str)
    def printAgain(self, job_id: str) -> None:
        """Send a slip again; one that may be on paper comes out marked as a reprint."""
        self.operations.run(
            lambda use: use.slips.retry(job_id),
            lambda _job: self._sent_again(),
            once="reprint",
        )

    def _sent_again(self) -> None:
        self.reprinted.emit()
        self.refresh()

    def _show_reading(self, reading: tuple[tuple[PrintJobView, ...], LastView]) -> None:
        self._jobs, self._view = reading
        self._show()

    def _show(self) -> None:
        self._slips.show([self._slip(job) for job in self._jobs if job.state in _TROUBLE])
        if self._view is not None:
            self._show_tenders(self._view)
        self.changed.emit()

    def _slip(self, job: PrintJobView) -> SlipRow:
        what = self.words.text(f"slip.{job.kind}" if self.words.has(f"slip.{job.kind}") else "slip")
        return SlipRow(
            job.job_id,
            "  ".join(part for part in (what, job.order_no, moment(job.at_text)) if part),
            self.words.text(f"print.{job.state}"),
            "danger" if job.state == "unconfirmed" else "wait",
            job.state == "unconfirmed",
        )

    def _show_tenders(self, view: LastView) -> None:
        self._tenders.show(
            [
                GivenRow(place, self.words.text(name_code), yuan(amount))
                for place, (name_code, amount) in enumerate(view.tenders)
            ]
        )
