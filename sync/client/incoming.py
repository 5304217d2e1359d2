"""What somebody brought: answers for us, and files of other terminals that we pass on.

An answer counts exactly as after an upload: the platform's signature is checked, the receipt is
kept in ``sync.db``. Nothing is taken out of the journal, whatever a file says.

Source: docs/adr/0017-carried-by-hand.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sync.client.delivery import Delivery
from sync.client.inbox import keep_page
from sync.client.journal_reader import JournalReader
from sync.client.taken import Taken, taken
from sync.client.uploader import LANE, PLATFORM_LANE, RESTORED
from sync.wire.courier import LARGEST_FILE, Answer, read_carried, verify_answer
from sync.wire.refusal import Refusal
from sync.wire.signing import Ack, parse_ack
from terminal.store.inbox import InboxStore
from terminal.store.sync_records import ParkedItem
from terminal.store.sync_store import SyncStore

_KNOWN = "known"
_GAP = "journal.gap"
"""Needs nobody: the next bundle begins where the platform stands."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads what was brought.

    Args:
        terminal_id: ours.
        platform_key: the platform's Ed25519 key, 32 bytes.
        journal: opens a reader of our journal.
        now: UTC time.
    """

    terminal_id: str
    platform_key: bytes
    journal: Callable[[], JournalReader]
    now: Callable[[], str]


class Incoming:
    """Takes what was brought. Thread rule: any thread, one call at a time.

    Args:
        reader: who reads.
        store: where receipts are kept.
        delivery: passes on what is for others.
        inbox: where what the centre tells is kept, as when it comes over the line.
    """

    def __init__(
        self, reader: Reader, store: SyncStore, delivery: Delivery, inbox: InboxStore
    ) -> None:
        self._reader = reader
        self._store = store
        self._delivery = delivery
        self._inbox = inbox

    def take_file(self, path: Path) -> Taken:
        """Take a file; an answer to somebody else's bundle is written beside it.

        Args:
            path: for example on a stick; it is not changed.

        Raises:
            EnvironmentFault: our own disk is in trouble: ``file.not_written``, ``database.*``.
        """
        try:
            with path.open("rb") as stream:
                data = stream.read(LARGEST_FILE + 1)
        except OSError as error:
            _log.warning("%s cannot be read: %s", path.name, error)
            return Taken(path.name, "refused", code="courier.unreadable")
        return self.take(path.name, data, beside=path.parent)

    def take(self, name: str, data: bytes, *, beside: Path | None = None) -> Taken:
        """Take what a file holds.

        Args:
            name: of the file, for the report.
            data: all of it.
            beside: folder for the answer to another terminal's bundle; None to keep it here only.

        Raises:
            EnvironmentFault: as ``take_file``.
        """
        try:
            carried = read_carried(data)
            if carried.header.platform_key != self._reader.platform_key.hex():
                raise Refusal(422, "courier.other_platform")
            if isinstance(carried, Answer):
                return self._take_answer(name, carried, data)
        except Refusal as refusal:
            return Taken(name, "refused", code=refusal.code, params=refusal.params)
        if carried.header.terminal_id == self._reader.terminal_id:
            return taken(name, "own", carried)
        return self._delivery.deliver(name, carried, data, beside)

    def _take_answer(self, name: str, answer: Answer, data: bytes) -> Taken:
        verify_answer(answer, self._reader.platform_key)
        ack = parse_ack(answer.record["ack"], self._reader.platform_key)
        header = answer.header
        if ack.terminal_id != header.terminal_id:
            raise Refusal(422, "courier.bad_signature")
        if header.terminal_id != self._reader.terminal_id:
            self._delivery.keep_answer(answer, data)
            return taken(name, "held", answer)
        # What the centre says stands by itself, whatever became of the entries.
        told = keep_page(self._inbox, header.inbox, self._reader.now()) if header.inbox else 0
        return replace(self._counted(name, answer, ack), records=told)

    def _counted(self, name: str, answer: Answer, ack: Ack) -> Taken:
        """What the answer says of our entries."""
        header = answer.header
        code = self._count(ack)
        if code not in ("", _KNOWN):
            return taken(name, "stopped", answer, code=code, params={"seq": ack.seq})
        if header.code and header.code != _GAP:
            # What the upload would have been told: a person has to act.
            self._park(header.code, header.params.get("seq", ""), header.params)
            return taken(name, "stopped", answer, code=header.code)
        return taken(name, "known" if code else "confirmed", answer, code=header.code)

    def _count(self, ack: Ack) -> str:
        """Take a receipt: "" when it is news, ``known`` when not, else what stands in the way."""
        with closing(self._reader.journal()) as journal:
            ours = journal.hash_at(ack.seq)
        if ours != ack.hash:
            # As after an upload: the lane fetches what this disk lacks once there is a line.
            code = "journal.fork" if ours else "journal.ahead_of_us"
            self._park(code, ack.seq, {"seq": ack.seq})
            return code
        before = self._store.confirmed().seq
        counts = self._store.store_carried_ack(ack.format())
        if counts and ack.seq < before:
            signed_for = self._store.highest_receipt()
            told = {"seq": ack.seq, "signed_for": signed_for}
            item = ParkedItem(PLATFORM_LANE, RESTORED, str(signed_for), told, self._reader.now())
            self._store.park(item)
        return "" if counts and ack.seq != before else _KNOWN

    def _park(self, code: str, item: object, params: Mapping[str, Any]) -> None:
        self._store.park(ParkedItem(LANE, code, str(item), dict(params), self._reader.now()))
