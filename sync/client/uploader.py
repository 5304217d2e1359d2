"""The journal lane: every entry to the platform, in order, until its signed receipt is here.

The platform's head rules where the lane continues, so a lost request, a lost answer, a second
delivery and a platform restored from a backup are all the same case: send what it does not have. No
answer deletes anything here.

Source: architecture.md §4; reliability reference §0 decisions 7 and 8, §1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from sync.client.http import PlatformLine, Reply
from sync.client.journal_reader import JournalReader, Packed
from sync.client.pack_ahead import PackAhead, Piece
from sync.client.recovery import FOREIGN, Recovery
from sync.client.session_chain import SessionChain
from sync.wire import packed_journal
from sync.wire.messages import SessionAnswer
from sync.wire.refusal import Refusal
from sync.wire.signing import Ack, parse_ack
from terminal.domain.canonical import Json
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

BATCH_ENTRIES = 500
BATCH_PACKED_BYTES = 1024 * 1024
LANE = "journal"
# Refusals that say what to do next; after any other a person has to act.
_GOES_ON = frozenset({"journal.gap"})
_UNREAD = ("wire.", "journal.bad_", "journal.malformed")
_OLD_DISK = frozenset({"journal.ahead_of_us", "journal.fork"})
PLATFORM_LANE = "platform"
RESTORED = "platform.restored"
# So many answers in a row that confirm nothing new mean that the two sides do not understand each
# other.
_STALLS = 3


@dataclass(frozen=True)
class UploadReport:
    """How one run of the lane ended.

    Args:
        confirmed_seq: the platform's head as its last good receipt says.
        uploaded: entries that run confirmed.
        pending: entries the platform does not have yet.
        code: dotted code of what stopped the run, empty when the platform has everything.
        held: whether a person has to act.
    """

    confirmed_seq: int
    uploaded: int
    pending: int
    code: str = ""
    held: bool = False

    @property
    def awaits_books(self) -> bool:
        """Whether the core has something to take over before the lane can go on."""
        return self.code in _OLD_DISK


class Uploader:
    """Drives the lane. Thread rule: one thread at a time.

    Args:
        line: the line to the platform.
        store: where receipts are kept.
        journal: our entries.
        chain: renews our right to speak, and asks for the platform's head with it.
        recovery: prepares what an old disk does not have.
        terminal_id: ours.
        platform_key: 32 bytes, checks receipts.
        now: UTC time.
        on_progress: called after each stored receipt.
    """

    def __init__(
        self,
        line: PlatformLine,
        store: SyncStore,
        journal: JournalReader,
        chain: SessionChain,
        recovery: Recovery,
        *,
        terminal_id: str,
        platform_key: bytes,
        now: Callable[[], str],
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._line = line
        self._store = store
        self._journal = journal
        self._chain = chain
        self._recovery = recovery
        self._terminal_id = terminal_id
        self._platform_key = platform_key
        self._now = now
        self._on_progress = on_progress
        self._probed_epoch = ""
        self._batch_limit = BATCH_ENTRIES
        self._window = BATCH_ENTRIES
        self._held_by = ""
        self._in_columns = False
        # An earlier process may have noted it.
        self._restored = True

    def run(self, *, probe: bool = False) -> UploadReport:
        """Send until the platform has everything or something stops it.

        Args:
            probe: ask for the platform's head first even when nothing waits; always done on the
                first run and when the platform began a new life.

        Returns:
            How it ended.

        Raises:
            EnvironmentFault: our own disk is in trouble, see
                `terminal.store.database.database_faults`.
        """
        self._held_by = ""
        started = self._store.confirmed().seq
        asks = probe or self._chain.is_open or self._platform_changed()
        code = self._ask_head() if asks else ""
        stalls = 0
        with PackAhead(self._journal) as pieces:
            while not code and self._store.confirmed().seq < self._journal.head().seq:
                before = self._store.confirmed()
                code = self._send_from(before.seq + 1, pieces)
                if code == "journal.gap" or (not code and self._platform_changed()):
                    code = self._ask_head()
                stalls = stalls + 1 if self._store.confirmed() == before else 0
                if not code and stalls >= _STALLS:
                    code = self._hold("journal.no_progress", before.seq + 1, {})
        return self._report(code, started)

    def _report(self, code: str, started: int) -> UploadReport:
        confirmed = self._store.confirmed().seq
        held = self._held_by == code != ""
        if not code:
            self._batch_limit = BATCH_ENTRIES
            self._store.solve_parked(LANE, self._now())
            if self._restored:
                self._store.solve_parked(PLATFORM_LANE, self._now())
                self._restored = False
        return UploadReport(
            confirmed,
            max(0, confirmed - started),
            max(0, self._journal.head().seq - confirmed),
            code,
            held,
        )

    def _platform_changed(self) -> bool:
        epoch = self._line.connectivity.reading().server_epoch
        return not self._probed_epoch or epoch != self._probed_epoch

    def _ask_head(self) -> str:
        reply = self._chain.renew()
        code = self._take(reply)
        if reply.outcome == "ok" and not code:
            self._probed_epoch = self._line.connectivity.reading().server_epoch
            self._in_columns = packed_journal.FORM in _forms(reply)
        return code

    def _send_from(self, seq: int, pieces: PackAhead) -> str:
        while True:
            limit = min(self._batch_limit, self._window)
            piece = Piece(seq, limit, BATCH_PACKED_BYTES, self._in_columns)
            packed = pieces.take(piece)
            if packed is None or packed.first != seq:
                return self._hold("journal.unreadable", seq, {})
            # A whole piece: more may follow, and the next one will be as large.
            whole = packed.count == BATCH_ENTRIES
            following = replace(piece, from_seq=seq + packed.count)
            with pieces.packing(following) if whole else nullcontext():
                reply = self._post(packed)
            self._learn(reply, packed.count)
            if packed.in_columns and _is_about_form(reply):
                # Whatever it misreads, it may read the plain text.
                self._in_columns = False
                continue
            if reply.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                return self._take(reply)
            if packed.count == 1:
                return self._hold("journal.too_large", seq, {"seq": seq})
            self._batch_limit = packed.count // 2

    def _post(self, packed: Packed) -> Reply:
        path = f"/v1/terminals/{self._terminal_id}/journal"
        return self._line.post_packed(path, packed.body, packed.headers)

    def _learn(self, reply: Reply, sent: int) -> None:
        """A line too thin for one piece, or gone before its end, gets smaller pieces at first."""
        if reply.outcome == "ok":
            self._window = min(BATCH_ENTRIES, self._window * 2)
        elif reply.sent and not reply.status:
            self._window = max(1, sent // 2)

    def _take(self, reply: Reply) -> str:
        """Store a receipt or name what stopped us."""
        if reply.outcome == "ok":
            return self._take_ack(reply.body.get("ack"))
        if _is_a_persons(reply):
            return self._hold(reply.code, reply.params.get("seq", ""), reply.params)
        return reply.code

    def _take_ack(self, value: Json) -> str:
        try:
            ack = parse_ack(value, self._platform_key)
        except Refusal as refusal:
            return self._hold("journal.bad_receipt", "", {"reason": refusal.code})
        if ack.terminal_id != self._terminal_id:
            return self._hold("journal.bad_receipt", "", {"reason": "terminal.other"})
        seq = ack.seq
        ours = self._journal.hash_at(seq)
        if ours is None or ours != ack.hash:
            # The platform has entries of ours that we do not have: this disk is an old copy, and
            # may have sold on.
            return self._recover("journal.fork" if ours else "journal.ahead_of_us", ack)
        self._recovery.end()
        confirmed = self._store.confirmed()
        if seq < confirmed.seq:
            self._note_restored(seq)
        if (seq, ack.hash) != (confirmed.seq, confirmed.hash) or seq == 0:
            self._store.store_ack(ack.format())
            self._on_progress()
        else:
            self._store.hear_again(ack.format())
        return ""

    def _recover(self, code: str, ack: Ack) -> str:
        self._hold(code, ack.seq, {"seq": ack.seq})
        stopped = self._recovery.prepare(ack)
        if stopped == FOREIGN:
            return self._hold(stopped, ack.seq, {"seq": ack.seq})
        # Until everything is here the lane tries again; then it is the core's turn.
        return stopped or code

    def _note_restored(self, seq: int) -> None:
        """The platform holds less than it signed for: it was restored from a backup."""
        self._restored = True
        signed_for = self._store.highest_receipt()
        params = {"seq": seq, "signed_for": signed_for}
        self._store.park(ParkedItem(PLATFORM_LANE, RESTORED, str(signed_for), params, self._now()))

    def _hold(self, code: str, item: object, params: Mapping[str, Any]) -> str:
        self._held_by = code
        self._store.park(ParkedItem(LANE, code, str(item), dict(params), self._now()))
        return code


def _forms(reply: Reply) -> tuple[str, ...]:
    """What the platform reads beside JSON."""
    try:
        return SessionAnswer.parse(reply.body).upload_forms
    except Refusal:
        return ()


def _is_about_form(reply: Reply) -> bool:
    """Whether the platform read something else than we wrote."""
    too_large = reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return reply.outcome == "refused" and not too_large and reply.code.startswith(_UNREAD)


def _is_a_persons(reply: Reply) -> bool:
    """Whether the platform itself said no, and the same request will never be taken.

    The lane then shows it and asks again only now and then.
    """
    return (
        reply.outcome == "refused"
        and reply.sent
        and reply.status != HTTPStatus.TOO_MANY_REQUESTS
        and reply.code not in _GOES_ON
    )
