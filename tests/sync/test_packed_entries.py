"""What the journal lane reads: kept texts, as they were sealed, in pieces that fit."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.journal_reader import JournalReader
from terminal.domain.canonical import canonical_bytes
from terminal.store.keystore import Keys
from tests.helpers.journal_writer import JOURNAL_FILE, JournalWriter


def _keys() -> Keys:
    return Keys(bytes(range(32)), Ed25519PrivateKey.generate().private_bytes_raw())


def test_the_texts_that_were_sealed_travel_and_a_piece_is_halved_until_it_fits(
    tmp_path: Path,
) -> None:
    keys = _keys()
    writer = JournalWriter(tmp_path, keys, "61020303-02-ABCDEF01")
    entries = writer.append(7, note='邮票 "\\ \x01')
    writer.close()
    reader = JournalReader(tmp_path / JOURNAL_FILE, keys.db_key)
    whole = reader.packed(2, limit=500, max_packed_bytes=1 << 20)
    assert whole is not None
    assert (whole.first, whole.count) == (2, 6)
    texts = b",".join(canonical_bytes(entry.to_wire()) for entry in entries[1:])
    assert gzip.decompress(whole.body) == b'{"entries":[' + texts + b"]}"
    for bound, count in ((len(whole.body) - 1, 3), (1, 1)):
        piece = reader.packed(2, limit=500, max_packed_bytes=bound)
        assert piece is not None
        assert (piece.first, piece.count) == (2, count)
        assert len(json.loads(gzip.decompress(piece.body))["entries"]) == count
    assert reader.packed(8, limit=500, max_packed_bytes=1 << 20) is None
    reader.close()


def test_a_journal_that_is_not_there_yet_gives_nothing(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path / JOURNAL_FILE, bytes(32))
    assert reader.packed(1, limit=500, max_packed_bytes=1 << 20) is None
    reader.close()
