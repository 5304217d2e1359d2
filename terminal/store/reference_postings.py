"""Asking the search index and keeping it up to date, see ``terminal.domain.search_postings``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from terminal.domain.search_postings import (
    BITMAP,
    BLOCK_BITS,
    BLOCK_MASK,
    BLOCK_SIZE,
    MAX_BLOCKS,
    bitmap_of,
    offsets_of,
    pack,
    unpack,
)
from terminal.store.database import Connection

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
    if blob[:1] == BITMAP:
        if isinstance(held, set):
            return {n for n in held if blob[1 + (n >> 3)] >> (n & 7) & 1}
        here = int.from_bytes(memoryview(blob)[1:], "little")
        return here if held is None else held & here
    offsets = offsets_of(blob)
    if held is None:
        return set(offsets)
    if isinstance(held, set):
        return held.intersection(offsets)
    bits = held.to_bytes(BLOCK_SIZE >> 3, "little")
    return {n for n in offsets if bits[n >> 3] >> (n & 7) & 1}


def _number(hits: Hits) -> int:
    return int.from_bytes(bitmap_of(hits), "little") if isinstance(hits, set) else hits


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
