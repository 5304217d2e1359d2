"""Journal entries as columns: what a receiver can find out itself does not travel.

A hash follows from the entry and the hash before it, so only the first ``prev_hash`` is sent, as 32
bytes before the columns; the terminal is the one whose journal it is. What comes out are the very
texts that were sealed: a byte that was changed anywhere makes another hash, which nobody signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from sync.wire import columns
from sync.wire.fields import malformed
from sync.wire.messages import MAX_BODY_BYTES, MAX_ENTRIES
from sync.wire.refusal import Refusal
from terminal.domain.canonical import JsonObject
from terminal.domain.sealed_text import header_text, wire_text

MEDIA_TYPE: Final = "application/x-journal-columns"
FORM: Final = "columns-1"
"""How a platform says that it reads this, see ``SessionAnswer.upload_forms``."""

COLUMNS: Final = (
    "business_date, clerk_id, epoch, intent_id, kind, recorded_at, seq, signature, version"
)
"""What travels of an entry beside its body."""

_HASH_BYTES: Final = 32
_MOST_VALUES: Final = 3_000_000
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def pack(prev_hash: str, entries: Sequence[JsonObject]) -> bytes:
    """Linked entries of one terminal.

    Args:
        prev_hash: of the first one, 64 hex digits.
        entries: ``body`` and ``COLUMNS`` of each, in order.
    """
    times = [str(entry["recorded_at"]) for entry in entries]
    return bytes.fromhex(prev_hash) + columns.pack(entries, times)


def unpack(data: bytes, terminal_id: str) -> list[tuple[JsonObject, str]]:
    """The entries in wire form, each with the text that was sealed.

    Args:
        data: from anybody.
        terminal_id: whose journal it shall be.

    Raises:
        Refusal: ``wire.malformed``, ``wire.too_large``, ``wire.too_many``.
    """
    try:
        rows = columns.unpack(
            data[_HASH_BYTES:], most_bytes=MAX_BODY_BYTES, most_values=_MOST_VALUES
        )
    except columns.TooLarge as problem:
        raise Refusal(413, "wire.too_large", {"limit": MAX_BODY_BYTES}) from problem
    except ValueError as problem:
        raise malformed("entries") from problem
    if len(rows) > MAX_ENTRIES:
        raise Refusal(413, "wire.too_many", {"limit": MAX_ENTRIES})
    found: list[tuple[JsonObject, str]] = []
    prev_hash, size = data[:_HASH_BYTES].hex(), 0
    for row in rows:
        entry: JsonObject = {**row, "terminal_id": terminal_id, "prev_hash": prev_hash}
        try:
            body = _encode(entry["body"])
            prev_hash = hashlib.sha256(header_text(body, entry).encode()).hexdigest()
            entry["hash"] = prev_hash
            text = wire_text(body, entry)
        except (KeyError, ValueError) as problem:
            raise malformed("entries") from problem
        size += len(text)
        if size > MAX_BODY_BYTES:
            raise Refusal(413, "wire.too_large", {"limit": MAX_BODY_BYTES})
        found.append((entry, text))
    return found
