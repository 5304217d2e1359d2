"""The canonical text of a sealed entry, put together from its columns.

Only the body can hold anything that has to be brought into a form, and it is kept in that form. The
other fields were held against their shapes when the entry was sealed or read: they have no
character that JSON would write differently, and stand here in the order of their names.

Source: RFC 8785 §3.2.3 (members in the order of their names).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from terminal.domain.canonical import JsonObject, canonical_bytes

COLUMNS: Final = (
    "business_date, clerk_id, epoch, hash, intent_id, kind, prev_hash, recorded_at, seq,"
    " signature, terminal_id, version"
)
"""The fields of ``WIRE``, for a statement."""

_OPEN: Final = '{"body":'
_BEFORE: Final = ',"business_date":"{business_date}","clerk_id":"{clerk_id}","epoch":{epoch}'
_MIDDLE: Final = (
    ',"intent_id":"{intent_id}","kind":"{kind}","prev_hash":"{prev_hash}"'
    ',"recorded_at":"{recorded_at}","seq":{seq}'
)
_AFTER: Final = ',"terminal_id":"{terminal_id}","version":{version}}}'
_HEADER: Final = f"{_BEFORE}{_MIDDLE}{_AFTER}"
_WIRE: Final = f'{_BEFORE},"hash":"{{hash}}"{_MIDDLE},"signature":"{{signature}}"{_AFTER}'


def body_text(body: JsonObject) -> str:
    """The canonical text of a body, as it stands in the header.

    Raises:
        BugError: ``journal.not_canonical``.
    """
    # A level deeper, as in the header: how deep a body may be is counted from there.
    return canonical_bytes({"body": body})[len(_OPEN) : -1].decode()


def header_text(body: str, fields: Mapping[str, Any]) -> str:
    """What the hash of an entry covers.

    Args:
        body: its canonical text.
        fields: the others by name.
    """
    return f"{_OPEN}{body}{_HEADER.format_map(fields)}"


def wire_text(body: str, fields: Mapping[str, Any]) -> str:
    """The whole entry: the header with ``hash`` and ``signature``.

    Args:
        body: its canonical text.
        fields: the others by name.
    """
    return f"{_OPEN}{body}{_WIRE.format_map(fields)}"
