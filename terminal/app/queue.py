"""What the platform has confirmed, what still waits, and the truth about the last sale.

Source: experience.md "Last transaction", peer-lessons.md §3 no. 3.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from terminal.app.context import Context
from terminal.app.entry_account import EntryAccount, account_of
from terminal.app.last_transaction import LastTransaction, last_transaction
from terminal.app.signed_settings import CHANGED_HERE, LANE
from terminal.domain.catalogue import instant
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.tasks import choices

JOURNAL_LANE = "journal"
"""The lane of ``sync.db`` whose parked items are entries of the journal."""


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """The queue in one line; ``oldest_minutes`` of the oldest waiting entry."""

    waiting: int
    oldest_minutes: int
    confirmed_seq: int
    head_seq: int
    online: bool
    held: bool
    last_contact: str
    last_error: str
    rtt_ms: int | None
    clock_offset_ms: int | None
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One entry and where it stands: ``waiting``, ``confirmed`` or ``parked`` (a person must act).

    Args:
        reason_code: why it is parked, "" otherwise.
    """

    seq: int
    kind_code: str
    at_text: str
    clerk_no: str
    order_no: str
    amount_text: str
    state: str
    receipt_at_text: str
    hash_short: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """The platform's signed word that it has everything up to an entry.

    Args:
        seq: the platform's head when it signed.
        hash_short: first characters of that head's hash, as rows show theirs.
        at_text: when it signed, UTC.
        genuine: whether the platform's signature was checked just now and fits.
    """

    seq: int
    hash_short: str
    at_text: str
    genuine: bool


@dataclass(frozen=True, slots=True)
class QueueDetail:
    """An entry in full, with the platform's signed receipt when there is one."""

    row: QueueRow
    account: EntryAccount
    receipt: ReceiptView | None
    entry_json: str
    receipt_json: str


@dataclass(frozen=True, slots=True)
class HoldView:
    """What waits for a person, of the whole lane; ``count`` items with the same reason.

    ``choices``: what can be done about a refused business, see ``terminal.domain.tasks``.
    """

    lane: str
    reason_code: str
    item: str
    count: int
    choices: tuple[str, ...] = ()


class QueueBook:
    """Use cases of the queue page. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def summary(self) -> QueueSummary:
        """The queue in one line."""
        books, sync = self._context.books, self._context.sync
        head_seq, _ = books.head()
        confirmed = min(sync.confirmed_head().seq, head_seq)
        line = sync.line_state()
        return QueueSummary(
            waiting=head_seq - confirmed,
            oldest_minutes=self._minutes_since(confirmed + 1) if confirmed < head_seq else 0,
            confirmed_seq=confirmed,
            head_seq=head_seq,
            online=line.online,
            held=line.held,
            last_contact=line.last_contact,
            last_error=line.last_error,
            rtt_ms=line.rtt_ms,
            clock_offset_ms=line.clock_offset_ms,
        )

    def rows(self, limit: int = 100, before_seq: int = 0) -> tuple[QueueRow, ...]:
        """Entries newest first.

        Args:
            limit: 1 to 500.
            before_seq: only entries before this number; 0 for the newest.
        """
        confirmed, parked = self._context.sync.confirmed_head().seq, self._parked()
        entries = self._context.books.entries(limit=limit, before_seq=before_seq or None)
        return tuple(self._row(entry, confirmed, parked) for entry in entries)

    def holds(self) -> tuple[HoldView, ...]:
        """What waits for a person in any lane, oldest first; one line for each reason."""
        parked = [(item.lane, item.code, item.item) for item in self._context.sync.parked()]
        parked += [(LANE, CHANGED_HERE, key) for key in self._context.signed.refused()]
        counts = Counter((lane, code) for lane, code, _ in parked)
        first = {(lane, code): item for lane, code, item in reversed(parked)}
        return tuple(
            HoldView(*reason, first[reason], count, choices(*reason))
            for reason, count in counts.items()
        )

    def detail(self, seq: int) -> QueueDetail | None:
        """One entry in full; None when there is no such entry."""
        entry = self._context.books.entry(seq)
        if entry is None:
            return None
        confirmed = self._context.sync.confirmed_head().seq
        receipt = self._receipt(entry, confirmed)
        return QueueDetail(
            row=self._row(entry, confirmed, self._parked()),
            account=account_of(self._context, entry),
            receipt=self._receipt_view(receipt) if receipt else None,
            entry_json=_pretty(entry.to_wire()),
            receipt_json=_pretty(receipt) if receipt else "",
        )

    def last_transaction(self) -> LastTransaction:
        """The truth about the last operation: journal, then platform, then payment channel."""
        return last_transaction(self._context)

    def _parked(self) -> dict[str, str]:
        """Entry number → why a person must look at it."""
        return {
            item.item: item.code
            for item in self._context.sync.parked()
            if item.lane == JOURNAL_LANE
        }

    def _receipt(self, entry: Entry, confirmed: int) -> dict[str, Any] | None:
        if entry.seq > confirmed:
            return None
        return self._context.sync.receipt_for(entry.epoch, entry.seq)

    def _receipt_view(self, receipt: Mapping[str, Any]) -> ReceiptView:
        return ReceiptView(
            seq=int(receipt["seq"]),
            hash_short=_short(str(receipt["hash"])),
            at_text=str(receipt["at"]),
            genuine=self._context.secrets.genuine(receipt),
        )

    def _row(self, entry: Entry, confirmed: int, parked: Mapping[str, str]) -> QueueRow:
        body: dict[str, Any] = entry.body
        receipt = self._receipt(entry, confirmed)
        amount = body.get("total_fen", body.get("amount_fen"))
        reason = parked.get(str(entry.seq), "")
        state = "confirmed" if entry.seq <= confirmed else "waiting"
        return QueueRow(
            seq=entry.seq,
            kind_code=_kind_code(entry),
            at_text=entry.recorded_at,
            clerk_no=entry.clerk_id,
            order_no=str(body.get("order_no", "")),
            amount_text="" if amount is None else Money(amount).text,
            state="parked" if reason else state,
            receipt_at_text=str(receipt["at"]) if receipt else "",
            hash_short=_short(entry.hash),
            reason_code=reason,
        )

    def _minutes_since(self, seq: int) -> int:
        (entry,) = self._context.books.entries(limit=1, before_seq=seq + 1)
        passed = instant(self._context.now()) - instant(entry.recorded_at)
        return max(0, int(passed.total_seconds() // 60))


def _kind_code(entry: Entry) -> str:
    """The kind; for a payment's outcome also which one: a list must say how it ended."""
    if entry.kind != "payment.outcome":
        return entry.kind
    return f"{entry.kind}.{entry.body['state']}"


def _short(digest: str) -> str:
    return digest[:8].upper()


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
