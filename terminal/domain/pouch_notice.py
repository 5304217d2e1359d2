"""What the platform says of pouches that other terminals sent here.

It is a help and no permission: what is taken in is what the slip or this notice says, whoever takes
it answers for it, and a pouch whose notice never came is taken in by its slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from terminal.domain.canonical import Json, JsonObject
from terminal.domain.errors import UserError
from terminal.domain.pouch import Pouch, read_code

KIND: Final = "pouch"
GONE: Final = "pouch_gone"
_GONE_TEXTS: Final = frozenset({"kind", "pouch", "terminal_id", "received_by"})
_TEXTS: Final = frozenset({"kind", "pouch", "terminal_id", "code", "sent_at"})


@dataclass(frozen=True, slots=True)
class Announced:
    """A pouch that is on its way here.

    Args:
        pouch: what it holds, as its slip says.
        terminal_id: whose notice it is.
        sent_at: UTC.
    """

    pouch: Pouch
    terminal_id: str
    sent_at: str


def announcement(pouch: str, terminal_id: str, code: str, sent_at: str) -> JsonObject:
    """The record, before it is signed.

    Args:
        pouch: its number.
        terminal_id: the terminal it is addressed to.
        code: what its slip's code says.
        sent_at: UTC.
    """
    told: JsonObject = {"kind": KIND, "pouch": pouch, "terminal_id": terminal_id}
    return {**told, "code": code, "sent_at": sent_at}


@dataclass(frozen=True, slots=True)
class Gone:
    """A pouch that is not on its way any more: another terminal took it in for the same till."""

    number: str
    terminal_id: str
    received_by: str


def gone_notice(pouch: str, terminal_id: str, received_by: str) -> JsonObject:
    """The record that takes an announcement back, before it is signed.

    Args:
        pouch: its number.
        terminal_id: the terminal that was, or would have been, told of it.
        received_by: the terminal that took it in.
    """
    told: JsonObject = {"kind": GONE, "pouch": pouch, "terminal_id": terminal_id}
    return {**told, "received_by": received_by}


def read_gone(record: Mapping[str, Json]) -> Gone | None:
    """Such a notice as it arrived; None when it is not one. Who signed it is not asked here."""
    if set(record) != _GONE_TEXTS | {"signature"} or record["kind"] != GONE:
        return None
    told = [record[name] for name in ("pouch", "terminal_id", "received_by")]
    texts = [text for text in told if isinstance(text, str)]
    return Gone(*texts) if len(texts) == len(told) else None


def read_announcement(record: Mapping[str, Json]) -> Announced | None:
    """A notice as it arrived; None when it is not one. Who signed it is not asked here."""
    if set(record) != _TEXTS | {"signature"} or record["kind"] != KIND:
        return None
    told = {name: record[name] for name in _TEXTS}
    if not all(type(text) is str for text in told.values()):
        return None
    try:
        pouch = read_code(str(told["code"]))
    except UserError:
        return None
    if pouch.number != told["pouch"]:
        return None
    return Announced(pouch, str(told["terminal_id"]), str(told["sent_at"]))
