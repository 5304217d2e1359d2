"""Reading a second copy: is it whole, is every entry this terminal's, and how far does it go.

Source: docs/adr/0019-a-second-copy.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import ChainHead, Entry, verify_chain


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What checking a copy found.

    Args:
        sound: whether it is whole and every entry of it is right.
        head: last entry up to which everything is right.
        index_seq: last entry the copy's own index says it holds, -1 without a readable one.
        faults: ``{"segment", "seq", "reason"}`` of everything that is wrong, first one first.
            Reasons: ``unreadable`` (a line that was changed or belongs elsewhere), ``digest``
            (a closing line that does not fit), ``unclosed`` (a full segment without one),
            ``missing`` (a segment), ``torn`` (half a line at the end, the next run completes it),
            ``short`` (less than the index says), ``index``, and those of ``verify_chain``.
    """

    sound: bool
    head: ChainHead
    index_seq: int
    faults: tuple[dict[str, object], ...] = field(default=())


class MirrorReader:
    """Reads one copy; changes nothing.

    Args:
        place: where it is.
        seal: opens its lines.
        public_key: the terminal's, 32 bytes.
    """

    def __init__(self, place: MirrorPlace, seal: LineSeal, public_key: bytes) -> None:
        self._place = place
        self._seal = seal
        self._public_key = public_key
        self._faults: list[dict[str, object]] = []

    def check(self) -> CopyReport:
        """Read everything.

        Raises:
            EnvironmentFault: ``mirror.*`` when the place cannot be read, ``mirror.none`` when there
                is no copy.
        """
        self._faults = []
        names = list(self._place.segments())
        index = self._index()
        if not names and index is None and not self._faults:
            raise EnvironmentFault("mirror.none", {"item": self._place.name}, retry=False)
        chain = verify_chain(self._lines(names), self._public_key)
        if not chain.sound:
            self._fault(segment_of(chain.head.seq + 1)[0], chain.bad_seq or 0, str(chain.reason))
        told = index.seq if index else -1
        if index is not None and self._harmless():
            self._hold_against(index, chain.head)
        return CopyReport(self._harmless(), chain.head, told, tuple(self._faults))

    def entries(self, head: ChainHead) -> Iterator[Entry]:
        """The entries up to one that ``check`` found right.

        Args:
            head: where to stop.
        """
        for entry in self._lines(list(self._place.segments())):
            if entry.seq > head.seq:
                return
            yield entry

    def _index(self) -> MirrorIndex | None:
        data = self._place.read(INDEX)
        if not data:
            return None
        try:
            return MirrorIndex.parse(data)
        except EnvironmentFault as fault:
            if fault.code != "mirror.damaged":
                raise
            self._fault(INDEX, 0, "index")
            return None

    def _hold_against(self, index: MirrorIndex, head: ChainHead) -> None:
        """The index is written last: more than it says is a crash, less is a loss."""
        if index.seq > head.seq:
            self._fault(segment_of(index.seq)[0], head.seq + 1, "short")
        elif index.seq == head.seq and index.hash != head.hash:
            self._fault(INDEX, index.seq, "index")

    def _lines(self, names: list[str]) -> Iterator[Entry]:
        """Entries up to the first line that cannot be read; a segment is told of once."""
        expected = 1
        for name in names:
            wanted, first = segment_of(expected)
            if name != wanted:
                self._fault(wanted, expected, "missing")
                return
            body, closing, torn = split(self._place.read(name))
            for seq, entry in self._seal.open_all(body, first):
                if entry is None:
                    self._fault(name, seq, "unreadable")
                    return
                yield entry
                expected = seq + 1
            if not self._ends_well(name, names[-1], expected, closing, body, torn):
                return

    def _ends_well(
        self, name: str, last: str, expected: int, closing: bytes, body: bytes, torn: bytes
    ) -> bool:
        full = (expected - 1) % SEGMENT_LINES == 0
        if closing and closing != footer(body):
            self._fault(name, expected - 1, "digest")
        elif closing and not full:
            self._fault(name, expected, "short")
        elif torn:
            self._fault(name, expected, "torn" if name == last else "unreadable")
            return name == last
        elif name != last and not closing:
            self._fault(name, expected - 1, "unclosed")
        else:
            return True
        return False

    def _harmless(self) -> bool:
        return all(fault["reason"] == "torn" for fault in self._faults)

    def _fault(self, segment: str, seq: int, reason: str) -> None:
        told: dict[str, object] = {"segment": segment, "seq": seq, "reason": reason}
        if told not in self._faults:
            self._faults.append(told)
