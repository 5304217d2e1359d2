"""Lines of the second copy: one entry a line, sealed, so that who keeps it cannot read it.

A line is base64 of a nonce and the AES-256-GCM of the entry's canonical JSON; its number and the
terminal are authenticated with it, so a line cannot be moved, doubled or taken from another copy. A
full segment ends with a line that holds its SHA-256: whoever has no key can still tell that it is
whole.

Source: docs/adr/0019-a-second-copy.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from terminal.domain.canonical import Json, JsonObject, canonical_bytes
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import GENESIS_HASH, Entry

SEGMENT_LINES: Final = 1000
"""Entries in a full segment."""
INDEX: Final = "mirror.json"
SEGMENT_NAME: Final = re.compile(r"[0-9]{10}\.seg")
_CLOSED: Final = b"#"
_NONCE_BYTES: Final = 12
_FORMAT: Final = 1


def segment_of(seq: int) -> tuple[str, int]:
    """The segment an entry belongs to.

    Args:
        seq: number of the entry, from 1.

    Returns:
        Its file name and the number of its first entry.
    """
    first = (seq - 1) // SEGMENT_LINES * SEGMENT_LINES + 1
    return f"{first:010d}.seg", first


def footer(body: bytes) -> bytes:
    """The line that closes a segment.

    Args:
        body: all lines before it.
    """
    return _CLOSED + hashlib.sha256(body).hexdigest().encode() + b"\n"


def split(data: bytes) -> tuple[bytes, bytes, bytes]:
    """A segment's whole lines, its closing line, and what was torn off behind them.

    Args:
        data: the file as it is.
    """
    end = data.rfind(b"\n") + 1
    whole, torn = data[:end], data[end:]
    last = whole.rfind(b"\n", 0, end - 1) + 1 if end else 0
    if whole[last : last + 1] == _CLOSED:
        return whole[:last], whole[last:], torn
    return whole, b"", torn


def look_at(data: bytes) -> str:
    """How a segment is, told without the key: ``open``, ``closed`` or ``bad``.

    Args:
        data: the file as it is.
    """
    body, closing, torn = split(data)
    if not closing:
        return "open"
    return "closed" if closing == footer(body) and not torn else "bad"


@dataclass(frozen=True, slots=True)
class MirrorIndex:
    """What the copy holds; written after its lines are on the disk.

    Args:
        terminal_id: whose journal it is.
        copy_id: tells this copy from another one on another stick.
        seq: last entry, 0 for none.
        hash: its hash.
        epoch: its epoch.
    """

    terminal_id: str
    copy_id: str
    seq: int = 0
    hash: str = GENESIS_HASH
    epoch: int = 1

    def to_bytes(self) -> bytes:
        """The index as it is kept."""
        fields: dict[str, Json] = {"format": _FORMAT, **asdict(self)}
        return canonical_bytes(fields) + b"\n"

    @staticmethod
    def parse(data: bytes) -> MirrorIndex:
        """Read an index.

        Raises:
            EnvironmentFault: ``mirror.damaged`` when it is none, ``mirror.newer_than_program``.
        """
        try:
            fields = json.loads(data)
            kept = fields.pop("format")
            index = MirrorIndex(**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise EnvironmentFault("mirror.damaged", {"item": INDEX}, retry=False) from error
        if kept != _FORMAT:
            raise EnvironmentFault("mirror.newer_than_program", retry=False)
        return index


class LineSeal:
    """Seals and opens the lines of one terminal's copy.

    Args:
        db_key: 32 bytes, the key of the terminal's journal.
        terminal_id: whose copy it is.
    """

    def __init__(self, db_key: bytes, terminal_id: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = b"postal-terminal mirror 1\0" + terminal_id.encode()
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=info).derive(db_key))
        self._terminal_id = terminal_id

    def seal(self, entry: JsonObject, seq: int) -> bytes:
        """One line.

        Args:
            entry: in wire form.
            seq: its number.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, canonical_bytes(entry), self._bound(seq))
        return base64.b64encode(nonce + sealed) + b"\n"

    def open(self, line: bytes, seq: int) -> Entry | None:
        """The entry of a line; None when the line is not what was written for this number.

        Args:
            line: with or without its end.
            seq: the number it must have.
        """
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(line.rstrip(b"\n"), validate=True)
            text = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self._bound(seq))
        except (binascii.Error, InvalidTag, ValueError):
            return None
        return Entry.from_wire(json.loads(text))

    def open_all(self, body: bytes, first: int) -> Iterator[tuple[int, Entry | None]]:
        """Every line of a segment with its number.

        Args:
            body: whole lines.
            first: number of the first one.
        """
        for place, line in enumerate(body.splitlines(keepends=True)):
            yield first + place, self.open(line, first + place)

    def segment(self, entries: Iterable[JsonObject], first: int) -> bytes:
        """Lines of consecutive entries; closed when they fill a segment.

        Args:
            entries: in wire form, in order.
            first: number of the first one, the first of its segment.
        """
        lines = [self.seal(entry, first + place) for place, entry in enumerate(entries)]
        body = b"".join(lines)
        return body + footer(body) if len(lines) == SEGMENT_LINES else body

    def _bound(self, seq: int) -> bytes:
        return f"{self._terminal_id}/{seq}".encode()
