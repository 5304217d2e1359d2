"""Keeps the second copy up to date: every new entry goes behind the last, after it is durable here.

The journal is the truth and the copy follows it. Whatever of the copy is torn, damaged or missing
is written again from the journal; what the journal does not have is never thrown away, it is set
aside and said.

Source: docs/adr/0019-a-second-copy.md.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sync.client.journal_reader import JournalReader
from sync.client.mirror_place import MirrorPlace
from sync.client.mirror_records import (
    INDEX,
    SEGMENT_LINES,
    LineSeal,
    MirrorIndex,
    footer,
    segment_of,
    split,
)
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import ChainHead

_BATCH = 500
_NO_BOUND = 2**31


@dataclass(frozen=True, slots=True)
class CopyRun:
    """What one run did.

    Args:
        seq: last entry the copy holds now.
        written: entries written in this run.
        mended: segments written again because they were damaged.
        aside: the name under which an older copy was kept, "" for none.
    """

    seq: int
    written: int
    mended: tuple[str, ...] = ()
    aside: str = ""


@dataclass(slots=True)
class _Tail:
    """Where the next line goes."""

    segment: str
    size: int
    head: ChainHead
    body: bytes


class MirrorCopy:
    """The writing side of one copy. Thread rule: one thread at a time.

    Args:
        place: where the copy is.
        journal: our entries.
        seal: seals the lines.
        terminal_id: ours.
        known_id: the copy that was written last, "" for none yet.
    """

    def __init__(
        self,
        place: MirrorPlace,
        journal: JournalReader,
        seal: LineSeal,
        *,
        terminal_id: str,
        known_id: str = "",
    ) -> None:
        self._place = place
        self._journal = journal
        self._seal = seal
        self._terminal_id = terminal_id
        self.copy_id = known_id
        self._index: MirrorIndex | None = None
        self._tail: _Tail | None = None
        self._mended: list[str] = []
        self._aside = ""

    def catch_up(self) -> CopyRun:
        """Write what the copy lacks.

        Returns:
            What was done.

        Raises:
            EnvironmentFault: ``mirror.*`` when the place fails, ``mirror.ahead`` when it holds more
                than the journal; ``database.*`` when the journal does. Nothing is lost: the next
                run looks at what is there and goes on.
        """
        self._mended, self._aside = [], ""
        try:
            tail = self._opened()
            start = tail.head.seq
            while entries := self._next(tail.head):
                self._write(tail, entries)
            if self._index is None or self._index.seq != tail.head.seq:
                # The lines were written, and the power went before the index was.
                self._keep_index(tail.head)
            elif tail.head.seq:
                self.copy_id = self._index.copy_id
        except BaseException:
            # What is really there is looked at again.
            self._tail = None
            raise
        return CopyRun(tail.head.seq, tail.head.seq - start, tuple(self._mended), self._aside)

    def _opened(self) -> _Tail:
        """The end of the copy; a copy that was not looked at since it came back is looked at."""
        index = self._read_index()
        if self._tail is not None and index == self._index:
            return self._checked(self._tail)
        self._index = index
        if self._left_behind(ChainHead(index.epoch, index.seq, index.hash)):
            # Before anything of it is mended: what it holds may be nowhere else.
            return self._begin_anew()
        self._mend_closed()
        return self._checked(self._found_tail())

    def _read_index(self) -> MirrorIndex:
        data = self._place.read(INDEX)
        if data:
            try:
                index = MirrorIndex.parse(data)
            except EnvironmentFault as fault:
                if fault.code != "mirror.damaged":
                    raise
                index = self._new_index()
            if index.terminal_id != self._terminal_id:
                raise EnvironmentFault("mirror.foreign", {"item": self._place.name}, retry=False)
            return index
        if self.copy_id and not self._place.segments() and not self._place.distant():
            # A stick is no longer plugged in and its folder stayed: this is our own disk.
            raise EnvironmentFault("mirror.away", {"item": self._place.name})
        return self._new_index()

    def _new_index(self) -> MirrorIndex:
        return MirrorIndex(self._terminal_id, secrets.token_hex(8))

    def _mend_closed(self) -> None:
        """Every full segment must be whole; one that is not is written again."""
        names = list(self._place.segments())
        for seq in range(1, self._last_line(names) - SEGMENT_LINES + 1, SEGMENT_LINES):
            name, first = segment_of(seq)
            if name not in names or self._place.look(name) != "closed":
                self._mend(name, first)

    def _last_line(self, names: list[str]) -> int:
        """The highest number the last segment can hold."""
        return int(names[-1].partition(".")[0]) + SEGMENT_LINES - 1 if names else 0

    def _mend(self, name: str, first: int) -> None:
        entries = self._segment_entries(first)
        if len(entries) < SEGMENT_LINES:
            raise EnvironmentFault("mirror.ahead", {"item": self._place.name}, retry=False)
        self._place.put(name, self._seal.segment(entries, first))
        self._mended.append(name)

    def _segment_entries(self, first: int) -> list[JsonObject]:
        entries: list[JsonObject] = []
        while len(entries) < SEGMENT_LINES:
            limit = min(_BATCH, SEGMENT_LINES - len(entries))
            more = self._journal.batch(
                first + len(entries), limit=limit, max_packed_bytes=_NO_BOUND
            )
            entries += more
            if not more:
                break
        return entries

    def _found_tail(self) -> _Tail:
        """The last line that is whole, reads and joins; what is behind it is written again."""
        names = list(self._place.segments())
        if not names:
            return _Tail(segment_of(1)[0], 0, ChainHead(), b"")
        name = names[-1]
        first = int(name.partition(".")[0])
        body, closing, _torn = split(self._place.read(name))
        head, size, lines = self._before(first), 0, body.splitlines(keepends=True)
        for line in lines:
            entry = self._seal.open(line, head.seq + 1)
            if entry is None or entry.prev_hash != head.hash:
                break
            head, size = ChainHead(entry.epoch, entry.seq, entry.hash), size + len(line)
        if size < len(body):
            self._may_write_again(lines, first)
            self._mended.append(name)
        if head.seq < first + SEGMENT_LINES - 1:
            return _Tail(name, size, head, body[:size])
        if closing != footer(body):
            self._place.append(name, size, footer(body))
        return _Tail(segment_of(head.seq + 1)[0], 0, head, b"")

    def _may_write_again(self, lines: list[bytes], first: int) -> None:
        """Damaged lines are written again only from a journal that has them.

        Raises:
            EnvironmentFault: ``mirror.ahead``; ``mirror.foreign`` when not one line can be read.
        """
        if first - 1 + len(lines) > self._journal.head().seq:
            raise EnvironmentFault("mirror.ahead", {"item": self._place.name}, retry=False)
        if not any(self._seal.open(line, first + at) for at, line in enumerate(lines)):
            raise EnvironmentFault("mirror.foreign", {"item": self._place.name}, retry=False)

    def _before(self, first: int) -> ChainHead:
        """The entry before a segment, as the last line of the one before says."""
        if first == 1:
            return ChainHead()
        name, begin = segment_of(first - 1)
        body, _, _ = split(self._place.read(name))
        line = body.splitlines(keepends=True)[-1]
        entry = self._seal.open(line, first - 1)
        if entry is None:
            # It has a right digest and another key's lines.
            raise EnvironmentFault("mirror.foreign", {"item": f"{name} {begin}"}, retry=False)
        return ChainHead(entry.epoch, entry.seq, entry.hash)

    def _checked(self, tail: _Tail) -> _Tail:
        """A copy that left the journal's way is kept under another name, and a new one begun."""
        return self._begin_anew() if self._left_behind(tail.head) else tail

    def _left_behind(self, head: ChainHead) -> bool:
        """Whether the journal went another way than the copy.

        Raises:
            EnvironmentFault: ``mirror.ahead`` when it does not go so far.
        """
        if self._journal.hash_at(head.seq) == head.hash:
            return False
        if head.seq > self._journal.head().seq:
            raise EnvironmentFault("mirror.ahead", {"item": self._place.name}, retry=False)
        return True

    def _begin_anew(self) -> _Tail:
        self._aside = self._place.set_aside()
        self._index = self._new_index()
        self._tail = None
        return _Tail(segment_of(1)[0], 0, ChainHead(), b"")

    def _next(self, head: ChainHead) -> list[JsonObject]:
        room = SEGMENT_LINES - head.seq % SEGMENT_LINES
        entries = self._journal.batch(
            head.seq + 1, limit=min(room, _BATCH), max_packed_bytes=_NO_BOUND
        )
        # A recovery may have taken the end of the journal away meanwhile: the next run sees it.
        return entries if entries and entries[0]["prev_hash"] == head.hash else []

    def _write(self, tail: _Tail, entries: list[JsonObject]) -> None:
        """Lines first, durably; then the index that says they are there."""
        lines = b"".join(
            self._seal.seal(entry, tail.head.seq + 1 + place) for place, entry in enumerate(entries)
        )
        last = entries[-1]
        head = ChainHead(int(str(last["epoch"])), int(str(last["seq"])), str(last["hash"]))
        tail.body += lines
        full = head.seq % SEGMENT_LINES == 0
        self._place.append(tail.segment, tail.size, lines + (footer(tail.body) if full else b""))
        tail.size, tail.head = tail.size + len(lines), head
        if full:
            tail.segment, tail.size, tail.body = segment_of(head.seq + 1)[0], 0, b""
        self._tail = tail
        self._keep_index(head)

    def _keep_index(self, head: ChainHead) -> None:
        index = self._index or self._new_index()
        index = replace(index, seq=head.seq, hash=head.hash, epoch=head.epoch)
        self._place.put(INDEX, index.to_bytes())
        self._index, self.copy_id = index, index.copy_id
