"""Every entry of the journal with its state and the platform's receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.entry_words import AccountRow, account_rows, hold_text
from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.queue import HoldView, QueueDetail, QueueSummary
    from terminal.app.queue import QueueRow as EntryView

PAGE = 200
"""Entries read at once."""
_TONES = {"waiting": "wait", "confirmed": "ok", "parked": "danger"}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One journal entry as the list shows it."""

    seq: int
    kind: str
    at: str
    detail: str
    amount: str
    state_text: str
    receipt: str
    tone: str


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Something that waits for a person."""

    key: str
    text: str
    tone: str


@view_model
class QueuePage(Pane):
    """The journal's newest entries; one of them told in words, one step deeper as it is signed."""

    changed = Signal()

    reads = frozenset({"orders", "sync", "session", "payment"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._entries: tuple[EntryView, ...] = ()
        self._summary: QueueSummary | None = None
        self._detail: QueueDetail | None = None
        self._holds: tuple[HoldView, ...] = ()
        self._only_waiting = False
        self._raw = False
        self._account = RowsModel(AccountRow, "place", self)
        self._hold_rows = RowsModel(HoldRow, "key", self)
        self._rows = RowsModel(EntryRow, "seq", self)
        self._in_view = False

    def turn(self, *, in_view: bool) -> None:
        """The page is opened or left; a page that nobody sees reads nothing."""
        came, self._in_view = in_view and not self._in_view, in_view
        if came:
            self.refresh()

    def refresh(self) -> None:
        """Read the summary and the newest entries."""
        if self._in_view:
            self.operations.run(
                lambda use: (use.queue.summary(), use.queue.holds(), use.queue.rows(PAGE)),
                self._show_reading,
            )

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._show_holds()
        self._show_detail(self._detail)
        self._show(self._entries)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The entries, newest first."""
        return self._rows

    @Property(RowsModel, constant=True)
    def holds(self) -> RowsModel:
        """What waits for a person, and what is safe meanwhile."""
        return self._hold_rows

    @Property(RowsModel, constant=True)
    def account(self) -> RowsModel:
        """The chosen entry told in words."""
        return self._account

    @Property(bool, notify=changed)
    def raw(self) -> bool:
        """Whether the chosen entry is shown as it is signed."""
        return self._raw

    @Property(bool, notify=changed)
    def onlyWaiting(self) -> bool:
        """Whether confirmed entries are left out."""
        return self._only_waiting

    @Property(str, notify=changed)
    def summaryText(self) -> str:
        """Confirmed up to where, how many wait, last contact."""
        summary = self._summary
        if summary is None:
            return ""
        return self.words.text(
            "queue.summary" if summary.online else "queue.summary_away",
            confirmed=summary.confirmed_seq,
            head=summary.head_seq,
            waiting=summary.waiting,
            contact=moment(summary.last_contact) or "—",
        )

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the entry shown in full, -1 for none."""
        return self._rows.row_of(self._detail.row.seq) if self._detail else -1

    @Property(str, notify=changed)
    def detailTitle(self) -> str:
        """``#31 销售完成``."""
        if self._detail is None:
            return ""
        return f"#{self._detail.row.seq}  {self.words.text('entry.' + self._detail.row.kind_code)}"

    @Property(str, notify=changed)
    def detailState(self) -> str:
        """What the platform has said about it."""
        if self._detail is None:
            return ""
        row = self._detail.row
        if row.reason_code:
            return hold_text(self.words, row.reason_code, str(row.seq))
        return self.words.text(f"queue.explain.{row.state}", at=moment(row.receipt_at_text))

    @Property(str, notify=changed)
    def detailTone(self) -> str:
        """Colour family of its state."""
        return _TONES.get(self._detail.row.state, "info") if self._detail else "info"

    @Property(str, notify=changed)
    def entryText(self) -> str:
        """The entry as it is signed."""
        return self._detail.entry_json if self._detail else ""

    @Property(str, notify=changed)
    def receiptText(self) -> str:
        """The platform's signed receipt, "" while it waits."""
        return self._detail.receipt_json if self._detail else ""

    @Slot()
    def toggleOnlyWaiting(self) -> None:
        """Leave out confirmed entries, or show all."""
        self._only_waiting = not self._only_waiting
        self._show(self._entries)

    @Slot(int)
    def open(self, place: int) -> None:
        """Tell one entry in words; the one that is told already, as it is signed."""
        if self._detail is not None and place == self.selected:
            self.toggleRaw()
        else:
            self._read(place)

    @Slot()
    def toggleRaw(self) -> None:
        """One step deeper to what is signed, or back to the words."""
        self._raw = not self._raw
        self.changed.emit()

    @Slot(int)
    def follow(self, place: int) -> None:
        """Another entry was chosen while one is shown in full."""
        if self._detail is not None and place != self.selected:
            self._read(place)

    @Slot()
    def fold(self) -> None:
        """One step back: from what is signed to the words, from the words to the list."""
        if self._raw:
            self.toggleRaw()
        else:
            self._show_detail(None)

    @Slot()
    def wake(self) -> None:
        """Upload now."""
        if self.operations.desk is not None:
            self.operations.desk.wake_sync()

    def _show_reading(
        self, reading: tuple[QueueSummary, tuple[HoldView, ...], tuple[EntryView, ...]]
    ) -> None:
        self._summary, self._holds, entries = reading
        self._show_holds()
        self._show(entries)

    def _show_holds(self) -> None:
        self._hold_rows.show(
            [
                HoldRow(
                    f"{hold.lane} {hold.reason_code}",
                    hold_text(self.words, hold.reason_code, hold.item, hold.count, hold.choices),
                    "danger" if hold.lane == "journal" else "wait",
                )
                for hold in self._holds
            ]
        )

    def _read(self, place: int) -> None:
        rows = self._rows.rows
        if 0 <= place < len(rows):
            seq = rows[place].seq
            self.operations.run(lambda use: use.queue.detail(seq), self._show_detail)

    def _show_detail(self, detail: QueueDetail | None) -> None:
        self._detail = detail
        self._raw = self._raw and detail is not None
        self._account.show(account_rows(self.words, detail) if detail else [])
        self.changed.emit()

    def _show(self, entries: tuple[EntryView, ...]) -> None:
        self._entries = entries
        self._rows.show([self._row(entry) for entry in entries if self._wanted(entry)])
        if self._detail is not None:
            shown = next(
                (e for e in entries if self._detail and e.seq == self._detail.row.seq), None
            )
            if shown is not None and shown.state != self._detail.row.state:
                self._read(self._rows.row_of(shown.seq))
        self.changed.emit()

    def _wanted(self, entry: EntryView) -> bool:
        return not self._only_waiting or entry.state != "confirmed"

    def _row(self, entry: EntryView) -> EntryRow:
        receipt = moment(entry.receipt_at_text)
        return EntryRow(
            seq=entry.seq,
            kind=self.words.text(f"entry.{entry.kind_code}"),
            at=moment(entry.at_text),
            detail="  ·  ".join(part for part in (entry.clerk_no, entry.order_no) if part),
            amount=yuan(entry.amount_text),
            state_text=self.words.text(f"queue.state.{entry.state}"),
            receipt=self.words.text("queue.receipt_at", at=receipt) if receipt else "",
            tone=_TONES.get(entry.state, "info"),
        )
