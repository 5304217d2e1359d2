"""A notice of a known fault of the system, found again by what an entry says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terminal.app.context import Context
from terminal.domain import notice
from terminal.domain.canonical import JsonObject
from terminal.domain.notice import Notice


def notice_record(context: Context, reference: Mapping[str, Any]) -> JsonObject | None:
    """The signed record that an entry names; None when it is not here (any more).

    Args:
        context: for what the centre sent.
        reference: ``Notice.reference`` as the entry has it: the hash says which words were meant.
    """
    for one in context.sync.received():
        found = notice.read_notice(one.record) if one.record.get("kind") == notice.KIND else None
        if found is not None and found.reference() == dict(reference):
            return one.record
    return None


def named_notice(context: Context, reference: Mapping[str, Any]) -> Notice | None:
    """The notice that an entry names; None when it is not here (any more)."""
    record = notice_record(context, reference)
    return None if record is None else notice.read_notice(record)
