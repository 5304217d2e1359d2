"""Another terminal of the outlet, as the platform introduced it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from terminal.domain.canonical import Json

KIND: Final = "terminal_key"
_FIELDS: Final = frozenset({"kind", "peer_id", "terminal_id", "outlet", "public_key", "signature"})
_KEY: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Peer:
    """A terminal and its public Ed25519 key, 32 bytes."""

    terminal_id: str
    public_key: bytes


def read_peer(record: Mapping[str, Json]) -> Peer | None:
    """A peer as it arrived; None when it is not one. Who signed it is not asked here."""
    if set(record) != _FIELDS or record["kind"] != KIND:
        return None
    key, terminal_id = record["public_key"], record["terminal_id"]
    if not isinstance(key, str) or not isinstance(terminal_id, str) or not _KEY.fullmatch(key):
        return None
    return Peer(terminal_id, bytes.fromhex(key))


def counter_name(terminal_id: str) -> str:
    """What people of the outlet call a terminal: its number, ``2`` for ``61020303-02-31787022``."""
    _, _, rest = terminal_id.partition("-")
    number, _, _ = rest.partition("-")
    return str(int(number)) if number.isascii() and number.isdigit() else terminal_id
