"""The search index as it is stored: which items have a term, in order of popularity.

One bitmap for each term and block of 65 536 items. Why not FTS5: asked for two frequent terms that
never meet, it walks both lists to their ends (milliseconds per hundred thousand entries), and no
limit can stop it. Here a block is one AND of two 8-KiB numbers, so the worst question over a
million items is a fixed number of them, and a good one stops in the first block, where the best
sellers are.

Layout: ``terms(term, id, docs)``; ``postings(id, bits)`` with ``id = term id × 4096 + block``, so
that the blocks of a term lie side by side on disk. ``bits`` begins with a tag: 0 = sorted 16-bit
little-endian offsets, 1 = plain bitmap. The platform makes it too, for terminals that can fetch it
faster than make it. Pure functions, no database.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from terminal.domain.errors import BugError

INDEX_VERSION: Final = 1
"""Raise it when other terms, another stride or another layout come out of the same items."""

BLOCK_BITS: Final = 16
BLOCK_SIZE: Final = 1 << BLOCK_BITS
BLOCK_MASK: Final = BLOCK_SIZE - 1
MAX_BLOCKS: Final = 4096
_SPARSE: Final = 512
_ROOM: Final = 1 << 20
_MAX_STRIDE: Final = 64
_OFFSETS, BITMAP = b"\x00", b"\x01"

TABLES: Final = """
CREATE TABLE terms(term TEXT PRIMARY KEY, id INTEGER NOT NULL, docs INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE postings(id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
"""

INDEX_OF: Final = """
CREATE TABLE index_of(
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, snapshot TEXT NOT NULL);
"""
"""In an index that travels: its version, and the SHA-256 of the packed snapshot it belongs to."""


def pack(offsets: Iterable[int]) -> bytes:
    """Store a set of offsets, 0 to 65 535 and rising, in the smaller of the two forms."""
    held = array("H", offsets)
    if len(held) <= _SPARSE:
        if sys.byteorder == "big":
            held.byteswap()
        return _OFFSETS + held.tobytes()
    return BITMAP + bytes(bitmap_of(held))


def unpack(blob: bytes) -> bytearray:
    """The bitmap of a stored set, 8 KiB, bit ``n & 7`` of byte ``n >> 3`` for offset ``n``."""
    if blob[:1] == BITMAP:
        return bytearray(blob[1:])
    return bitmap_of(offsets_of(blob))


def offsets_of(blob: bytes) -> array[int]:
    """The offsets of a set stored as such.

    Raises:
        BugError: ``catalogue.bad_posting``.
    """
    if blob[:1] != _OFFSETS:
        raise BugError("catalogue.bad_posting")
    held = array("H")
    held.frombytes(blob[1:])
    if sys.byteorder == "big":
        held.byteswap()
    return held


def bitmap_of(offsets: Iterable[int]) -> bytearray:
    """The bitmap of some offsets, 8 KiB."""
    bitmap = bytearray(BLOCK_SIZE >> 3)
    for offset in offsets:
        bitmap[offset >> 3] |= 1 << (offset & 7)
    return bitmap


def stride_for(items: int) -> int:
    """How far apart the ids of neighbours in rank are in a catalogue of this many items.

    Ids are this times the place, from 1, in the order of ``rank`` and ``sku``.
    """
    return max(1, min(_MAX_STRIDE, _ROOM // max(1, items)))


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

    def rows(self) -> tuple[list[tuple[int, bytes]], list[tuple[str, int, int]]]:
        """What ``postings`` and ``terms`` hold, in the order of their keys."""
        self._close_block()
        self._rows.sort()
        return self._rows, sorted((term, n, self._docs[term]) for term, n in self._numbers.items())

    def _close_block(self) -> None:
        for term, offsets in self._open.items():
            number = self._numbers.setdefault(term, len(self._numbers) + 1)
            self._docs[term] = self._docs.get(term, 0) + len(offsets)
            self._rows.append((number * MAX_BLOCKS + self._block, pack(offsets)))
        self._open.clear()
