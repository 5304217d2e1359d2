"""What the centre tells besides directives: known faults of the system, and tasks for a person.

Neither can change a balance. A notice of a known fault can be named beside a difference of a till,
so that nobody has to answer for what the system is known to do wrong. A task names an entry that
the platform could not apply; a person settles it by an entry of her own.

Source: reliability.md §3, the row "Shortfall had to be made good".
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from terminal.domain.canonical import Json, JsonObject, canonical_bytes

KIND: Final = "notice"
TASK: Final = "task"
_NOTICE: Final = frozenset(
    {"kind", "notice_id", "issuer", "title_zh", "title_en", "text_zh", "text_en", "issued_at"}
)
_TASK_TEXTS: Final = frozenset({"kind", "task_id", "terminal_id", "code", "at"})


@dataclass(frozen=True, slots=True)
class Notice:
    """A fault of the system that the centre knows of.

    Args:
        notice_id: UUIDv7 text of the platform.
        issuer: who at the centre answers for it.
        title_zh: in a few words.
        title_en: the same in English.
        text_zh: what happens, what is safe, what to do.
        text_en: the same in English.
        issued_at: UTC.
        sha256: of the signed record, hex; an entry that names the notice names its words too.
    """

    notice_id: str
    issuer: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    issued_at: str
    sha256: str

    def reference(self) -> JsonObject:
        """What an entry says that names this notice, for example beside a difference."""
        return {"notice_id": self.notice_id, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class PlatformTask:
    """An entry the platform could not apply.

    Args:
        task_id: its name and the intent of the entry that settles it.
        terminal_id: whose entry.
        about_seq: its number.
        code: dotted code of the reason.
        at: UTC when it was found.
    """

    task_id: str
    terminal_id: str
    about_seq: int
    code: str
    at: str


def read_notice(record: Mapping[str, Json]) -> Notice | None:
    """A notice as it arrived; None when it is not one. Who signed it is not asked here."""
    texts = {name: record.get(name) for name in _NOTICE}
    if set(record) != _NOTICE | {"signature"} or record["kind"] != KIND:
        return None
    if not all(type(text) is str and text for text in texts.values()):
        return None
    told = {name: str(text) for name, text in texts.items() if name != "kind"}
    return Notice(**told, sha256=hashlib.sha256(canonical_bytes(dict(record))).hexdigest())


def read_task(record: Mapping[str, Json]) -> PlatformTask | None:
    """A task as it arrived; None when it is not one. Who signed it is not asked here."""
    if set(record) != _TASK_TEXTS | {"about_seq", "signature"} or record["kind"] != TASK:
        return None
    seq = record["about_seq"]
    if type(seq) is not int or not all(type(record[name]) is str for name in _TASK_TEXTS):
        return None
    told = {name: str(record[name]) for name in _TASK_TEXTS if name != "kind"}
    return PlatformTask(**told, about_seq=seq)


def name_of(text: str) -> str:
    """A name with the shape of an intent that is always the same for the same text.

    An entry under this intent can be written once, whoever makes the name and however often.
    """
    value = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return str(uuid.UUID(int=value | 0x7 << 76 | 0x2 << 62))
