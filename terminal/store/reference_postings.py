"""Which items have a term: one bitmap per term and block of 65 536 items, in order of popularity.

Why not FTS5: asked for two frequent terms that never meet, it walks both lists to their ends
(milliseconds per hundred thousand entries), and no limit can stop it. Here a block is one AND of
two 8-KiB numbers, so the worst question over a million items is a fixed number of them, and a good
one stops in the first block, where the best sellers are.

Layout: ``terms(term, id, docs)``; ``postings(id, bits)`` with ``id = term id × 4096 + block``, so
that the blocks of a term lie side by side on disk. ``bits`` begins with a tag: 0 = sorted 16-bit
little-endian offsets, 1 = plain bitmap.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from terminal.domain.errors import BugError
from terminal.store.database import Connection

BLOCK_BITS: Final = 16
BLOCK_SIZE: Final = 1 << BLOCK_BITS
BLOCK_MASK: Final = BLOCK_SIZE - 1
MAX_BLOCKS: Final = 4096
_SPARSE: Final = 512
_OFFSETS, _BITMAP = b"\x00", b"\x01"

TABLES: Final = """
CREATE TABLE terms(term TEXT PRIMARY KEY, id INTEGER NOT NULL, docs INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE postings(id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
"""


def pack(offsets: Iterable[int]) -> bytes:
    """Store a set of offsets, 0 to 65 535 and rising, in the smaller of the two forms."""
    held = array("H", offsets)
    if len(held) <= _SPARSE:
        if sys.byteorder == "big":
            held.byteswap()
        return _OFFSETS + held.tobytes()
    return _BITMAP + bytes(_bitmap(held))


def unpack(blob: bytes) -> bytearray:
    """The bitmap of a stored set, 8 KiB, bit ``n & 7`` of byte ``n >> 3`` for offset ``n``."""
    if blob[:1] == _BITMAP:
        return bytearray(blob[1:])
    return _bitmap(_offsets(blob))


Hits = set[int] | int
"""Items of a block: their offsets while they are few, else a bitmap, bit n for offset n."""


def offsets_in(hits: Hits) -> Iterator[int]:
    """The items of a block, lowest first."""
    if isinstance(hits, set):
        yield from sorted(hits)
        return
    bits = hits
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def either(one: Hits, other: Hits) -> Hits:
    """The items that are in one of two, or in both."""
    if not one or not other:
        return one or other
    if isinstance(one, set) and isinstance(other, set):
        return one | other
    return _number(one) | _number(other)


def _both(held: Hits | None, blob: bytes) -> Hits:
    """The items of a stored set that are among those held; None holds all of the block.

    Few items are never made a bitmap of: that would take longer than everything else.
    """
    if blob[:1] == _BITMAP:
        if isinstance(held, set):
            return {n for n in held if blob[1 + (n >> 3)] >> (n & 7) & 1}
        here = int.from_bytes(memoryview(blob)[1:], "little")
        return here if held is None else held & here
    offsets = _offsets(blob)
    if held is None:
        return set(offsets)
    if isinstance(held, set):
        return held.intersection(offsets)
    bits = held.to_bytes(BLOCK_SIZE >> 3, "little")
    return {n for n in offsets if bits[n >> 3] >> (n & 7) & 1}


def _number(hits: Hits) -> int:
    return int.from_bytes(_bitmap(hits), "little") if isinstance(hits, set) else hits


def _offsets(blob: bytes) -> array[int]:
    if blob[:1] != _OFFSETS:
        raise BugError("catalogue.bad_posting")
    held = array("H")
    held.frombytes(blob[1:])
    if sys.byteorder == "big":
        held.byteswap()
    return held


def _bitmap(offsets: Iterable[int]) -> bytearray:
    bitmap = bytearray(BLOCK_SIZE >> 3)
    for offset in offsets:
        bitmap[offset >> 3] |= 1 << (offset & 7)
    return bitmap


class PostingsReader:
    """Looks terms up and answers "which of these items", block by block."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def resolve(self, terms: Iterable[str]) -> list[int] | None:
        """Numbers of the terms, the rarest first; None when one of them occurs nowhere."""
        found = []
        for term in terms:
            row = self._connection.execute(
                "SELECT docs, id FROM terms WHERE term = ?", (term,)
            ).fetchone()
            if row is None:
                return None
            found.append(row)
        return [number for _, number in sorted(found)]

    def all_of(self, numbers: Iterable[int], block: int, within: Hits | None) -> Hits:
        """The items of a block that have all these terms.

        Args:
            numbers: term numbers; at least one.
            block: 0 to 4095.
            within: only these items, None for all of the block.
        """
        hits = within
        for number in numbers:
            row = self._connection.execute(
                "SELECT bits FROM postings WHERE id = ?", (number * MAX_BLOCKS + block,)
            ).fetchone()
            if row is None:
                return 0
            hits = _both(hits, row[0])
            if not hits:
                return 0
        return hits or 0


class PostingsBuilder:
    """Builds the postings of a whole catalogue; items come in rising order of id."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._docs: dict[str, int] = {}
        self._rows: list[tuple[int, bytes]] = []
        self._block = 0
        self._open: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, item_id: int, terms: Iterable[str]) -> None:
        """Note one item's terms."""
        block, offset = item_id >> BLOCK_BITS, item_id & BLOCK_MASK
        if block != self._block:
            self._close_block()
            self._block = block
        for term in terms:
            self._open[term].append(offset)

    def write(self, connection: Connection) -> None:
        """Write both tables; the blocks of a term become neighbours."""
        self._close_block()
        self._rows.sort()
        connection.executemany("INSERT INTO postings VALUES(?, ?)", self._rows)
        terms = sorted((term, n, self._docs[term]) for term, n in self._numbers.items())
        connection.executemany("INSERT INTO terms VALUES(?, ?, ?)", terms)

    def _close_block(self) -> None:
        for term, offsets in self._open.items():
            number = self._numbers.setdefault(term, len(self._numbers) + 1)
            self._docs[term] = self._docs.get(term, 0) + len(offsets)
            self._rows.append((number * MAX_BLOCKS + self._block, pack(offsets)))
        self._open.clear()


class PostingsEditor:
    """Collects the changes of one page and writes each touched bitmap once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changes: dict[tuple[str, int], dict[int, bool]] = {}

    def change(self, item_id: int, before: set[str], after: set[str]) -> None:
        """Note that an item's terms changed; the last word on an item counts."""
        block, offset = item_id >> BLOCK_BITS, item_id & BLOCK_MASK
        for term in before ^ after:
            self._changes.setdefault((term, block), {})[offset] = term in after

    def write(self) -> None:
        """Bring the postings up to date; belongs into the page's transaction."""
        for (term, block), wanted in sorted(self._changes.items()):
            self._rewrite(term, block, wanted)
        self._changes = {}

    def _number(self, term: str) -> int:
        execute: Callable[..., Connection] = self._connection.execute
        row = execute("SELECT id FROM terms WHERE term = ?", (term,)).fetchone()
        if row is None:
            # The number's first posting follows at once, so the last posting knows the last number.
            row = execute(
                "INSERT INTO terms SELECT ?, coalesce(max(id), 0) / 4096 + 1, 0 FROM postings"
                " RETURNING id",
                (term,),
            ).fetchone()
        return int(row[0])

    def _rewrite(self, term: str, block: int, wanted: dict[int, bool]) -> None:
        key = self._number(term) * MAX_BLOCKS + block
        execute: Callable[..., Connection] = self._connection.execute
        row = execute("SELECT bits FROM postings WHERE id = ?", (key,)).fetchone()
        bitmap = unpack(row[0]) if row else bytearray(BLOCK_SIZE >> 3)
        docs = 0
        for offset, present in wanted.items():
            mask = 1 << (offset & 7)
            docs += present - bool(bitmap[offset >> 3] & mask)
            bitmap[offset >> 3] = bitmap[offset >> 3] & ~mask | (mask if present else 0)
        bits = pack(offsets_in(int.from_bytes(bitmap, "little")))
        execute("INSERT OR REPLACE INTO postings VALUES(?, ?)", (key, bits))
        execute("UPDATE terms SET docs = docs + ? WHERE term = ?", (docs, term))
