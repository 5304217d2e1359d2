"""Packs the next piece of the journal while the one before it is on its way."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.client.journal_reader import JournalReader, Packed


@dataclass(frozen=True, slots=True)
class Piece:
    """What to read of the journal, see ``JournalReader.packed``."""

    from_seq: int
    limit: int
    max_packed_bytes: int
    in_columns: bool


class PackAhead:
    """The pieces of one run of the lane. Thread rule: one thread at a time.

    Args:
        journal: while ``packing`` lasts nobody else reads it.
    """

    def __init__(self, journal: JournalReader) -> None:
        self._journal = journal
        self._packer = ThreadPoolExecutor(1, "packer")
        self._ahead: tuple[Piece, Future[Packed | None]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._packer.shutdown()

    def take(self, piece: Piece) -> Packed | None:
        """The piece, packed before or now.

        Raises:
            EnvironmentFault: see `terminal.store.database.database_faults`.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == piece:
            return ahead[1].result()
        return self._pack(piece)

    @contextmanager
    def packing(self, piece: Piece) -> Iterator[None]:
        """Pack this piece while the block waits for the platform; what fails shows in ``take``."""
        packed = self._packer.submit(self._pack, piece)
        self._ahead = piece, packed
        try:
            yield
        finally:
            wait([packed])

    def _pack(self, piece: Piece) -> Packed | None:
        return self._journal.packed(
            piece.from_seq,
            limit=piece.limit,
            max_packed_bytes=piece.max_packed_bytes,
            in_columns=piece.in_columns,
        )
