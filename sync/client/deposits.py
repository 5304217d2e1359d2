"""The lanes beside the journal: sealed personal data, then attachments piece by piece.

Money goes first: before every request this lane looks whether entries or calls about money wait,
and gives way. An item the platform refuses is parked for a person and stops no other. No answer
deletes anything here; receipts are kept, and the core erases by them.

Source: docs/adr/0018-vault-and-attachments.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from sync.client.deposit_reader import DepositReader
from sync.client.http import PlatformLine, Reply
from sync.client.journal_reader import JournalReader
from sync.wire import deposits as wire
from sync.wire.refusal import STRANGER, Refusal
from terminal.domain.canonical import Json
from terminal.domain.errors import EnvironmentFault
from terminal.domain.vault import ATTACHMENTS, VAULT, Attachment, Lane, digest_of
from terminal.store.attachment_folder import AttachmentReader
from terminal.store.deposit_receipts import DepositReceipts
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

GIVES_WAY = "deposit.gives_way"
"""Not a failure: money waits, the lane goes on afterwards."""

_SMALLEST_CHUNK = 4 * 1024
# Refusals of one item; any other concerns the whole line and the journal lane shows it.
_OF_ONE_ITEM = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
_OF_THE_LINE = ("terminal.", "request.")
_GAP = "attachment.gap"
_STALLS = 3
_Waiting = tuple[Lane, str, Callable[[], str]]


@dataclass(frozen=True, slots=True)
class DepositReport:
    """How one run ended.

    Args:
        sent: items the platform signed for in this run.
        left: items it has not signed for.
        code: dotted code of what stopped the run, "" when nothing did or it gave way to money.
    """

    sent: int
    left: int
    code: str = ""


class Deposits:
    """Drives both lanes. Thread rule: one thread at a time.

    Args:
        line: the line to the platform.
        store: where refused items are parked.
        receipts: where the platform's word is kept.
        records: sealed records.
        attachments: sealed files.
        journal: our entries; a reader of this lane's own.
        terminal_id: ours.
        platform_key: 32 bytes, checks receipts.
        now: UTC time.
        money_first: whether entries or calls about money wait.
        parked_s: seconds until a parked item is tried again.
    """

    def __init__(
        self,
        line: PlatformLine,
        store: SyncStore,
        receipts: DepositReceipts,
        records: DepositReader,
        attachments: AttachmentReader,
        journal: JournalReader,
        *,
        terminal_id: str,
        platform_key: bytes,
        now: Callable[[], str],
        money_first: Callable[[], bool] = lambda: False,
        parked_s: float = 60.0,
    ) -> None:
        self._line = line
        self._store = store
        self._receipts = receipts
        self._records = records
        self._attachments = attachments
        self._journal = journal
        self._terminal_id = terminal_id
        self._platform_key = platform_key
        self._now = now
        self._money_first = money_first
        self._parked_s = parked_s
        self._parked: dict[tuple[Lane, str], float] = {}
        self._chunk_bytes = wire.CHUNK_BYTES
        self._sent = 0

    def run(self) -> DepositReport:
        """Send what the platform has not signed for, records before attachments.

        Returns:
            How it ended.

        Raises:
            EnvironmentFault: our own disk is in trouble.
        """
        self._sent = 0
        code = ""
        for lane, item, send in self._waiting():
            if self._money_first():
                code = GIVES_WAY
            elif time.monotonic() >= self._parked.get((lane, item), 0.0):
                code = send()
            if code:
                break
        return DepositReport(self._sent, len(self._waiting()), "" if code == GIVES_WAY else code)

    def entries_wait(self) -> bool:
        """Whether the journal has entries that the platform has not confirmed.

        Raises:
            EnvironmentFault: our own disk is in trouble.
        """
        return self._journal.head().seq > self._store.confirmed().seq

    def close(self) -> None:
        """Close the files."""
        self._records.close()
        self._journal.close()

    def _waiting(self) -> list[_Waiting]:
        epoch = self._line.connectivity.reading().server_epoch
        records = self._records.waiting(self._receipts.items(VAULT, epoch))
        received = self._receipts.items(ATTACHMENTS, epoch)
        found: list[_Waiting] = [(VAULT, name, partial(self._record, name)) for name in records]
        return found + [
            (ATTACHMENTS, held.address, partial(self._attachment, held))
            for held in self._attachments.kept()
            if held.address not in received
        ]

    def _record(self, record_id: str) -> str:
        record = self._records.record(record_id)
        if record is None:
            return ""
        path = f"/v1/terminals/{self._terminal_id}/vault/{record_id}"
        message = wire.VaultDeposit(record.digest, wire.packed(record.sealed))
        reply = self._line.post(path, message.format())
        if reply.outcome != "ok":
            return self._refused(VAULT, record_id, reply)
        held = (digest_of(record.sealed), len(record.sealed))
        return self._take(VAULT, record_id, reply.body.get("receipt"), held)

    def _attachment(self, held: Attachment) -> str:
        try:
            sealed = self._attachments.sealed(held)
        except EnvironmentFault as fault:
            return self._park(ATTACHMENTS, held.address, fault.code)
        path = f"/v1/terminals/{self._terminal_id}/attachments/{held.address}"
        reply, offset, stalls = self._line.get(path), -1, 0
        while reply.outcome == "ok" or reply.code == _GAP:
            state = _state(reply)
            if state is None:
                return STRANGER
            if state.receipt is not None:
                receipt = state.receipt.format()
                return self._take(ATTACHMENTS, held.address, receipt, (held.address, held.size))
            stalls = stalls + 1 if state.offset <= offset else 0
            if stalls >= _STALLS or state.offset >= held.size:
                return self._park(ATTACHMENTS, held.address, "deposit.no_progress")
            if self._money_first():
                return GIVES_WAY
            offset = state.offset
            reply = self._send_chunk(path, held, sealed, offset)
        return self._refused(ATTACHMENTS, held.address, reply)

    def _send_chunk(self, path: str, held: Attachment, sealed: bytes, offset: int) -> Reply:
        piece = sealed[offset : offset + self._chunk_bytes]
        chunk = wire.AttachmentChunk(held.size, offset, wire.packed(piece), held.kind, held.name)
        # Packing takes the third that text costs off again.
        reply = self._line.post(path, chunk.format(), compress=True)
        if reply.outcome == "ok":
            self._chunk_bytes = min(wire.CHUNK_BYTES, self._chunk_bytes * 2)
        elif reply.sent and not reply.status:
            self._chunk_bytes = max(_SMALLEST_CHUNK, self._chunk_bytes // 2)
        return reply

    def _take(self, lane: Lane, item: str, value: Json, held: tuple[str, int]) -> str:
        """Keep a receipt; one that is not for exactly these bytes is none."""
        try:
            receipt = wire.parse_receipt(value, self._platform_key)
        except Refusal:
            return self._park(lane, item, "deposit.bad_receipt")
        named = (receipt.terminal_id, receipt.lane, receipt.item, receipt.sha256, receipt.size)
        if named != (self._terminal_id, lane, item, *held):
            return self._park(lane, item, "deposit.bad_receipt")
        self._receipts.keep(receipt.format())
        self._store.solve_parked(lane, self._now(), item=item)
        self._parked.pop((lane, item), None)
        self._sent += 1
        return ""

    def _refused(self, lane: Lane, item: str, reply: Reply) -> str:
        """Park what is refused for itself; name what stops the whole lane."""
        of_one_item = (
            reply.outcome == "refused"
            and reply.status in _OF_ONE_ITEM
            and not reply.code.startswith(_OF_THE_LINE)
        )
        return self._park(lane, item, reply.code) if of_one_item else reply.code

    def _park(self, lane: Lane, item: str, code: str) -> str:
        """Put an item aside, visibly; the others go on."""
        self._parked[lane, item] = time.monotonic() + self._parked_s
        self._store.park(ParkedItem(lane, code, item, {}, self._now()))
        return ""


def _state(reply: Reply) -> wire.AttachmentState | None:
    """Where the platform stands; None for an answer that does not say it."""
    told = reply.params if reply.code == _GAP else reply.body
    try:
        return wire.AttachmentState.parse(dict(told))
    except Refusal:
        return None
