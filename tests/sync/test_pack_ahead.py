"""The next piece of the journal is packed while the one before it is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.journal_reader import JournalReader
from sync.client.pack_ahead import PackAhead, Piece
from terminal.domain.errors import EnvironmentFault
from terminal.store.keystore import Keys
from tests.helpers.journal_writer import JOURNAL_FILE, JournalWriter

FIRST = Piece(1, 3, 1 << 20, in_columns=False)
SECOND = replace(FIRST, from_seq=4)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalReader]:
    keys = Keys(bytes(range(32)), Ed25519PrivateKey.generate().private_bytes_raw())
    writer = JournalWriter(tmp_path, keys, "61020303-02-ABCDEF01")
    writer.append(6)
    writer.close()
    reader = JournalReader(tmp_path / JOURNAL_FILE, keys.db_key)
    yield reader
    reader.close()


def _gone(folder: Path) -> None:
    for file in folder.glob(f"{JOURNAL_FILE}*"):
        file.unlink()


def test_a_piece_that_was_packed_ahead_is_not_read_again(
    journal: JournalReader, tmp_path: Path
) -> None:
    with PackAhead(journal) as pieces:
        first = pieces.take(FIRST)
        with pieces.packing(SECOND):
            pass
        _gone(tmp_path)
        second = pieces.take(SECOND)
        assert pieces.take(SECOND) is None, "it was given out once"
    assert first is not None
    assert second is not None
    assert [(piece.first, piece.count) for piece in (first, second)] == [(1, 3), (4, 3)]


def test_another_piece_than_the_one_packed_ahead_is_read_now(
    journal: JournalReader, tmp_path: Path
) -> None:
    with PackAhead(journal) as pieces:
        with pieces.packing(SECOND):
            pass
        smaller = pieces.take(replace(SECOND, limit=1))
        assert smaller is not None
        assert (smaller.first, smaller.count) == (4, 1)
        _gone(tmp_path)
        assert pieces.take(SECOND) is None, "what is not wanted next is not kept"


def test_a_fault_of_the_disk_shows_where_the_piece_is_taken(
    journal: JournalReader, tmp_path: Path
) -> None:
    (tmp_path / JOURNAL_FILE).write_bytes(b"no database" * 500)
    with PackAhead(journal) as pieces:
        with pieces.packing(FIRST):
            answered = True
        assert answered
        with pytest.raises(EnvironmentFault, match=r"database\."):
            pieces.take(FIRST)
